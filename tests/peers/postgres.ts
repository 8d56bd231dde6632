/**
 * A real PostgreSQL for tests, primary and standby: the host's own, or Debian's, fetched once.
 *
 * It refuses to run as root; root has nobody (65534) run it.
 *
 * @module
 */

import { run } from "../../scripts/haproxy/debian.ts";
import { freePort } from "../../scripts/haproxy/ports.ts";
import { debianPrograms } from "../../scripts/peers/debian_programs.ts";
import { PeerServer } from "../../scripts/peers/server.ts";
import { certificate } from "./certificates.ts";

const BIN = "usr/lib/postgresql/15/bin";
const DEBIANS = {
  suite: "bookworm",
  package: "postgresql-15",
  programs: { [`${BIN}/postgres`]: `${BIN}/postgres`, [`${BIN}/initdb`]: `${BIN}/initdb` },
} as const;

const NOBODY = 65534;
const AS_NOBODY = Deno.uid() === 0 ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--"] : [];

/** The folder of the programs, or why there is none. */
export const postgresPrograms: { readonly folder: string } | { readonly missing: string } = await findPostgres();

async function findPostgres(): Promise<{ readonly folder: string } | { readonly missing: string }> {
  const versions = await Array.fromAsync(Deno.readDir("/usr/lib/postgresql")).catch(() => []);
  const newest = versions.map((entry) => Number(entry.name)).filter((one) => one >= 12).sort((a, b) => b - a)[0];
  if (newest !== undefined) return { folder: `/usr/lib/postgresql/${newest}/bin` };
  try {
    return { folder: `${await debianPrograms(DEBIANS)}/${BIN}` };
  } catch (thrown) {
    return { missing: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** A primary with a standby that follows it. */
export interface PostgresPair extends AsyncDisposable {
  readonly primary: PeerServer;
  readonly standby: PeerServer;
}

/**
 * Starts a primary and a standby; returns when changes flow. User `happi` (superuser, password `secret`, in database
 * `postgres`) may log in at both, with TLS (the test CA's certificate of `happi.test`) or without.
 */
export async function startPostgresPair(): Promise<PostgresPair> {
  const dir = await Deno.makeTempDir({ dir: "/tmp", prefix: "happi-pg-" });
  const servers: PeerServer[] = [];
  const end = async () => {
    for (const server of servers) await server.kill();
    await Deno.remove(dir, { recursive: true });
  };
  try {
    await initialize(dir);
    // A copy of a database that was never started is as good as a base backup.
    await asOwner(["cp", "-r", `${dir}/primary`, `${dir}/standby`]);
    await asOwner(["touch", `${dir}/standby/standby.signal`]);
    const primary = start(`${dir}/primary`, []);
    servers.push(primary);
    await primary.says("ready to accept connections");
    const conninfo = `host=127.0.0.1 port=${primary.port} user=happi password=secret`;
    const standby = start(`${dir}/standby`, ["-c", `primary_conninfo=${conninfo}`]);
    servers.push(standby);
    await standby.says("started streaming WAL from primary");
    await standby.says("ready to accept read-only connections");
    return { primary, standby, [Symbol.asyncDispose]: end };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

async function initialize(dir: string): Promise<void> {
  if ("missing" in postgresPrograms) throw new Error(`Cannot start PostgreSQL: ${postgresPrograms.missing}`);
  await Deno.writeTextFile(`${dir}/password`, "secret\n");
  await Deno.writeTextFile(`${dir}/server.pem`, certificate("ec"), { mode: 0o600 });
  if (Deno.uid() === 0) {
    for (const path of [dir, `${dir}/password`, `${dir}/server.pem`]) await Deno.chown(path, NOBODY, NOBODY);
  }
  const options = ["--no-sync", "--username=happi", `--pwfile=${dir}/password`, "--auth=scram-sha-256", "--locale=C"];
  await asOwner([`${postgresPrograms.folder}/initdb`, ...options, "-E", "UTF8", "-D", `${dir}/primary`]);
}

function start(data: string, more: readonly string[]): PeerServer {
  if ("missing" in postgresPrograms) throw new Error(`Cannot start PostgreSQL: ${postgresPrograms.missing}`);
  const port = freePort();
  const pem = `${data}/../server.pem`;
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    shared_buffers: "8MB",
    ssl: "on",
    ssl_cert_file: pem,
    ssl_key_file: pem,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = [...AS_NOBODY, `${postgresPrograms.folder}/postgres`, "-D", data, "-p", String(port)];
  return new PeerServer([...command, ...options, ...more], port);
}

async function asOwner(command: readonly string[]): Promise<void> {
  const [program = "", ...args] = [...AS_NOBODY, ...command];
  await run(program, args);
}
