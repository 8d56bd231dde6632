/**
 * Builds a Consul agent for tests from the Go module proxy, into the cache folder: `deno run -A scripts/peers/consul.ts`.
 * It takes some minutes and needs `go`; tests use what was built, and follow a stand-in where nothing was.
 *
 * A program whose module replaces parts of itself cannot be installed by `go install`: a module of our own requires it
 * instead, and takes its `go.sum`, which the proxy has vouched for with the module.
 *
 * @module
 */

import { architecture, run } from "../haproxy/debian.ts";
import { cacheFolder } from "./debian_programs.ts";

const MODULE = "github.com/hashicorp/consul";
const VERSION = "v1.20.5";

/** Where the agent is, once it was built. */
export function builtConsul(): string {
  return `${cacheFolder()}/peers/consul-${VERSION.slice(1)}-${architecture().name}/consul`;
}

/** Builds it. @returns the program */
export async function buildConsul(): Promise<string> {
  const program = builtConsul();
  const folder = program.slice(0, program.lastIndexOf("/"));
  const parent = folder.slice(0, folder.lastIndexOf("/"));
  await Deno.mkdir(parent, { recursive: true });
  const work = await Deno.makeTempDir({ dir: parent, prefix: ".new-" });
  try {
    const { Dir: source, GoVersion: go } = await download(work);
    await Deno.writeTextFile(`${work}/go.mod`, `module happi.test/consul\n\ngo ${go}\n`);
    await Deno.writeFile(`${work}/go.sum`, await Deno.readFile(`${source}/go.sum`));
    await run("go", ["get", `${MODULE}@${VERSION}`], work);
    await Deno.mkdir(`${work}/bin`, { mode: 0o755 });
    await run("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", `${work}/bin/consul`, MODULE], work);
    await Deno.rename(`${work}/bin`, folder);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return program;
}

/** The module's folder, and the Go that it wants. */
async function download(work: string): Promise<{ readonly Dir: string; readonly GoVersion: string }> {
  const { Dir, GoMod } = JSON.parse(await run("go", ["mod", "download", "-json", `${MODULE}@${VERSION}`], work));
  const [, version = "1.23"] = /^go ([\d.]+)$/m.exec(await Deno.readTextFile(GoMod)) ?? [];
  return { Dir, GoVersion: version };
}

if (import.meta.main) Deno.stdout.writeSync(new TextEncoder().encode(`${await buildConsul()}\n`));
