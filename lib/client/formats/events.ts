/**
 * Parser of `show events <ring>` (management guide, 9.3). A ring's lines have the format that its configuration gives them, so
 * a line is kept as it is and only what it proves to be is decoded beside it. The list of rings is in `event_sinks.ts`.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

const COMMAND = "show events";

/** One line of a ring. */
export interface RingEvent {
  /** The whole line as it came. */
  line: string;
  /** Syslog facility by name, where the line starts with `<number>`. */
  facility?: string;
  /** Syslog severity by name, where the line starts with `<number>`. */
  severity?: string;
  /** The time stamp as written: `Nov 21 00:20:08` (RFC 3164, local time) or `2026-11-21T00:20:08.123+00:00` (RFC 5424). */
  timestamp?: string;
  /** What follows priority and time stamp: host, tag, message. */
  message: string;
}

// deno-fmt-ignore -- packed, as the table it is
const FACILITIES = [
  "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp", "audit",
  "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
] as const;

const SEVERITIES = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;

/** Time stamps that a ring puts before the message: RFC 3164, RFC 5424 with its version, and `timed`. */
const TIMESTAMPS = [
  /^([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}) /,
  /^(?:1 )?(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:\d{2})?) /,
];

/**
 * Reads one line of a ring; any line is one.
 *
 * @param line the line without its end
 * @returns the line, and what could be decoded of it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseEvent } from "./events.ts";
 *
 * const event = parseEvent("<129>Nov 21 00:20:08 localhost haproxy[21594]: Server web/s2 is DOWN");
 * assert.deepEqual([event.facility, event.severity, event.timestamp], ["local0", "alert", "Nov 21 00:20:08"]);
 * assert.equal(event.message, "localhost haproxy[21594]: Server web/s2 is DOWN");
 * ```
 */
export function parseEvent(line: string): RingEvent {
  const [start = "", priority] = /^<(\d{1,3})>/.exec(line) ?? [];
  const facility = priority === undefined ? undefined : FACILITIES[Math.floor(Number(priority) / 8)];
  const severity = SEVERITIES[Number(priority) % 8];
  const prioritized = facility !== undefined && severity !== undefined;
  const rest = prioritized ? line.slice(start.length) : line;
  const stamp = TIMESTAMPS.map((form) => form.exec(rest)).find((match) => match !== null);
  const timestamp = stamp?.[1];
  return {
    line,
    ...(prioritized ? { facility, severity } : {}),
    ...(timestamp === undefined ? {} : { timestamp }),
    message: rest.slice(stamp?.[0].length ?? 0),
  };
}

/** How HAProxy says no instead of giving lines; these words start no line of a ring. */
const REFUSALS =
  /^(?:Permission denied|Unknown command|No such event sink|Nothing to report|unknown option|Supported events sinks|'show events|Can't )/i;

/**
 * Reads `show events <ring>`, also with `-0`.
 *
 * @param answer the whole answer
 * @returns the lines in order of time; none when the ring is empty
 * @throws {UnexpectedAnswer} when it is one of HAProxy's refusals, or the list of rings
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseEvents } from "./events.ts";
 *
 * assert.deepEqual(parseEvents("<6>first\nsecond\n\n").map(({ message }) => message), ["first", "second"]);
 * ```
 */
export function parseEvents(answer: string): RingEvent[] {
  if (REFUSALS.test(answer)) throw new UnexpectedAnswer(COMMAND, "the lines of a ring", answer);
  // With -0 each event ends with a NUL, and may hold line feeds.
  const lines = answer.includes("\0") ? answer.split("\0") : answerLines(answer);
  return lines.filter((line) => line.trim() !== "").map(parseEvent);
}
