/**
 * The program and the libraries that are mapped into the process (management guide, "show libs", 2.6 and later).
 *
 * @module
 */

import { answerLines, expectMatch } from "./expect.ts";

/** One object file. Addresses and sizes are hexadecimal. */
export interface Library {
  /** Where it starts. */
  start: string;
  /** Where it ends. */
  end: string;
  /** Its size in memory. */
  size: string;
  /** Its path. */
  path: string;
}

/**
 * Reads the answer to `show libs`.
 *
 * @param answer the whole answer
 * @returns the object files
 * @throws {UnexpectedAnswer} when a line has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseLibraries } from "./libs.ts";
 *
 * assert.deepEqual(parseLibraries("0x5629-0x562a (0x1) /usr/sbin/haproxy\n\n"), [
 *   { start: "0x5629", end: "0x562a", size: "0x1", path: "/usr/sbin/haproxy" },
 * ]);
 * ```
 */
export function parseLibraries(answer: string): Library[] {
  return answerLines(answer).map((line) => {
    const expected = '"0x<start>-0x<end> (0x<size>) <path>"';
    const [start = "", end = "", size = "", path = ""] = expectMatch("show libs", expected, LINE, line, answer);
    return { start, end, size, path };
  });
}

const LINE = /^(0x[0-9a-f]+)-(0x[0-9a-f]+) \((0x[0-9a-f]+)\) (.+)$/;
