/**
 * Arguments as a policy wants them: text or bytes, whichever way HAProxy sent them (headers come as string, bodies and
 * `req.hdrs_bin` as binary, numbers as integer).
 */
import { decodeHeaders, Ip, type Value } from "../codec/mod.ts";

/**
 * The text that an argument is.
 *
 * @param value the argument
 * @returns the text of a string, bytes, an address or a number; `undefined` for what is absent, null or a boolean
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textOf } from "./argument_values.ts";
 * assert.equal(textOf(new TextEncoder().encode("GET")), "GET");
 * assert.equal(textOf(null), undefined);
 * ```
 */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value === "number" || typeof value === "bigint" || value instanceof Ip) return String(value);
  return undefined;
}

/**
 * Whether a request has a header or a cookie several times, by an argument with HAProxy's count of them. HAProxy gives a
 * policy the last one; a server behind it may well go by the first, which nobody has looked at.
 *
 * @param count the argument
 */
export function isSeveral(count: Value | undefined): boolean {
  return typeof count === "number" && count > 1;
}

/**
 * The bytes that an argument is: those of binary, or the UTF-8 of what has a text.
 *
 * @param value the argument
 */
export function bytesOf(value: Value | undefined): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const text = textOf(value);
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

/**
 * The headers that an argument with `req.hdrs_bin` holds; none when it is absent or no bytes.
 *
 * @param value the argument
 */
export function headersOf(value: Value | undefined): [name: string, value: string][] {
  return value instanceof Uint8Array ? decodeHeaders(value) : [];
}
