/**
 * HAProxy's CSV: one reader over the whole body, because a quoted field may hold commas, quotes and (2.6) line feeds
 * (management guide, 9.1 "CSV format"). The header line starts with `# `; every line ends with a trailing comma.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";

/** A CSV answer: column names from its header, and rows of as many fields. */
export interface CsvTable {
  /** Names from the header, in order, without the empty one behind the trailing comma. */
  columns: string[];
  /** Fields as texts, unquoted; each row is as long as `columns`. */
  rows: string[][];
}

/**
 * Reads a whole CSV answer.
 *
 * @param command the command that was answered, for the error's message
 * @param answer the whole answer; blank lines at its end do not matter
 * @returns columns and rows
 * @throws {UnexpectedAnswer} when the header is missing, a quoted field is not closed, or a row is not as long as the header
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCsv } from "./csv.ts";
 *
 * assert.deepEqual(parseCsv("show stat", '# pxname,last_chk,\nweb,"a ""b"", c",\n\n'), {
 *   columns: ["pxname", "last_chk"],
 *   rows: [["web", 'a "b", c']],
 * });
 * ```
 */
export function parseCsv(command: string, answer: string): CsvTable {
  const header = readCsvHeader(command, answer);
  const { columns } = header;
  const rows: string[][] = [];
  for (let at = header.next; at < answer.length;) {
    if (answer.charCodeAt(at) === LF) {
      expectBlank(command, answer, at);
      break;
    }
    const record = readCsvRecord(command, answer, at);
    if (record.fields.length !== columns.length) {
      throw new UnexpectedAnswer(command, `a row of ${columns.length} fields`, answer, answer.slice(at, record.next));
    }
    rows.push(record.fields);
    at = record.next;
  }
  return { columns, rows };
}

/**
 * Reads the header line of a CSV answer.
 *
 * @param command the command that was answered
 * @param answer the whole answer
 * @returns the column names, and the place where the first row starts
 * @throws {UnexpectedAnswer} when the answer does not start with a header line
 */
export function readCsvHeader(command: string, answer: string): { columns: string[]; next: number } {
  const lineFeed = answer.indexOf("\n");
  const end = lineFeed < 0 ? answer.length : lineFeed;
  if (!answer.startsWith("# ") || answer[end - 1] !== ",") {
    throw new UnexpectedAnswer(command, 'a CSV header line that starts with "# " and ends with ","', answer);
  }
  return { columns: answer.slice(2, end - 1).split(","), next: end + 1 };
}

/**
 * Reads one line of fields, from `at` to its line feed or the end of the text. The empty field behind the trailing comma
 * is not a field.
 *
 * @param command the command that was answered
 * @param answer the whole answer
 * @param at where the line starts
 * @returns the fields unquoted, and the place behind the line feed
 * @throws {UnexpectedAnswer} when a quote is not closed or the line has no trailing comma
 */
export function readCsvRecord(command: string, answer: string, at: number): { fields: string[]; next: number } {
  const fields: string[] = [];
  for (let start = at; start < answer.length;) {
    if (answer.charCodeAt(start) === LF) return { fields, next: start + 1 };
    const end = csvFieldEnd(answer, start);
    if (end < 0 || answer.charCodeAt(end) !== COMMA) break;
    fields.push(csvFieldText(answer, start, end));
    start = end + 1;
    if (start === answer.length) return { fields, next: start };
  }
  throw new UnexpectedAnswer(command, "whole CSV lines, each field ended by a comma", answer, answer.slice(at));
}

/**
 * Where a field ends: the place of the comma or line feed behind it, or the text's length.
 *
 * @param text the whole text
 * @param start where the field starts
 * @returns the place, or -1 when a quoted field is not closed, or is closed before it ends
 */
export function csvFieldEnd(text: string, start: number): number {
  let at = start;
  if (text.charCodeAt(at) === QUOTE) {
    do {
      at = text.indexOf('"', at + 1);
      if (at < 0) return -1;
      at++;
      // A doubled quote is one quote, and the field goes on.
    } while (text.charCodeAt(at) === QUOTE);
    return at === text.length || text.charCodeAt(at) === COMMA || text.charCodeAt(at) === LF ? at : -1;
  }
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === LF) break;
  }
  return at;
}

/**
 * The value of a field: itself, or what is between its quotes with doubled quotes made single.
 *
 * @param text the whole text
 * @param start where the field starts
 * @param end where it ends, as {@linkcode csvFieldEnd} says
 * @returns the value
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { csvFieldText } from "./csv.ts";
 *
 * const field = '"host, with ""quotes"""';
 * assert.equal(csvFieldText(field, 0, field.length), 'host, with "quotes"');
 * ```
 */
export function csvFieldText(text: string, start: number, end: number): string {
  if (text.charCodeAt(start) !== QUOTE) return text.slice(start, end);
  return text.slice(start + 1, end - 1).replaceAll('""', '"');
}

/** Nothing but line feeds may follow the first blank line. */
export function expectBlank(command: string, answer: string, at: number): void {
  for (let rest = at; rest < answer.length; rest++) {
    if (answer.charCodeAt(rest) !== LF) {
      throw new UnexpectedAnswer(command, "nothing behind the blank line", answer, answer.slice(rest));
    }
  }
}

const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
