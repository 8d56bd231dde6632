/**
 * A real DNS server for tests: the host's own dnsmasq, or Debian's, fetched once.
 *
 * @module
 */

import { freePort } from "../../scripts/haproxy/ports.ts";
import { debianPrograms } from "../../scripts/peers/debian_programs.ts";
import { PeerServer } from "../../scripts/peers/server.ts";

const DEBIANS = {
  suite: "bookworm",
  package: "dnsmasq-base",
  programs: { "usr/sbin/dnsmasq": "usr/sbin/dnsmasq" },
} as const;

/** The program, or why there is none. */
export const dnsmasqProgram: { readonly path: string } | { readonly missing: string } = await findDnsmasq();

async function findDnsmasq(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const own = "/usr/sbin/dnsmasq";
  if (await Deno.stat(own).then((found) => found.isFile, () => false)) return { path: own };
  try {
    return { path: `${await debianPrograms(DEBIANS)}/usr/sbin/dnsmasq` };
  } catch (thrown) {
    return { missing: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/**
 * Starts one that knows the domain `test` and refuses all others.
 *
 * @param records as options: `["--host-record=a.test,10.0.0.1"]`
 * @param port where
 */
export async function startDnsmasq(records: readonly string[], port: number = freePort()): Promise<PeerServer> {
  if ("missing" in dnsmasqProgram) throw new Error(`Cannot start dnsmasq: ${dnsmasqProgram.missing}`);
  const quiet = ["--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--pid-file="];
  const listen = [`--port=${port}`, "--listen-address=127.0.0.1", "--bind-interfaces", "--user=", "--group="];
  const command = [dnsmasqProgram.path, ...quiet, ...listen, "--log-facility=-", "--local=/test/", ...records];
  const server = new PeerServer(command, port);
  await server.says("started, version");
  return server;
}
