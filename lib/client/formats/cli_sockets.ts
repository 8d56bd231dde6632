/**
 * The sockets that HAProxy's CLI listens on (management guide, "show cli sockets").
 *
 * @module
 */

import { answerLines, expectHeader, expectMatch } from "./expect.ts";

/** One socket. */
export interface CliSocket {
  /** Its address, such as `unix@/run/haproxy/admin.sock` or `sockpair@4` (the master's). */
  socket: string;
  /** Its level: `user`, `operator` or `admin`. */
  level: string;
  /** The processes it is bound to: `all` in every version that there still is. */
  processes: string;
}

/**
 * Reads the answer to `show cli sockets`.
 *
 * @param answer the whole answer; blank from a master
 * @returns the sockets
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCliSockets } from "./cli_sockets.ts";
 *
 * assert.deepEqual(parseCliSockets("# socket lvl processes\nunix@/run/haproxy/admin.sock admin all\n\n"), [
 *   { socket: "unix@/run/haproxy/admin.sock", level: "admin", processes: "all" },
 * ]);
 * ```
 */
export function parseCliSockets(answer: string): CliSocket[] {
  if (answerLines(answer).length === 0) return [];
  return expectHeader(COMMAND, "# socket lvl processes", answer).map((line) => {
    const [socket = "", level = "", processes = ""] = expectMatch(
      COMMAND,
      '"<socket> <level> <processes>"',
      ROW,
      line,
      answer,
    );
    return { socket, level, processes };
  });
}

const COMMAND = "show cli sockets";
const ROW = /^(.+) (user|operator|admin) (\S+)$/;
