/**
 * What HAProxy logged while it started: warnings and errors of the configuration (management guide, "show startup-logs"; on the
 * master socket since 2.7 those of the last load, also of one that failed).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectNumber } from "./expect.ts";

/** One log message. */
export interface StartupLog {
  /** `NOTICE`, `WARNING`, `ALERT` or `DEBUG`. */
  level: string;
  /** The process that said it. */
  pid: number;
  /** What it said; the lines of a message of several lines are separated by a line feed. */
  text: string;
}

/**
 * Reads the answer to `show startup-logs`.
 *
 * @param answer the whole answer; blank when nothing was logged
 * @returns the messages, the oldest first
 * @throws {UnexpectedAnswer} when the answer does not start with a log message
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseStartupLogs } from "./startup_logs.ts";
 *
 * assert.deepEqual(parseStartupLogs("[WARNING]  (42) : config : no timeout\n   | see line 3\n\n"), [
 *   { level: "WARNING", pid: 42, text: "config : no timeout\n   | see line 3" },
 * ]);
 * ```
 */
export function parseStartupLogs(answer: string): StartupLog[] {
  return readStartupLogs("show startup-logs", answerLines(answer), answer);
}

/**
 * Reads log messages out of the lines of any answer that ends with them.
 *
 * @param command the command that was answered
 * @param lines the lines
 * @param answer the whole answer, for the error
 * @returns the messages
 * @throws {UnexpectedAnswer} when the first line is no log message
 */
export function readStartupLogs(command: string, lines: readonly string[], answer: string): StartupLog[] {
  const messages: { level: string; pid: number; lines: string[] }[] = [];
  for (const line of lines) {
    const [, level, pid, text = ""] = /^\[([A-Z]+)\] +\((\d+)\) : (.*)$/.exec(line) ?? [];
    if (level !== undefined) messages.push({ level, pid: expectNumber(command, pid, answer), lines: [text] });
    else if (messages.length > 0) messages.at(-1)?.lines.push(line);
    else throw new UnexpectedAnswer(command, 'log messages "[LEVEL] (pid) : text"', answer, line);
  }
  return messages.map(({ level, pid, lines }) => ({ level, pid, text: lines.join("\n") }));
}
