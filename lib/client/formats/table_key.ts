/**
 * Keys of stick tables as HAProxy prints them: blanks, `=` and `\` escaped, other bytes than printable ASCII as `\xNN`
 * or `\t`, `\n`, `\r`, `\e` (as HAProxy 2.6, 3.0, 3.2 and 3.4 do).
 *
 * @module
 */

/**
 * The key that HAProxy printed.
 *
 * @param printed the key as in `show table`
 * @returns the key; as printed when its bytes are not UTF-8, since no text could stand for it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unescapeTableKey } from "./table_key.ts";
 *
 * assert.equal(unescapeTableKey("\\xC3\\xA9\\=1"), "é=1");
 * assert.equal(unescapeTableKey("we\\ ird\\\\x"), "we ird\\x");
 * ```
 */
export function unescapeTableKey(printed: string): string {
  if (!printed.includes("\\")) return printed;
  const source = new TextEncoder().encode(printed);
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    let byte = source[at] ?? 0;
    if (byte === BACKSLASH && at + 1 < source.length) {
      const letter = printableAt(source, ++at);
      const value = letter === "x" ? parseInt(printableAt(source, at + 1) + printableAt(source, at + 2), 16) : NaN;
      byte = LETTERS.get(letter) ?? source[at] ?? 0;
      if (!Number.isNaN(value)) {
        byte = value;
        at += 2;
      }
    }
    bytes[length++] = byte;
  }
  try {
    return UTF8.decode(bytes.subarray(0, length));
  } catch {
    return printed;
  }
}

/** The byte at a place as an ASCII character. */
function printableAt(source: Uint8Array, at: number): string {
  return String.fromCharCode(source[at] ?? 0);
}

/** The bytes that a letter behind a backslash stands for. */
const LETTERS: ReadonlyMap<string, number> = new Map([["t", 0x09], ["n", 0x0a], ["r", 0x0d], ["e", 0x1b]]);
const BACKSLASH = 0x5c;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
