/**
 * Where events go that `show events <sink>` can show: rings, buffers, standard output (management guide, "show events").
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch, expectNumber } from "./expect.ts";

/** One sink. */
export interface EventSink {
  /** Its name. */
  name: string;
  /** `buffer` can be shown, `fd` cannot. */
  type: string;
  /** Events that were lost. */
  dropped: number;
  /** What it is. */
  description: string;
}

/**
 * Reads the list: the answer to `show events` without a sink.
 *
 * @param answer the whole answer
 * @returns the sinks
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseEventSinks } from "./event_sinks.ts";
 *
 * assert.deepEqual(
 *   parseEventSinks(
 *     "Supported events sinks are listed below. Add -w(wait), -n(new). Any key to stop\n" +
 *       "    buf0       : type=buffer, 0 dropped, in-memory ring buffer\n\n",
 *   ),
 *   [{ name: "buf0", type: "buffer", dropped: 0, description: "in-memory ring buffer" }],
 * );
 * ```
 */
export function parseEventSinks(answer: string): EventSink[] {
  const [title, ...lines] = answerLines(answer);
  if (title === undefined || !title.startsWith("Supported events sinks are listed below.")) {
    throw new UnexpectedAnswer(COMMAND, 'the title "Supported events sinks are listed below."', answer, title ?? "");
  }
  return lines.map((line) => {
    const expected = '"<sink> : type=<type>, <n> dropped, <description>"';
    const [name = "", type = "", dropped, description = ""] = expectMatch(COMMAND, expected, ROW, line, answer);
    return { name, type, dropped: expectNumber(COMMAND, dropped, answer), description };
  });
}

const COMMAND = "show events";
const ROW = /^ +(\S+) +: type=(\w+), (\d+) dropped, (.*)$/;
