/**
 * A real Redis for tests: the host's own, or Debian's, fetched once.
 *
 * @module
 */

import { freePort } from "../../scripts/haproxy/ports.ts";
import { debianPrograms } from "../../scripts/peers/debian_programs.ts";
import { PeerServer } from "../../scripts/peers/server.ts";

const HOSTS_OWN = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/valkey-server"];

/** Debian's `redis-tools` has the server, under the name of a tool that is the same program. */
const DEBIANS = {
  suite: "bookworm",
  package: "redis-tools",
  programs: { "usr/bin/redis-server": "usr/bin/redis-check-rdb" },
} as const;

/** The program, or why there is none. */
export const redisProgram: { readonly path: string } | { readonly missing: string } = await findRedis();

async function findRedis(): Promise<{ readonly path: string } | { readonly missing: string }> {
  for (const path of HOSTS_OWN) {
    if (await Deno.stat(path).then((found) => found.isFile, () => false)) return { path };
  }
  try {
    return { path: `${await debianPrograms(DEBIANS)}/usr/bin/redis-server` };
  } catch (thrown) {
    return { missing: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/**
 * Starts a Redis that keeps nothing, and returns when it answers.
 *
 * @param options as of its configuration file: `["--requirepass", "secret"]`
 */
export async function startRedis(options: readonly string[] = []): Promise<PeerServer> {
  if ("missing" in redisProgram) throw new Error(`Cannot start Redis: ${redisProgram.missing}`);
  const port = freePort();
  const isTls = options.includes("--tls-cert-file");
  const listen = isTls ? ["--port", "0", "--tls-port", String(port)] : ["--port", String(port)];
  const quiet = ["--bind", "127.0.0.1", "--save", "", "--dir", "/tmp", "--dbfilename", `happi-redis-${port}.rdb`];
  const sync = ["--repl-diskless-sync-delay", "0", "--repl-diskless-load", "swapdb"];
  const server = new PeerServer([redisProgram.path, ...listen, ...quiet, ...sync, ...options], port);
  await server.says("Ready to accept connections");
  return server;
}
