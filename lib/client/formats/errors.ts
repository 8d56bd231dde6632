/**
 * The one error of the parsers in this folder: HAProxy answered, and the answer does not have the shape that the command
 * promises (management guide, 9.3 "Unix Socket commands"). The raw text travels with it, so nothing is lost or guessed.
 *
 * @module
 */

import { HappiError } from "../../errors.ts";

/** Longest piece of an answer that a message quotes, in UTF-16 units. */
const QUOTE_LENGTH = 80;

/** What would break a one-line message: control characters, line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;

/**
 * HAProxy's answer to a command is not of the shape that its parser can prove: an error text, half an answer, something else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { UnexpectedAnswer } from "./errors.ts";
 *
 * const error = new UnexpectedAnswer("show servers state", 'the version line "1"', "Can't find backend.\n");
 * assert.equal(error.code, "unexpected_answer");
 * assert.equal(error.answer, "Can't find backend.\n");
 * assert.equal(
 *   error.message,
 *   'Cannot read the answer to "show servers state": expected the version line "1", got "Can\'t find backend."',
 * );
 * ```
 */
export class UnexpectedAnswer extends HappiError {
  /** The whole answer as HAProxy gave it. */
  readonly answer: string;
  /** What the parser looked for, in words. */
  readonly expected: string;

  /**
   * Makes the error and its message.
   *
   * @param command the command that was answered, or its family (`show servers state`)
   * @param expected what the parser looked for, in words that fit after "expected"
   * @param answer the whole answer
   * @param got the piece of the answer that did not fit (a line, a field); the whole answer when left out
   */
  constructor(command: string, expected: string, answer: string, got: string = answer) {
    super("unexpected_answer", `Cannot read the answer to "${command}": expected ${expected}, got ${quote(got)}`);
    this.answer = answer;
    this.expected = expected;
  }
}

/** The beginning of a text, in quotes, on one line. */
function quote(text: string): string {
  const start = text.slice(0, QUOTE_LENGTH + 1000).trim();
  if (start === "") return "nothing";
  const shown = start.length > QUOTE_LENGTH ? start.slice(0, QUOTE_LENGTH - 3) + "..." : start;
  return `"${shown.replace(UNPRINTABLE, " ")}"`;
}
