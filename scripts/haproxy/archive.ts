/**
 * One HAProxy of a Debian suite in a folder of its own: downloaded, unpacked, and runnable beside any other through
 * its own loader and libraries, on any Linux host, root or not.
 *
 * The folder is `$HAPPI_CACHE` (or `$XDG_CACHE_HOME/happi`, or `~/.cache/happi`), below it `haproxy/<suite>-<arch>/`.
 *
 * @module
 */

import { architecture, downloadWithLibraries, run } from "./debian.ts";

/** A HAProxy that can be started. */
export interface HaproxyBuild {
  /** The branch: `2.6`. */
  readonly version: string;
  /** In full, as `haproxy -v` says it: `2.6.12-1+deb12u3`. */
  readonly release: string;
  /** The program and its first arguments; HAProxy's own arguments follow. */
  readonly command: readonly string[];
}

/** The cached HAProxy of a suite, or `undefined` when there is none yet. */
export async function cachedBuild(suite: string): Promise<HaproxyBuild | undefined> {
  const folder = suiteFolder(suite);
  try {
    const release = await Deno.readTextFile(`${folder}/release`);
    return { version: branchOf(release), release, command: [`${folder}/haproxy`] };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/**
 * Fetches the HAProxy of a suite into the cache.
 *
 * All work is done in a folder beside the final one, which is then renamed: another process sees either nothing or
 * everything. One that another process has put there meanwhile stays, because it may be running already.
 *
 * @param suite Debian's name of the release (`bookworm`)
 * @param report takes one line of progress
 * @param replace put it in place of the one that is in the cache
 */
export async function fetchBuild(
  suite: string,
  report: (line: string) => void,
  replace = false,
): Promise<HaproxyBuild> {
  const folder = suiteFolder(suite);
  await Deno.mkdir(parentOf(folder), { recursive: true });
  const work = await Deno.makeTempDir({ dir: parentOf(folder), prefix: `.${suite}-` });
  try {
    await Deno.mkdir(`${work}/apt`);
    await downloadWithLibraries(suite, "haproxy", `${work}/apt`, report);
    await Deno.mkdir(`${work}/new/root`, { recursive: true });
    for await (const deb of Deno.readDir(`${work}/apt/debs`)) {
      await run("dpkg-deb", ["-x", `${work}/apt/debs/${deb.name}`, `${work}/new/root`]);
    }
    await writeWrapper(`${work}/new`);
    await Deno.writeTextFile(`${work}/new/release`, await releaseOf([`${work}/new/haproxy`]));
    await Deno.chmod(`${work}/new`, 0o755);
    if (replace) await Deno.rename(folder, `${work}/old`).catch(ignoreMissing);
    await Deno.rename(`${work}/new`, folder).catch(async (thrown) => {
      if (await cachedBuild(suite) === undefined) throw thrown;
    });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  const build = await cachedBuild(suite);
  if (build === undefined) throw new Error(`Cannot use "${folder}": it has just been written and is gone`);
  return build;
}

/** What `haproxy -v` says of itself: `3.2.26-1`. */
export async function releaseOf(command: readonly string[]): Promise<string> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error("Cannot ask HAProxy for its version: the command is empty");
  const said = await run(program, [...args, "-v"]);
  const release = said.match(/^HA-?Proxy version (\S+)/m)?.[1];
  if (release === undefined) throw new Error(`Cannot read the version of "${program}": it said "${said.trim()}"`);
  return release;
}

/** The branch of a release: `3.2` of `3.2.26-1`. */
export function branchOf(release: string): string {
  return release.split(".").slice(0, 2).join(".");
}

/**
 * Writes the script that is this folder's `haproxy`.
 *
 * On reload the master executes its own argv[0] again, so argv[0] must be this script: `--argv0` of the loader (glibc
 * 2.33 and later; bookworm has 2.36). `exec` keeps the process number, and the paths hang on the script's own place,
 * so that the folder may be moved. The loader is looked for as a regular file: its well-known path (`/lib64/...`) is
 * an absolute link in some suites, which would lead to the host's.
 */
async function writeWrapper(folder: string): Promise<void> {
  const libraries: string[] = [];
  let loader: string | undefined;
  for (const parent of ["lib", "usr/lib"]) {
    const path = `root/${parent}/${architecture().triplet}`;
    const entries = await entriesOf(`${folder}/${path}`);
    if (entries.length > 0) libraries.push(`$here/${path}`);
    const found = entries.find((entry) => entry.isFile && /^ld-linux.*\.so/.test(entry.name));
    if (found !== undefined) loader = `$here/${path}/${found.name}`;
  }
  if (loader === undefined) throw new Error(`Cannot find a loader in "${folder}": libc6 brought none`);
  const lines = [
    "#!/bin/sh",
    "# HAProxy with the libraries beside it. On reload the master runs its argv[0] again: this script.",
    "here=${0%/*}",
    `exec "${loader}" --argv0 "$0" --library-path "${libraries.join(":")}" "$here/root/usr/sbin/haproxy" "$@"`,
  ];
  await Deno.writeTextFile(`${folder}/haproxy`, lines.join("\n") + "\n", { mode: 0o755 });
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}

function ignoreMissing(thrown: unknown): void {
  if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
}

function suiteFolder(suite: string): string {
  return `${cacheFolder()}/haproxy/${suite}-${architecture().name}`;
}

function cacheFolder(): string {
  const own = Deno.env.get("HAPPI_CACHE");
  if (own) return own;
  const shared = Deno.env.get("XDG_CACHE_HOME");
  if (shared) return `${shared}/happi`;
  return `${Deno.env.get("HOME") ?? "/tmp"}/.cache/happi`;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
