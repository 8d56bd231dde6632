/**
 * Parser of `show servers state` (management guide, 9.3): a version line, a header line, one line a server, blanks between.
 * The header names the columns, so any number of them in any order is understood.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";
import {
  type AdminState,
  adminStates,
  CHECK_RESULTS,
  type CheckResult,
  type CheckState,
  checkStates,
  OP_STATES,
  type OpState,
} from "./server_enums.ts";

const COMMAND = "show servers state";

/** The answer to `show servers state`. */
export interface ServersState {
  /** Version of HAProxy's format; there has only been 1. */
  version: 1;
  /** The servers in the order of the configuration. */
  servers: ServerState[];
}

/** Columns with numbers, in all versions since 2.4. */
// deno-fmt-ignore -- packed, as the table it is
export const NUMBER_COLUMNS = [
  "be_id", "srv_id", "srv_op_state", "srv_admin_state", "srv_uweight", "srv_iweight", "srv_time_since_last_change",
  "srv_check_status", "srv_check_result", "srv_check_health", "srv_check_state", "srv_agent_state", "bk_f_forced_id",
  "srv_f_forced_id", "srv_port", "srv_use_ssl", "srv_check_port", "srv_agent_port",
] as const;

/** Columns with text that is never empty. */
export const NAME_COLUMNS = ["be_name", "srv_name"] as const;

/** Columns with text where `-` says that there is none. */
export const OPTIONAL_COLUMNS = ["srv_addr", "srv_fqdn", "srvrecord", "srv_check_addr", "srv_agent_addr"] as const;

/** Columns without which a line says nothing about a server. */
const REQUIRED_COLUMNS = ["be_id", "srv_id", "srv_op_state", "srv_admin_state", ...NAME_COLUMNS] as const;

/** Names of happi's own, which HAProxy's columns must not take. */
const DECODED_NAMES = ["op_state", "admin_states", "check_result", "check_states", "agent_states"];

/** Columns with numbers that every server has. */
export type RequiredNumber = "be_id" | "srv_id" | "srv_op_state" | "srv_admin_state";

/** One server: HAProxy's columns by their names, then what their numbers mean. Times are in seconds. */
export type ServerState =
  & { [column in typeof NAME_COLUMNS[number]]: string }
  & { [column in RequiredNumber]: number }
  & { [column in Exclude<typeof NUMBER_COLUMNS[number], RequiredNumber>]?: number }
  & { [column in typeof OPTIONAL_COLUMNS[number]]?: string | null }
  & {
    /** `srv_op_state` as a word. */
    op_state: OpState;
    /** The bits of `srv_admin_state`; none when nobody keeps traffic away. */
    admin_states: AdminState[];
    /** `srv_check_result` as a word. */
    check_result?: CheckResult;
    /** The bits of `srv_check_state`. */
    check_states?: CheckState[];
    /** The bits of `srv_agent_state`. */
    agent_states?: CheckState[];
    /** Columns that are newer than this file. */
    [column: string]: string | number | bigint | null | string[] | undefined;
  };

/**
 * Reads `show servers state` and `show servers state <backend>`.
 *
 * @param answer the whole answer
 * @returns the version and the servers
 * @throws {UnexpectedAnswer} when the version line is not `1`, the header lacks what names a server, or a line does not fit it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseServersState } from "./servers_state.ts";
 *
 * const { servers } = parseServersState(
 *   "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_fqdn\n7 web 1 s1 127.0.0.1 2 9 -\n\n",
 * );
 * assert.equal(servers[0]?.op_state, "running");
 * assert.deepEqual(servers[0]?.admin_states, ["forced_maint", "forced_drain"]);
 * assert.equal(servers[0]?.srv_fqdn, null);
 * ```
 */
export function parseServersState(answer: string): ServersState {
  const [version, header, ...lines] = answerLines(answer);
  if (version !== "1") throw new UnexpectedAnswer(COMMAND, 'the version line "1"', answer);
  const columns = readHeader(answer, header ?? "");
  const servers: ServerState[] = [];
  for (const line of lines) {
    // The guide calls every line that starts with a sharp a comment.
    if (!line.startsWith("#")) servers.push(readServer(answer, columns, line));
  }
  return { version: 1, servers };
}

/** The column names of the header line. */
function readHeader(answer: string, header: string): string[] {
  const columns = header.startsWith("# ") ? header.slice(2).trimEnd().split(" ") : [];
  const decoded = DECODED_NAMES.some((name) => columns.includes(name));
  const complete = !decoded && REQUIRED_COLUMNS.every((name) => columns.includes(name));
  if (!complete || new Set(columns).size !== columns.length) {
    throw new UnexpectedAnswer(COMMAND, 'a header line such as "# be_id be_name srv_id ..."', answer, header);
  }
  return columns;
}

/** One server from its line. */
function readServer(answer: string, columns: string[], line: string): ServerState {
  const fields = line.trimEnd().split(" ");
  if (fields.length !== columns.length) {
    throw new UnexpectedAnswer(COMMAND, `a line of ${columns.length} fields`, answer, line);
  }
  const server: ServerState = {
    ...{ be_id: 0, be_name: "", srv_id: 0, srv_name: "", srv_op_state: 0, srv_admin_state: 0 },
    ...{ op_state: "stopped", admin_states: [] },
  };
  fields.forEach((field, column) => {
    const name = columns[column] ?? "";
    const value = readField(name, field);
    if (value === undefined) throw new UnexpectedAnswer(COMMAND, `a value for ${name}`, answer, line);
    server[name] = value;
  });
  return decode(answer, line, server);
}

const NUMBERS: ReadonlySet<string> = new Set(NUMBER_COLUMNS);
const NAMES: ReadonlySet<string> = new Set(NAME_COLUMNS);
const OPTIONAL: ReadonlySet<string> = new Set(OPTIONAL_COLUMNS);

/** The value of a field by the type of its column; undefined when it is not of that type. */
function readField(name: string, field: string): string | number | bigint | null | undefined {
  if (field === "") return undefined;
  if (NAMES.has(name)) return field;
  if (OPTIONAL.has(name)) return field === "-" ? null : field;
  const integer = parseInteger(field);
  if (NUMBERS.has(name)) return typeof integer === "number" ? integer : undefined;
  return integer ?? field;
}

/** Adds the words for the numbers that stand for something. */
function decode(answer: string, line: string, server: ServerState): ServerState {
  const opState = OP_STATES[server.srv_op_state];
  if (opState === undefined) throw new UnexpectedAnswer(COMMAND, "a srv_op_state of 0 to 3", answer, line);
  server.op_state = opState;
  server.admin_states = adminStates(server.srv_admin_state);
  if (server.srv_check_result !== undefined) {
    const result = CHECK_RESULTS[server.srv_check_result];
    if (result === undefined) throw new UnexpectedAnswer(COMMAND, "a srv_check_result of 0 to 4", answer, line);
    server.check_result = result;
  }
  if (server.srv_check_state !== undefined) server.check_states = checkStates(server.srv_check_state);
  if (server.srv_agent_state !== undefined) server.agent_states = checkStates(server.srv_agent_state);
  return server;
}
