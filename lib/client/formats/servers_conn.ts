/**
 * Parser of `show servers conn` (management guide, 9.3): how many connections each server has, uses, keeps idle.
 * The header names the columns: 3.3 put `served` and `idle_sess` between those of 3.2.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";

const COMMAND = "show servers conn";

/** Connections of one server, by HAProxy's names. */
export interface ServerConnections {
  /** Name of the backend. */
  bkname: string;
  /** Name of the server. */
  svname: string;
  /** Identifier of the backend. */
  bkid: number;
  /** Identifier of the server in its backend. */
  svid: number;
  /** The server's address, null when it has none (a unix socket, or a name that is not resolved). */
  addr: string | null;
  /** The server's port. */
  port: number;
  /** Idle connections on each thread, in thread order. */
  idle_per_thr: number[];
  /**
   * The counters of this version: `purge_delay` (milliseconds), `used_cur`, `used_max`, `need_est`, `unsafe_nb`, `safe_nb`,
   * `idle_lim` (-1 is no limit), `idle_cur`; since 3.3 `served` and `idle_sess`.
   */
  [column: string]: string | number | null | number[];
}

/**
 * Reads `show servers conn` and `show servers conn <backend>`.
 *
 * @param answer the whole answer
 * @returns the servers in the order of the configuration
 * @throws {UnexpectedAnswer} when the header does not name server, address and threads, or a line does not fit the header
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseServersConn } from "./servers_conn.ts";
 *
 * const [server] = parseServersConn(
 *   "# bkname/svname bkid/svid addr port - used_cur idle_per_thr[2]\nweb/s1 7/1 127.0.0.1 80 - 3 0 1\n\n",
 * );
 * assert.deepEqual(server, {
 *   ...{ bkname: "web", svname: "s1", bkid: 7, svid: 1, addr: "127.0.0.1", port: 80 },
 *   ...{ idle_per_thr: [0, 1], used_cur: 3 },
 * });
 * ```
 */
export function parseServersConn(answer: string): ServerConnections[] {
  const [header, ...lines] = answerLines(answer);
  const { columns, threads } = readHeader(answer, header ?? "");
  return lines.map((line) => {
    const fields = line.trimEnd().split(" ");
    if (fields.length !== columns.length + threads) {
      throw new UnexpectedAnswer(COMMAND, `a line of ${columns.length + threads} fields`, answer, line);
    }
    return readServer(answer, columns, line, fields);
  });
}

/** The columns before those of the threads always start like this. */
const FIRST_COLUMNS = "# bkname/svname bkid/svid addr port - ";

/** The single columns of the header, and the number of threads behind them. */
function readHeader(answer: string, header: string): { columns: string[]; threads: number } {
  const [, single = "", threads = ""] = /^# (\S.*) idle_per_thr\[(\d{1,4})\]$/.exec(header.trimEnd()) ?? [];
  const columns = single.split(" ");
  if (!header.startsWith(FIRST_COLUMNS) || threads === "" || new Set(columns).size !== columns.length) {
    throw new UnexpectedAnswer(COMMAND, `a header line such as "${FIRST_COLUMNS}... idle_per_thr[2]"`, answer, header);
  }
  return { columns, threads: Number(threads) };
}

/** One server from its fields. */
function readServer(answer: string, columns: string[], line: string, fields: string[]): ServerConnections {
  const integer = (field: string): number => {
    const value = parseInteger(field);
    if (typeof value !== "number") throw new UnexpectedAnswer(COMMAND, "integers", answer, line);
    return value;
  };
  const pair = (field: string): [string, string] => {
    const slash = field.indexOf("/");
    if (slash < 0) throw new UnexpectedAnswer(COMMAND, "a pair such as backend/server", answer, line);
    return [field.slice(0, slash), field.slice(slash + 1)];
  };
  const [names = "", ids = "", addr = "", port = "", , ...counters] = fields;
  const [bkname, svname] = pair(names);
  const [bkid, svid] = pair(ids).map(integer);
  if (bkid === undefined || svid === undefined) throw new UnexpectedAnswer(COMMAND, "two identifiers", answer, line);
  const counted = columns.slice(FIXED);
  return {
    ...{ bkname, svname, bkid, svid, addr: addr === "-" ? null : addr, port: integer(port) },
    ...Object.fromEntries(counted.map((name, nth) => [name, integer(counters[nth] ?? "")])),
    idle_per_thr: counters.slice(counted.length).map(integer),
  };
}

/** Columns that are not counters: two pairs, address, port and the dash. */
const FIXED = 5;
