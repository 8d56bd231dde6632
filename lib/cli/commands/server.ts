/**
 * `happi server`: the JSON API over HTTP, until SIGTERM or Ctrl-C.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { Client } from "../../client/mod.ts";
import { type Address, formatAddress } from "../../net/mod.ts";
import { serve } from "../../server/mod.ts";
import { Socket } from "../../socket/mod.ts";
import { connection, type ConnectionValues, logLevel, openSocket } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { configureLogs } from "../logging.ts";
import { openRemembered, startKeeper } from "../state/keep.ts";
import { openState } from "../state_directory.ts";
import { UsageError } from "../usage_error.ts";
import { path, readDuration, readInteger, word } from "../values.ts";
import { VERSION } from "../version.ts";

interface ServerValues {
  readonly connection: ConnectionValues;
  readonly own: {
    readonly listen?: string | undefined;
    readonly host?: string | undefined;
    readonly port?: string | undefined;
    readonly insecure: boolean;
    readonly allowHost: readonly string[];
    readonly allowOrigin: readonly string[];
    readonly readMaxAge?: string | undefined;
    readonly maxBody?: string | undefined;
    readonly deadline?: string | undefined;
    readonly drain?: string | undefined;
    readonly stateDir?: string | undefined;
    readonly noState: boolean;
    readonly loglevel?: Level | undefined;
  };
}

/** The leaf of `happi server`. */
export const serverLeaf = leaf<ServerValues>({
  path: "server",
  usage: "[-p PATH] [--listen ADDRESS] [options]",
  summary: "Serve HAProxy's state as a JSON API over HTTP",
  paragraphs: [
    "Starts also while HAProxy is down: requests are answered 503 until it is there. " +
    "SIGTERM or Ctrl-C stops it when the requests that run have their answers.",
    "What is changed through it is remembered, and made again when HAProxy was reloaded or restarted: servers, weights, " +
    "states, maps, ACLs, certificates, limits. --no-state leaves that to others.",
  ],
  parser: object({
    connection,
    own: object("Options", {
      listen: optional(option("--listen", word("ADDRESS"), {
        description: message`Where to listen: host:port, or a unix socket's path (127.0.0.1:5080)`,
      })),
      host: optional(option("--host", word("HOST"), { description: message`The host alone, as HAPPI had it` })),
      port: optional(option("--port", word("PORT"), { description: message`The port alone; 0 takes a free one` })),
      insecure: option("--insecure", {
        description: message`Listen also where other machines reach it: whoever does can change HAProxy`,
      }),
      allowHost: multiple(option("--allow-host", word("NAME"), {
        description: message`Answer requests for this host name too; may be repeated`,
      })),
      allowOrigin: multiple(option("--allow-origin", word("ORIGIN"), {
        description:
          message`Let web pages of this origin use the API, such as https://ops.example.com; may be repeated`,
      })),
      readMaxAge: optional(option("--read-max-age", word("TIME"), {
        description:
          message`Give the answer to a read again for this long, such as 500ms (0: only reads that arrive together share one)`,
      })),
      maxBody: optional(option("--max-body", word("BYTES"), {
        description: message`The largest body of a request, such as a whole map (1048576)`,
      })),
      deadline: optional(option("--deadline", word("TIME"), {
        description: message`Time for a request; a drain that it asks for may take longer (15s)`,
      })),
      drain: optional(option("--drain", word("TIME"), {
        description: message`Time that running requests get when the server stops (10s)`,
      })),
      stateDir: optional(option("--state-dir", path("DIR"), {
        description:
          message`Where what was changed is remembered. Else STATE_DIRECTORY, /var/lib/happi, ~/.local/state/happi`,
      })),
      noState: option("--no-state", { description: message`Remember nothing, and make nothing again` }),
      loglevel: logLevel,
    }),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi server -p /run/haproxy/admin.sock",
      "curl http://127.0.0.1:5080/api/v1/servers/state/",
      "happi server --listen /run/happi.sock --read-max-age 1s",
    ],
  }],
  run,
});

async function run(environment: Environment, { connection, own }: ServerValues): Promise<number> {
  const level = own.loglevel ?? "INFO";
  await configureLogs(environment, level);
  const listen = readListen(own.listen, own.host, own.port);
  const readMaxAgeMs = own.readMaxAge === undefined || own.readMaxAge === "0"
    ? 0
    : readDuration("--read-max-age", own.readMaxAge);
  const isRemembering = readRemembering(own);
  const { socket, master } = await openSocket(environment, connection, level);
  await using client = new Client(socket, master === undefined ? {} : { master });
  // A master has nothing that a reload loses, and an old worker is not there any more after the next one.
  const isKept = isRemembering && (master === undefined || master === "worker");
  await using store = isKept ? (await openState(environment, own.stateDir)).store : undefined;
  await using remembered = store && await openRemembered(store, client);
  await using server = await serve({
    client: remembered?.wrap(client) ?? client,
    listen,
    insecure: own.insecure,
    hosts: own.allowHost,
    origins: own.allowOrigin,
    readMaxAgeMs,
    ...readLimits(own),
    version: VERSION,
  });
  await using masterClient = master === "worker" ? masterOf(client) : undefined;
  await using _keeper = store && remembered && await startKeeper({
    ...{ client, remembered, store },
    ...(masterClient === undefined ? {} : { master: masterClient }),
  });
  const { signal, stderr } = environment;
  const haproxy = formatAddress(socket.address);
  await stderr.write(`happi: serving HAProxy at ${haproxy} on ${urlOf(server.address)}; Ctrl-C stops\n`);
  const told = Promise.withResolvers<void>();
  if (signal.aborted) told.resolve();
  signal.addEventListener("abort", () => told.resolve(), { once: true });
  await Promise.race([told.promise, server.finished]);
  await server.stop();
  return EXIT.done;
}

/** Whether what is changed is remembered. */
function readRemembering({ noState, stateDir }: ServerValues["own"]): boolean {
  if (!noState || stateDir === undefined) return !noState;
  throw new UsageError("Cannot remember nothing in a directory: give --state-dir or --no-state", "happi server --help");
}

/** The master itself, behind whose socket its worker answers. */
function masterOf({ socket }: Client): Client {
  return new Client(new Socket(socket.address, { master: "master" }), { master: "master" });
}

/** The limits that were given; the others are the server's own. */
function readLimits({ maxBody, deadline, drain }: ServerValues["own"]) {
  return {
    ...(maxBody === undefined ? {} : { maxBodyBytes: readInteger("--max-body", maxBody, 1, LARGEST_BODY) }),
    ...(deadline === undefined ? {} : { deadlineMs: readDuration("--deadline", deadline) }),
    ...(drain === undefined ? {} : { drainMs: readDuration("--drain", drain) }),
  };
}

const LARGEST_BODY = 256 * 1024 * 1024;

/** Where to listen: `--listen`, or HAPPI's `--host` and `--port`. */
function readListen(listen: string | undefined, host: string | undefined, port: string | undefined): string | Address {
  if (listen !== undefined) {
    if (host === undefined && port === undefined) return listen;
    throw new UsageError("Cannot listen in two ways: give --listen, or --host and --port", "happi server --help");
  }
  const hostname = (host ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1");
  return { transport: "tcp", hostname, port: port === undefined ? 5080 : readInteger("--port", port, 0, 65535) };
}

function urlOf(address: Address): string {
  return address.transport === "unix" ? `unix:${address.path}` : `http://${formatAddress(address)}/`;
}
