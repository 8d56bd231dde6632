/**
 * The status codes of HAPROXY-DISCONNECT and AGENT-DISCONNECT, and what they mean (SPOE.txt, "Status codes").
 *
 * Only these may be sent: 14 to 98 in the answer to a health check crash HAProxy 2.6 and 3.0.
 */

/** Code to HAProxy's own words. */
export const STATUS_MESSAGES = {
  0: "normal",
  1: "I/O error",
  2: "a timeout occurred",
  3: "frame is too big",
  4: "invalid frame received",
  5: "version value not found",
  6: "max-frame-size value not found",
  7: "capabilities value not found",
  8: "unsupported version",
  9: "max-frame-size too big or too small",
  10: "fragmentation not supported",
  11: "invalid interlaced frames",
  12: "frame-id not found",
  13: "resource allocation error",
  99: "an unknown error occurred",
} as const;

/** A code that may be sent. */
export type StatusCode = keyof typeof STATUS_MESSAGES;

/**
 * HAProxy's words for a status code.
 *
 * @param code any number that came over the wire
 * @returns its words; those of 99 for a code that does not exist
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { statusMessage } from "./status.ts";
 * assert.equal(statusMessage(3), "frame is too big");
 * assert.equal(statusMessage(42), "an unknown error occurred");
 * ```
 */
export function statusMessage(code: number): string {
  return isStatusCode(code) ? STATUS_MESSAGES[code] : STATUS_MESSAGES[99];
}

/** Whether a code is one of the protocol's. */
export function isStatusCode(code: number): code is StatusCode {
  return Object.hasOwn(STATUS_MESSAGES, code);
}
