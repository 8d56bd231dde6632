/**
 * Parser of `show errors` (management guide, 9.3): the last invalid request and response of each proxy, with the bytes that
 * HAProxy saw. Blocks of indented free text, set apart by lines that hold one blank.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";

const COMMAND = "show errors";

/** The answer to `show errors`. */
export interface CapturedErrors {
  /** Invalid messages since the process started; only the last ones are kept. */
  total: number | bigint;
  /** HAProxy's local time of the answer: `21/Nov/2026:00:20:11.764`. */
  date: string;
  /** The messages that are kept. */
  errors: CapturedError[];
}

/** One invalid message. */
export interface CapturedError {
  /** When it came, in HAProxy's local time. */
  date: string;
  /** Which side of which proxy refused it. */
  side: "frontend" | "backend";
  /** Name of that proxy. */
  proxy: string;
  /** Number of that proxy. */
  proxy_id: number;
  /** What was wrong: `invalid request`, `invalid response`. */
  error: string;
  /** Number of the event, from 0. */
  event: number | null;
  /** Client address and port. */
  src: string | null;
  /** Offset of the byte that HAProxy stumbled over. */
  position: number | null;
  /** HAProxy's description of connection and parser, line by line, without indentation. */
  details: string[];
  /** The bytes, line by line as HAProxy shows them: offset, then text with escapes; `+` marks a line that goes on. */
  dump: string[];
}

/**
 * Reads `show errors`, with or without a filter.
 *
 * @param answer the whole answer
 * @returns the messages in HAProxy's order
 * @throws {UnexpectedAnswer} when the first line or a block is not as the guide shows
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseErrors } from "./errors_captured.ts";
 *
 * const { total, errors } = parseErrors(
 *   "Total events captured on [21/Nov/2026:00:20:11.764] : 2\n \n" +
 *     "[21/Nov/2026:00:20:10.647] frontend web (#2): invalid request\n" +
 *     "  backend <NONE> (#-1), server <NONE> (#-1), event #1, src 127.0.0.1:42952\n" +
 *     "  len 43, wraps at 16344, error at position 29\n  \n  00000  GET /x HTTP/1.1\\r\\n\n\n",
 * );
 * assert.equal(total, 2);
 * assert.deepEqual([errors[0]?.proxy, errors[0]?.position, errors[0]?.src], ["web", 29, "127.0.0.1:42952"]);
 * assert.deepEqual(errors[0]?.dump, ["00000  GET /x HTTP/1.1\\r\\n"]);
 * ```
 */
export function parseErrors(answer: string): CapturedErrors {
  const [first = "", ...lines] = answerLines(answer);
  const [, date, count = ""] = /^Total events captured on \[([^\]]+)\] : (\d+)$/.exec(first) ?? [];
  const total = parseInteger(count);
  if (date === undefined || total === undefined) {
    throw new UnexpectedAnswer(COMMAND, '"Total events captured on [date] : <number>"', answer);
  }
  const errors: CapturedError[] = [];
  for (const line of lines) {
    const error = errors.at(-1);
    if (line.trim() === "") continue;
    if (line.startsWith("  ") && error !== undefined) addLine(error, line.slice(2));
    else errors.push(readFirstLine(answer, line));
  }
  return { total, date, errors };
}

/** A message from the first line of its block. */
function readFirstLine(answer: string, line: string): CapturedError {
  const [, date, side, proxy, id, error] =
    /^\[([^\]]+)\] (frontend|backend) (\S+) \(#(-?\d{1,10})\) ?: (.+)$/.exec(line) ?? [];
  const known = side === "frontend" || side === "backend";
  if (date === undefined || !known || proxy === undefined || error === undefined) {
    throw new UnexpectedAnswer(COMMAND, 'blocks such as "[date] frontend web (#2): invalid request"', answer, line);
  }
  const unread = { event: null, src: null, position: null };
  return { date, side, proxy, proxy_id: Number(id), error, ...unread, details: [], dump: [] };
}

/** Takes one more line of a block. */
function addLine(error: CapturedError, line: string): void {
  if (/^\d{5,}[ +] /.test(line)) {
    error.dump.push(line);
    return;
  }
  error.details.push(line);
  const [, event, src] = /, event #(\d{1,15}), src (\S+)$/.exec(line) ?? [];
  const [, position] = /, error at position (\d{1,15})$/.exec(line) ?? [];
  if (event !== undefined) error.event = Number(event);
  if (src !== undefined) error.src = src;
  if (position !== undefined) error.position = Number(position);
}
