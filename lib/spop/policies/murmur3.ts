/**
 * MurmurHash3_x86_32 (Austin Appleby, public domain): a good and well-known hash for dealing keys out evenly. It is no
 * protection against keys that were chosen to collide.
 */

/**
 * Hashes bytes.
 *
 * @param bytes the buffer
 * @param from the first byte
 * @param to the place behind the last one
 * @param seed unsigned 32 bits
 * @returns unsigned 32 bits
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { murmur3 } from "./murmur3.ts";
 * assert.equal(murmur3(new TextEncoder().encode("hello"), 0, 5), 0x248bfa47);
 * ```
 */
export function murmur3(bytes: Uint8Array, from: number, to: number, seed = 0): number {
  let hash = seed;
  const whole = from + ((to - from) & ~3);
  for (let at = from; at < whole; at += 4) {
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    hash ^= scrambled(word);
    hash = (Math.imul(hash << 13 | hash >>> 19, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = whole; at < to; at++) rest |= (bytes[at] ?? 0) << ((at - whole) * 8);
  hash ^= scrambled(rest) ^ (to - from);
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return (hash ^ hash >>> 16) >>> 0;
}

function scrambled(word: number): number {
  const first = Math.imul(word, 0xcc9e2d51);
  return Math.imul(first << 15 | first >>> 17, 0x1b873593);
}
