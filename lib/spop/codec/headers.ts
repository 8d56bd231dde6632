/**
 * The value of `req.hdrs_bin` and `res.hdrs_bin` (configuration manual, "req.hdrs_bin"): name and value of each header,
 * each a varint length and its bytes, until an empty name and an empty value.
 */
import { Reader } from "./reader.ts";

/**
 * Reads a block of headers.
 *
 * @param bytes the argument
 * @returns name and value in the order of the request; what comes behind the first fault is left out
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeHeaders } from "./headers.ts";
 * const block = Uint8Array.fromHex("04686f73740161" + "0000");
 * assert.deepEqual(decodeHeaders(block), [["host", "a"]]);
 * ```
 */
export function decodeHeaders(bytes: Uint8Array): [name: string, value: string][] {
  const reader = new Reader().reset(bytes);
  const headers: [string, string][] = [];
  while (!reader.isDone) {
    const name = reader.text();
    const value = reader.text();
    if (reader.broken || name === "") break;
    headers.push([name, value]);
  }
  return headers;
}
