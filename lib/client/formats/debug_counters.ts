/**
 * Counters of rare events in HAProxy's own code, for developers (management guide, "debug counters", 3.1 and later; Debian's 3.0.11
 * has it too).
 *
 * @module
 */

import { answerLines, expectHeader, expectInteger, expectMatch, expectNumber } from "./expect.ts";

/** One counter. */
export interface DebugCounter {
  /** How often it happened. */
  count: number | bigint;
  /** `BUG`, `CHK`, `CNT` or `GLT`. */
  type: string;
  /** Source file. */
  file: string;
  /** Line in it. */
  line: number;
  /** Function. */
  function: string;
  /** The condition in quotes, the comment in brackets, either or both, as HAProxy prints them. */
  text: string;
}

/**
 * Reads the answer to `debug counters` with any of its options that show.
 *
 * @param answer the whole answer; blank when 3.0 or 3.2 has nothing to show
 * @returns the counters
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDebugCounters } from "./debug_counters.ts";
 *
 * const header = 'Count     Type Location function(): "condition" [comment]\n';
 * const row = "2          GLT mux_h1.c:2017 h1_handle_headers(): parsing error\n\n";
 * assert.deepEqual(parseDebugCounters(header + row), [
 *   { count: 2, type: "GLT", file: "mux_h1.c", line: 2017, function: "h1_handle_headers", text: "parsing error" },
 * ]);
 * ```
 */
export function parseDebugCounters(answer: string): DebugCounter[] {
  if (answerLines(answer).length === 0) return [];
  return joinRows(expectHeader(COMMAND, HEADER, answer)).map((row) => {
    const expected = '"<count> <type> <file>:<line> <function>(): <text>"';
    const [count, type = "", file = "", line, name = "", text = ""] = expectMatch(COMMAND, expected, ROW, row, answer);
    return {
      count: expectInteger(COMMAND, count, answer),
      type,
      file,
      line: expectNumber(COMMAND, line, answer),
      function: name,
      text,
    };
  });
}

const COMMAND = "debug counters";
const HEADER = 'Count     Type Location function(): "condition" [comment]';
const ROW = /^(\d+) +([A-Z]+) ([^\s:]+):(\d+) ([^\s()]+)\(\): ?([\s\S]*)$/;

/** What no comment begins with. */
const START = /^\d+ +[A-Z]{3} /;

/**
 * One row a counter. A long answer has the header again at the start of each of HAProxy's buffers, and a comment can have a line
 * feed in it (seen in 3.0).
 */
function joinRows(lines: readonly string[]): string[] {
  const rows: string[][] = [];
  let isOpen = false;
  for (const line of lines) {
    if (line === HEADER) continue;
    const continues: boolean = isOpen && !START.test(line);
    if (continues) rows.at(-1)?.push(line);
    else rows.push([line]);
    const [opened, closed] = [line.lastIndexOf("["), line.lastIndexOf("]")];
    isOpen = opened === closed ? continues : opened > closed;
  }
  return rows.map((row) => row.join("\n"));
}
