/**
 * Data as JSON text. HAProxy's 64-bit counters are `bigint` beyond 2^53 - 1; they are written as plain integers with all
 * their digits, so that readers with 64-bit integers lose nothing.
 */

/**
 * Writes any data as JSON.
 *
 * @param data what a method of the client gave, or the server's own
 * @returns JSON text, with a line feed at its end for terminals
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toJson } from "./json.ts";
 *
 * assert.equal(toJson({ bin: 18446744073709551615n, scur: 7 }), '{"bin":18446744073709551615,"scur":7}\n');
 * ```
 */
export function toJson(data: unknown): string {
  return `${stringify(data)}\n`;
}

/** A replacer makes JSON.stringify several times slower, and most data has no `bigint`: it is tried without one first. */
function stringify(data: unknown): string {
  try {
    return JSON.stringify(data) ?? "null";
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    return JSON.stringify(data, (_, value) => typeof value === "bigint" ? JSON_WITH_RAW.rawJSON(String(value)) : value);
  }
}

/** `JSON.rawJSON` (ECMAScript's "JSON.parse source text access"), which TypeScript's library does not declare yet. */
const JSON_WITH_RAW = JSON as typeof JSON & { rawJSON(text: string): object };
