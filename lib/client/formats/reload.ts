/**
 * How a reload ended, as the master tells it (management guide, "reload", 2.7 and later; 2.6 closes the connection without a
 * word).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch } from "./expect.ts";
import { readStartupLogs, type StartupLog } from "./startup_logs.ts";

/** The result of a reload. */
export interface Reload {
  /** Whether the new worker serves. When not, the old one goes on. */
  success: boolean;
  /** What the new process logged while it started, such as the errors of its configuration. */
  startup_logs: StartupLog[];
}

/**
 * Reads the answer to `reload` and `hard-reload`.
 *
 * @param answer the whole answer, until HAProxy closed the connection
 * @returns whether it worked, and the log
 * @throws {UnexpectedAnswer} when the answer has another shape, or is empty as it always is on 2.6
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseReload } from "./reload.ts";
 *
 * const { success, startup_logs } = parseReload("Success=0\n--\n[ALERT]    (42) : config : unknown keyword\n\n");
 * assert.equal(success, false);
 * assert.equal(startup_logs[0]?.level, "ALERT");
 * ```
 */
export function parseReload(answer: string): Reload {
  const [first, separator, ...lines] = answerLines(answer);
  const [success] = expectMatch(COMMAND, '"Success=0" or "Success=1"', /^Success=([01])$/, first, answer);
  if (separator !== undefined && separator !== "--") {
    throw new UnexpectedAnswer(COMMAND, 'the line "--"', answer, separator);
  }
  return { success: success === "1", startup_logs: readStartupLogs(COMMAND, lines, answer) };
}

const COMMAND = "reload";
