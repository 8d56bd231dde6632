/**
 * The options that say which HAProxy is meant, and the socket that they give: shared by every command that talks to one.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { constant, option } from "@optique/core/primitives";
import { getLogger } from "@logtape/logtape";
import { type MasterTarget, Socket } from "../socket/mod.ts";
import type { Environment } from "./environment.ts";
import { type Level, LEVELS } from "./log_format.ts";
import { UsageError } from "./usage_error.ts";
import { findSocket } from "./usual_sockets.ts";
import { choice, path, readDuration, readInteger, word } from "./values.ts";

const WHICH = {
  path: optional(option("-p", "--path", path("PATH"), {
    description: message`Its socket: a path or host:port. Else HAPPI_SOCKET, else the first usual path that is there`,
  })),
  master: option("--master", { description: message`PATH is a master socket: the master itself answers` }),
  worker: option("--worker", { description: message`PATH is a master socket: its current worker answers` }),
  pid: optional(option("--pid", word("PID"), {
    description: message`PATH is a master socket: that process answers, also an old worker`,
  })),
};

/** Which HAProxy, and how long to wait for it. */
export const connection = object("HAProxy", {
  ...WHICH,
  timeout: optional(option("--timeout", word("TIME"), {
    description: message`How long to wait for a whole answer, such as 500ms or 1m (10s)`,
  })),
});

/** The same, for methods that have a time of their own. */
export const connectionWithoutTimeout = object("HAProxy", { ...WHICH, timeout: constant(undefined) });

/** Which log lines to show. */
export const logLevel = optional(option("-l", "--loglevel", choice("LEVEL", LEVELS), {
  description: message`Log lines on standard error from DEBUG, INFO, WARNING, ERROR or CRITICAL`,
}));

/** What {@linkcode connection} reads. */
export interface ConnectionValues {
  readonly path?: string | undefined;
  readonly master: boolean;
  readonly worker: boolean;
  readonly pid?: string | undefined;
  readonly timeout?: string | undefined;
}

/** A socket, and who answers on it. */
export interface Connection {
  readonly socket: Socket;
  /** Who answers behind a master socket; `undefined` on a worker's. */
  readonly master: MasterTarget | undefined;
}

/**
 * Makes the socket that the options describe; nothing is connected yet.
 *
 * @throws {UsageError} when the options contradict each other
 * @throws {NoUsualSocket} when no socket was given and none is at the usual paths
 * @throws {InvalidAddress} when the path is no address
 */
export async function openSocket(
  environment: Environment,
  values: ConnectionValues,
  level: Level | undefined,
): Promise<Connection> {
  const master = readTarget(values);
  const address = await findSocket(environment, values.path, master === undefined ? "worker" : "master");
  const logger = getLogger(["happi", "socket"]);
  const socket = new Socket(address, {
    ...(master === undefined ? {} : { master }),
    ...(values.timeout === undefined ? {} : { timeoutMs: readDuration("--timeout", values.timeout) }),
    ...(level === "DEBUG" ? { trace: (line: string) => logger.debug`${line}` } : {}),
  });
  return { socket, master };
}

/** Who answers behind a master socket; `undefined` when it is none. */
function readTarget({ master, worker, pid }: ConnectionValues): MasterTarget | undefined {
  if (Number(master) + Number(worker) + Number(pid !== undefined) > 1) {
    throw new UsageError("Cannot ask several processes at once: give one of --master, --worker and --pid");
  }
  if (pid !== undefined) return { pid: readInteger("--pid", pid, 1, 0x7fffffff) };
  return master ? "master" : worker ? "worker" : undefined;
}
