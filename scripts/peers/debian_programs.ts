/**
 * Programs of a Debian package in a folder of their own, for tests: downloaded, unpacked, and runnable through their own loader
 * and libraries on any Linux host, without being installed.
 *
 * The folder is below `$HAPPI_CACHE`, `$XDG_CACHE_HOME/happi` or `~/.cache/happi`; for root it is `/var/cache/happi`, since a
 * server that refuses to run as root is run as somebody who cannot look into root's home.
 *
 * @module
 */

import { architecture, downloadWithLibraries, run } from "../haproxy/debian.ts";

/** What to fetch. */
export interface DebianPrograms {
  /** Debian's name of the release (`bookworm`). */
  readonly suite: string;
  /** Where the programs are. */
  readonly package: string;
  /** Each program by the path that it is to have, and the path that it has in the package: `usr/bin/redis-server`. */
  readonly programs: Readonly<Record<string, string>>;
}

/**
 * The folder below which the programs are, fetched when the cache lacks it.
 *
 * All work is done in a folder beside the final one, which is then renamed: another process sees nothing or everything.
 *
 * @param wanted what to fetch
 * @param report takes one line of progress
 * @returns the folder that stands for `/`
 * @throws when the package cannot be had
 */
export async function debianPrograms(
  wanted: DebianPrograms,
  report: (line: string) => void = () => {},
): Promise<string> {
  const folder = `${cacheFolder()}/peers/${wanted.package}-${wanted.suite}-${architecture().name}`;
  if (await exists(folder)) return folder;
  const parent = folder.slice(0, folder.lastIndexOf("/"));
  await Deno.mkdir(parent, { recursive: true });
  const work = await Deno.makeTempDir({ dir: parent, prefix: ".new-" });
  try {
    await Deno.mkdir(`${work}/apt`);
    await downloadWithLibraries(wanted.suite, wanted.package, `${work}/apt`, report);
    await Deno.mkdir(`${work}/root`, { mode: 0o755 });
    for await (const deb of Deno.readDir(`${work}/apt/debs`)) {
      await run("dpkg-deb", ["-x", `${work}/apt/debs/${deb.name}`, `${work}/root`]);
    }
    await wrapPrograms(`${work}/root`, wanted.programs);
    await Deno.rename(`${work}/root`, folder).catch(async (thrown) => {
      // Somebody else was quicker, which is as good.
      if (!await exists(folder)) throw thrown;
    });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return folder;
}

/** Puts a script in the place of each program that runs it with the libraries beside it, whatever the host's are. */
async function wrapPrograms(root: string, programs: Readonly<Record<string, string>>): Promise<void> {
  const { triplet } = architecture();
  const folders = [`lib/${triplet}`, `usr/lib/${triplet}`];
  const loader = (await Promise.all(folders.map((path) => loaderIn(root, path)))).find((path) => path !== undefined);
  if (loader === undefined) throw new Error(`Cannot find a loader in "${root}": libc6 brought none`);
  for (const [path, original] of Object.entries(programs)) {
    await Deno.rename(`${root}/${original}`, `${root}/${path}.real`);
    // From the script's folder to the root, so that the whole may be moved.
    const up = path.split("/").slice(1).map(() => "..").join("/");
    const libraries = folders.map((folder) => `$root/${folder}`).join(":");
    const lines = [
      "#!/bin/sh",
      `root=\${0%/*}/${up}`,
      `exec "$root/${loader}" --argv0 "$0" --library-path "${libraries}" "$0.real" "$@"`,
    ];
    await Deno.writeTextFile(`${root}/${path}`, lines.join("\n") + "\n", { mode: 0o755 });
  }
}

async function loaderIn(root: string, folder: string): Promise<string | undefined> {
  if (!await exists(`${root}/${folder}`)) return undefined;
  for await (const entry of Deno.readDir(`${root}/${folder}`)) {
    if (entry.isFile && /^ld-linux.*\.so/.test(entry.name)) return `${folder}/${entry.name}`;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The folder of what was fetched and built. */
export function cacheFolder(): string {
  const own = Deno.env.get("HAPPI_CACHE");
  if (own) return own;
  const shared = Deno.env.get("XDG_CACHE_HOME");
  if (shared) return `${shared}/happi`;
  return Deno.uid() === 0 ? "/var/cache/happi" : `${Deno.env.get("HOME") ?? "/tmp"}/.cache/happi`;
}
