/**
 * How an answer in lines is proven, piece by piece: its lines, the shape of one line, the numbers in it. What does not fit is
 * an `UnexpectedAnswer` that names the piece (management guide, 9.3 "Unix Socket commands").
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { parseInteger } from "./number.ts";

/**
 * The lines of an answer, without the blank ones at its end: HAProxy ends an answer with none, one or two of them.
 *
 * @param answer the whole answer
 * @returns the lines without their line feeds; none when the answer is blank
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { answerLines } from "./expect.ts";
 *
 * assert.deepEqual(answerLines("# name\nweb\n\n"), ["# name", "web"]);
 * assert.deepEqual(answerLines("\n"), []);
 * ```
 */
export function answerLines(answer: string): string[] {
  let end = answer.length;
  while (end > 0 && answer.charCodeAt(end - 1) === LF) end--;
  return end === 0 ? [] : answer.slice(0, end).split("\n");
}

/**
 * The groups of a line that has to match.
 *
 * @param command the command that was answered
 * @param expected what the line should be, in words that fit after "expected"
 * @param pattern the shape of the whole line
 * @param line the line; `undefined` when the answer has no more lines
 * @param answer the whole answer, for the error
 * @returns the groups, in order; one that took no part is the empty text
 * @throws {UnexpectedAnswer} when there is no line or it does not match
 */
export function expectMatch(
  command: string,
  expected: string,
  pattern: RegExp,
  line: string | undefined,
  answer: string,
): string[] {
  const match = line === undefined ? null : pattern.exec(line);
  if (match === null) throw new UnexpectedAnswer(command, expected, answer, line ?? "");
  return match.slice(1).map((group) => group ?? "");
}

/**
 * The lines behind a header line that has to be exactly this.
 *
 * @param command the command that was answered
 * @param header the header line
 * @param answer the whole answer
 * @returns the lines behind the header
 * @throws {UnexpectedAnswer} when the first line is another one
 */
export function expectHeader(command: string, header: string, answer: string): string[] {
  const [first, ...rest] = answerLines(answer);
  if (first !== header) throw new UnexpectedAnswer(command, `the header "${header}"`, answer, first ?? "");
  return rest;
}

/**
 * A 64-bit integer in an answer.
 *
 * @param command the command that was answered
 * @param text the digits
 * @param answer the whole answer
 * @returns a `number` while it is safe, a `bigint` beyond
 * @throws {UnexpectedAnswer} when the text is no canonical integer
 */
export function expectInteger(command: string, text: string | undefined, answer: string): number | bigint {
  const value = text === undefined ? undefined : parseInteger(text);
  if (value === undefined) throw new UnexpectedAnswer(command, "an integer", answer, text ?? "");
  return value;
}

/**
 * A small integer in an answer: a process id, a line number, a count of threads.
 *
 * @param command the command that was answered
 * @param text the digits
 * @param answer the whole answer
 * @returns the number
 * @throws {UnexpectedAnswer} when the text is no canonical integer, or is beyond 2^53 - 1
 */
export function expectNumber(command: string, text: string | undefined, answer: string): number {
  const value = expectInteger(command, text, answer);
  if (typeof value === "bigint") throw new UnexpectedAnswer(command, "an integer up to 2^53 - 1", answer, text ?? "");
  return value;
}

const LF = 0x0a;
