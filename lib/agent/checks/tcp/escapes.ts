/**
 * Bytes as people write them in a configuration: text with escapes.
 */

const NAMED: Readonly<Record<string, number>> = { r: 13, n: 10, t: 9, "0": 0, "\\": 92 };

/**
 * Reads text with `\r`, `\n`, `\t`, `\0`, `\\` and `\xHH`; everything else is its UTF-8.
 *
 * @returns `undefined` when there is another escape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unescapeBytes } from "./escapes.ts";
 * assert.deepEqual(unescapeBytes("HI\\r\\n\\xff"), Uint8Array.of(72, 73, 13, 10, 255));
 * assert.equal(unescapeBytes("\\q"), undefined);
 * ```
 */
export function unescapeBytes(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const [, plain, named, hex] of text.matchAll(/([^\\]+)|\\(?:([rnt0\\])|x([0-9a-fA-F]{2})|)/g)) {
    if (plain !== undefined) bytes.push(...new TextEncoder().encode(plain));
    else if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else {
      const byte = named === undefined ? undefined : NAMED[named];
      if (byte === undefined) return undefined;
      bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}
