/**
 * Ranges of addresses as the prefixes that they are made of: at most 62 for IPv4, 254 for IPv6.
 */
import { Ip } from "../../codec/mod.ts";
import type { PrefixSet } from "../prefixes/prefix_set.ts";

/**
 * Adds all addresses from one to another.
 *
 * @param first the first, 32 bits
 * @param last the last
 * @param score the score
 * @param set takes the prefixes
 * @returns false, and nothing is added, when the last is before the first
 */
export function addRange4(first: number, last: number, score: number, set: PrefixSet): boolean {
  if (last < first) return false;
  for (let at = first; at <= last;) {
    let bits = at === 0 ? 32 : 31 - Math.clz32(at & -at);
    while (at + 2 ** bits - 1 > last) bits--;
    set.add4(at, 32 - bits, score);
    at += 2 ** bits;
  }
  return true;
}

/**
 * Adds all addresses from one to another.
 *
 * @param first the words of the first
 * @param last the words of the last
 * @param score the score
 * @param set takes the prefixes
 * @returns false, and nothing is added, when the last is before the first
 */
export function addRange6(first: Uint32Array, last: Uint32Array, score: number, set: PrefixSet): boolean {
  const end = whole(last);
  let at = whole(first);
  if (end < at) return false;
  while (at <= end) {
    let bits = 0;
    // The largest block that begins here and does not go beyond the end.
    while (bits < 128 && (at >> BigInt(bits) & 1n) === 0n && at + (2n << BigInt(bits)) - 1n <= end) bits++;
    const [a = 0, b = 0, c = 0, d = 0] = [96n, 64n, 32n, 0n].map((shift) => Number(at >> shift & 0xffffffffn));
    set.add6(a, b, c, d, 128 - bits, score);
    at += 1n << BigInt(bits);
  }
  return true;
}

function whole(words: Uint32Array): bigint {
  return Ip.v6(words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0).toBigInt();
}
