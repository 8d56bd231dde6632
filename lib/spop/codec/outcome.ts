/**
 * What comes of reading bytes from the network: all is there, some is missing, or it is wrong. All three are values;
 * nothing here throws.
 */
import { type StatusCode, statusMessage } from "./status.ts";

/** More bytes are needed before anything can be said. */
export interface Incomplete {
  readonly kind: "incomplete";
}

/** The bytes are no SPOP: with what to say to the other side before the connection is closed. */
export interface Invalid {
  readonly kind: "invalid";
  /** For AGENT-DISCONNECT or HAPROXY-DISCONNECT. */
  readonly code: StatusCode;
  /** What is wrong, in a few words. */
  readonly why: string;
}

/** The one {@linkcode Incomplete}. */
export const INCOMPLETE: Incomplete = Object.freeze({ kind: "incomplete" });

/**
 * Says what is wrong.
 *
 * @param code the status code
 * @param why more than the code's own words, where there is more to say
 */
export function invalid(code: StatusCode, why: string = statusMessage(code)): Invalid {
  return Object.freeze({ kind: "invalid", code, why });
}
