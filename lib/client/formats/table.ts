/**
 * Parsers of `show table` (management guide, 9.3): the list of stick tables, and the entries of one.
 *
 * A table may hold a million entries: one pass, one data object an entry cloned from the one before it (all entries of a
 * table store the same types), and no piece keeps the answer alive.
 *
 * @module
 */

import { detach } from "./detach.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";
import { unescapeTableKey } from "./table_key.ts";

const COMMAND = "show table";

/** One stick table, as its header line says. */
export interface TableInfo {
  /** Name of the proxy that has the table, or `section/name` for a table of a peers section. */
  table: string;
  /** Type of its keys: `ip`, `ipv6`, `integer`, `string`, `binary`. */
  type: string;
  /** Most entries it can hold. */
  size: number | bigint;
  /** Entries it holds. */
  used: number | bigint;
}

/** One entry of a stick table. */
export interface TableEntry {
  /** Address in memory, `0x...`; since 3.1 `ptr` takes it instead of a key. */
  id: string;
  /** The key, unescaped. */
  key: string;
  /** Streams that use the entry now. */
  use: number | bigint;
  /** Milliseconds until it expires, 0 when it does not. */
  exp: number | bigint;
  /** Number of the peers' shard, 0 for all. Since 3.0. */
  shard?: number | bigint;
  /** What the entry stores, by HAProxy's names: `http_req_cnt`, `http_req_rate(10000)` (a rate over that many milliseconds),
   * `gpc0`, ...; all integers but `server_key`. */
  data: Record<string, string | number | bigint>;
}

/** The answer to `show table <name>`. */
export interface Table {
  /** The table; null when a key was asked for that it does not hold, because then HAProxy says nothing at all. */
  table: TableInfo | null;
  /** The entries, those that passed the filter if there was one. */
  entries: TableEntry[];
}

/**
 * Reads `show table`: all tables, without their entries.
 *
 * @param answer the whole answer
 * @returns the tables
 * @throws {UnexpectedAnswer} when a line is not `# table: name, type: T, size:N, used:N`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTables } from "./table.ts";
 *
 * const tables = parseTables("# table: mesh/shared, type: ip, size:10240, used:0\n\n");
 * assert.deepEqual(tables, [{ table: "mesh/shared", type: "ip", size: 10240, used: 0 }]);
 * ```
 */
export function parseTables(answer: string): TableInfo[] {
  return answerLines(answer).map((line) => readHeader(answer, line));
}

/**
 * Reads `show table <name>`, with or without a filter.
 *
 * @param answer the whole answer
 * @returns the table and its entries
 * @throws {UnexpectedAnswer} when the first line is not a table's header, or another is not an entry
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTable } from "./table.ts";
 *
 * const { entries } = parseTable(
 *   "# table: web, type: ip, size:100, used:1\n0x55aa: key=::1 use=0 exp=598992 shard=0 gpc0=2 conn_rate(10000)=3\n\n",
 * );
 * assert.deepEqual(entries, [
 *   { id: "0x55aa", key: "::1", use: 0, exp: 598992, shard: 0, data: { gpc0: 2, "conn_rate(10000)": 3 } },
 * ]);
 * ```
 */
export function parseTable(answer: string): Table {
  let end = answer.length;
  while (answer[end - 1] === "\n") end--;
  if (end === 0) return { table: null, entries: [] };
  const entries: TableEntry[] = [];
  let table: TableInfo | undefined;
  for (let at = 0; at < end;) {
    const lineFeed = answer.indexOf("\n", at);
    const lineEnd = lineFeed < 0 ? end : Math.min(lineFeed, end);
    const line = answer.slice(at, lineEnd);
    if (table === undefined) table = readHeader(answer, line);
    else entries.push(readEntry(answer, line, entries.at(-1)?.data ?? {}));
    at = lineEnd + 1;
  }
  return { table: table ?? null, entries };
}

/** A table from its header line. */
function readHeader(answer: string, line: string): TableInfo {
  const [, table, type, sizeText = "", usedText = ""] =
    /^# table: (\S+), type: (\S+), size:(\d+), used:(\d+)$/.exec(line) ?? [];
  const size = parseInteger(sizeText);
  const used = parseInteger(usedText);
  if (table === undefined || type === undefined || size === undefined || used === undefined) {
    throw new UnexpectedAnswer(COMMAND, 'a header such as "# table: web, type: ip, size:100, used:1"', answer, line);
  }
  return { table: detach(table), type: detach(type), size, used };
}

/** An entry from its line; `model` is the data of an entry that most likely stores the same. */
function readEntry(answer: string, line: string, model: TableEntry["data"]): TableEntry {
  const [start = "", id] = ENTRY_START.exec(line) ?? [];
  const keyEnd = findKeyEnd(line, start.length);
  ENTRY_COUNTERS.lastIndex = keyEnd;
  const [counters = "", useText = "", expText = "", shardText] = ENTRY_COUNTERS.exec(line) ?? [];
  const use = parseInteger(useText);
  const exp = parseInteger(expText);
  const data = readData(line, keyEnd + counters.length, model);
  if (id === undefined || use === undefined || exp === undefined || data === undefined) {
    throw new UnexpectedAnswer(COMMAND, 'entries such as "0x55...: key=... use=0 exp=0 ..."', answer, line);
  }
  const entry = { id: detach(id), key: detach(unescapeTableKey(line.slice(start.length, keyEnd))), use, exp };
  const shard = shardText === undefined ? undefined : parseInteger(shardText);
  return shard === undefined ? { ...entry, data } : { ...entry, shard, data };
}

/** What every entry starts with. */
const ENTRY_START = /^(0x[0-9a-f]{1,16}): key=/;

/** What follows the key. */
const ENTRY_COUNTERS = / use=(\d+) exp=(\d+)(?: shard=(\d+))?(?= |$)/y;

/** The place of the blank behind the key; a blank of the key has a backslash before it. */
function findKeyEnd(line: string, start: number): number {
  for (let at = start; at < line.length; at++) {
    if (line[at] === " ") return at;
    if (line[at] === "\\") at++;
  }
  return line.length;
}

/** The stored values, from `at` on; undefined when something else is there. */
function readData(line: string, at: number, model: TableEntry["data"]): TableEntry["data"] | undefined {
  const names = Object.keys(model);
  // A copy keeps the shape of the model, so that a million entries have one shape and are not a million dictionaries.
  const data = { ...model };
  let other: [string, string | number | bigint][] | undefined;
  let count = 0;
  for (; at < line.length; count++) {
    const start = at + 1;
    const equals = line.indexOf("=", start);
    const space = line.indexOf(" ", start);
    const end = space < 0 ? line.length : space;
    if (line[at] !== " " || equals <= start || equals > end) return undefined;
    const known = names[count] ?? "";
    const same = other === undefined && known.length === equals - start && line.startsWith(known, start);
    const name = same ? known : detach(line.slice(start, equals));
    const value = readValue(name, line.slice(equals + 1, end));
    if (value === undefined) return undefined;
    if (same) {
      data[name] = value;
    } else {
      // Another shape than the model's: from here on pairs, with those that were read before.
      other ??= Object.entries(data).slice(0, count);
      other.push([name, value]);
    }
    at = end;
  }
  if (other === undefined && count === names.length) return data;
  return { ...Object.fromEntries(other ?? Object.entries(data).slice(0, count)) };
}

/** A stored value: text for the server's key, an integer for all else. */
function readValue(name: string, text: string): string | number | bigint | undefined {
  return name === "server_key" ? detach(text) : parseInteger(text);
}
