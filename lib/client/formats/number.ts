/**
 * Numbers in HAProxy's answers: decimal, 64 bits wide, never rounded.
 * A `number` while it is safe (up to 2^53 - 1), a `bigint` beyond, so that 64-bit byte counters survive.
 *
 * @module
 */

/** Longest canonical integer of 64 bits, sign included (`-9223372036854775808`, `18446744073709551615`). */
const LONGEST = 20;

/** Longest text whose value is safe whatever its digits. */
const ALWAYS_SAFE = 15;

/**
 * Reads a canonical decimal integer and nothing else: no sign but `-`, no leading zero, no blank, no exponent, at most
 * 20 characters. Writing the result out gives the same text back.
 *
 * @param text the whole field
 * @returns a `number` when it is a safe integer, a `bigint` beyond that, `undefined` when it is no such integer.
 *   `JSON.stringify` refuses a `bigint`: writers of JSON give one out as a plain integer (see `stat_json.ts`).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseInteger } from "./number.ts";
 *
 * assert.equal(parseInteger("-1"), -1);
 * assert.equal(parseInteger("18446744073709551615"), 18446744073709551615n);
 * assert.equal(parseInteger("007"), undefined);
 * assert.equal(parseInteger("1e3"), undefined);
 * ```
 */
export function parseInteger(text: string): number | bigint | undefined {
  const length = text.length;
  if (length === 0 || length > LONGEST) return undefined;
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  if (start === length) return undefined;
  // "0" is canonical, "-0" and "01" are not.
  if (text.charCodeAt(start) === 0x30 && length > 1) return undefined;
  for (let at = start; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return undefined;
  }
  const value = Number(text);
  return length <= ALWAYS_SAFE || Number.isSafeInteger(value) ? value : BigInt(text);
}

/** Digits, a dot, digits: how HAProxy prints a float. */
const DECIMAL = /^-?\d{1,20}\.\d{1,20}$/;

/**
 * Reads an integer as {@linkcode parseInteger} does, or a decimal fraction such as `2.356` (`show info float`).
 *
 * @param text the whole field
 * @returns the number, or `undefined` when the text is neither
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseNumber } from "./number.ts";
 *
 * assert.equal(parseNumber("8.528051"), 8.528051);
 * assert.equal(parseNumber("2.6.12"), undefined);
 * ```
 */
export function parseNumber(text: string): number | bigint | undefined {
  return parseInteger(text) ?? (DECIMAL.test(text) ? Number(text) : undefined);
}
