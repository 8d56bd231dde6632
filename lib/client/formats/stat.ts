/**
 * Parser of `show stat` (management guide, 9.1 "CSV format" and 9.3 "show stat").
 *
 * The hot path of happi: 10,000 servers are 2 to 4 MB. It costs one pass over the characters, one object a row cloned from a
 * template (so that all rows share one shape) and one string for each text that differs from the row above; fields without
 * quotes are never copied twice and no piece keeps the answer alive. `scripts/bench/stat.ts` shows it.
 *
 * @module
 */

import { csvFieldEnd, csvFieldText, expectBlank, readCsvHeader } from "./csv.ts";
import { detach } from "./detach.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { parseInteger } from "./number.ts";
import { columnType, STAT_KINDS, type StatRow, type StatValue } from "./stat_columns.ts";

const COMMAND = "show stat";

/**
 * Reads `show stat`, `show stat {name} {mask} {sid}`, `show stat up`, `show stat no-maint`: CSV in any version.
 *
 * @param answer the whole answer
 * @returns the rows in HAProxy's order; none when nothing passed the filter
 * @throws {UnexpectedAnswer} when it is not CSV (`No such proxy.`), lacks the columns `pxname`, `svname` and `type`, has a row that is not as
 *   long as its header, or text in a column of numbers
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseStat } from "./stat.ts";
 *
 * const [row] = parseStat("# pxname,svname,scur,slim,bin,type,-,h2_streams,\nweb,123,7,,18446744073709551615,2,-,4,\n\n");
 * assert.deepEqual({ ...row }, {
 *   kind: "server",
 *   pxname: "web",
 *   svname: "123",
 *   type: 2,
 *   scur: 7,
 *   slim: null,
 *   bin: 18446744073709551615n,
 *   h2_streams: 4,
 * });
 * ```
 */
export function parseStat(answer: string): StatRow[] {
  const header = readCsvHeader(COMMAND, answer);
  const layout = describeColumns(answer, header.columns);
  const rows: StatRow[] = [];
  for (let at = header.next; at < answer.length;) {
    if (answer.charCodeAt(at) === LF) {
      expectBlank(COMMAND, answer, at);
      break;
    }
    const row = { ...layout.template };
    const next = readRow(answer, at, layout, row);
    const kind = STAT_KINDS[row.type];
    if (kind === undefined) throw unexpected("a row type of 0 to 3", answer, at);
    if (row.pxname === null || row.svname === null) throw unexpected("a row with pxname and svname", answer, at);
    row.kind = kind;
    rows.push(row);
    at = next;
  }
  return rows;
}

/** What the header says, made ready for the rows. */
interface Layout {
  /** Property names, column by column. */
  names: string[];
  /** How to read each column, one of the numbers below. */
  types: Uint8Array;
  /** The text last seen in each column: most repeat from row to row (`UP`, `http`, the proxy's name). */
  last: string[];
  /** A row of nulls. */
  template: StatRow;
}

/** How a column is read, as numbers for the hot loop; SKIP is for the delimiter and for a name that was there before. */
const TEXT = 0, SKIP = 1, GAUGE = 2, COUNTER = 3, INTEGER_OR_TEXT = 4;
const TYPE_NUMBERS = { text: TEXT, gauge: GAUGE, counter: COUNTER, integer_or_text: INTEGER_OR_TEXT } as const;

/** Prepares the columns; each name is used once, and the delimiter `-` before the modules' columns not at all. */
function describeColumns(answer: string, columns: string[]): Layout {
  // 2.8.0 has a hole where the name of its column 112 belongs.
  const names = columns.map((name) => name === "(null)" ? "proto" : detach(name));
  for (const name of ["pxname", "svname", "type"]) {
    if (!names.includes(name)) throw new UnexpectedAnswer(COMMAND, `a CSV header with a column "${name}"`, answer);
  }
  const types = new Uint8Array(names.length);
  const seen = new Set(["-", "kind"]);
  names.forEach((name, column) => {
    types[column] = seen.has(name) ? SKIP : TYPE_NUMBERS[columnType(name)];
    seen.add(name);
  });
  const used = names.filter((_, column) => types[column] !== SKIP);
  const nulls = { kind: STAT_KINDS[0], pxname: "", svname: "", type: -1, ...blank(used) };
  // The copy of an object has fast properties whatever their number, and so have copies of the copy.
  return { names, types, last: names.map(() => ""), template: { ...nulls } };
}

/** An object with null under each name. */
function blank(names: string[]): Record<string, null> {
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** Fills one row from the line at `at`; gives the place behind its line feed. Empty fields stay null. */
function readRow(answer: string, at: number, layout: Layout, row: Record<string, StatValue>): number {
  const { names, types } = layout;
  const line = at;
  let column = 0;
  for (;; column++, at++) {
    const start = at;
    let code = answer.charCodeAt(at);
    if (code === COMMA) continue;
    const name = names[column];
    const type = types[column];
    if (code === LF || name === undefined || type === undefined || at >= answer.length) break;
    if (type >= GAUGE) {
      // Most fields are short unsigned integers: add up their digits, without making a piece of text.
      const zero = code === DIGIT_0;
      let value = 0;
      while (code >= DIGIT_0 && code <= DIGIT_9) {
        value = value * 10 + (code - DIGIT_0);
        code = answer.charCodeAt(++at);
      }
      const digits = at - start;
      if (code === COMMA && digits <= SAFE_DIGITS && (!zero || digits === 1)) {
        row[name] = value;
        continue;
      }
    }
    at = readOther(answer, start, layout, column, row);
  }
  if (column !== names.length) throw unexpected(`a row of ${names.length} fields`, answer, line);
  return at + 1;
}

/** Reads a field that is not a short unsigned integer; gives the place of the comma behind it. */
function readOther(
  answer: string,
  start: number,
  layout: Layout,
  column: number,
  row: Record<string, StatValue>,
): number {
  const name = layout.names[column] ?? "";
  const type = layout.types[column] ?? SKIP;
  const last = layout.last[column] ?? "";
  if (last !== "" && answer.startsWith(last, start) && answer.charCodeAt(start + last.length) === COMMA) {
    row[name] = last;
    return start + last.length;
  }
  const end = csvFieldEnd(answer, start);
  if (end < 0 || answer.charCodeAt(end) !== COMMA) throw unexpected("fields that end with a comma", answer, start);
  if (type === SKIP) return end;
  const text = csvFieldText(answer, start, end);
  const quoted = answer.charCodeAt(start) === QUOTE;
  const integer = type === TEXT || quoted ? undefined : parseInteger(text);
  if (integer === undefined) {
    if (type === GAUGE || type === COUNTER) throw unexpected(`an integer in column "${name}"`, answer, start);
    const own = detach(text);
    if (!quoted) layout.last[column] = own;
    row[name] = own;
    return end;
  }
  if (type === GAUGE && typeof integer === "bigint") {
    throw unexpected(`an integer of at most 53 bits in column "${name}"`, answer, start);
  }
  row[name] = integer;
  return end;
}

/** The error that shows the answer from `at` on. */
function unexpected(expected: string, answer: string, at: number): UnexpectedAnswer {
  return new UnexpectedAnswer(COMMAND, expected, answer, answer.slice(at));
}

/** Integers of up to this many digits are exact as a number. */
const SAFE_DIGITS = 15;
const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
