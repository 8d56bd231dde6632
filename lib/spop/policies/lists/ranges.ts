/**
 * Ranges of addresses as the prefixes that they are made of: at most 62 for IPv4, 254 for IPv6.
 */
import { maskWord, type PrefixSet } from "../prefixes/prefix_set.ts";

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
  if (compare(last, first) < 0) return false;
  const at = first.slice();
  const end = new Uint32Array(4);
  do {
    // The largest block that begins here and does not go beyond the end.
    let bits = zerosBehind(at);
    for (blockEnd(at, bits, end); compare(end, last) > 0;) blockEnd(at, --bits, end);
    set.add6(at[0] ?? 0, at[1] ?? 0, at[2] ?? 0, at[3] ?? 0, 128 - bits, score);
    at.set(end);
  } while (compare(end, last) < 0 && increment(at));
  return true;
}

/** Which of two addresses is the larger: below 0, 0 or above 0. */
function compare(a: Uint32Array, b: Uint32Array): number {
  for (let word = 0; word < 4; word++) if (a[word] !== b[word]) return (a[word] ?? 0) - (b[word] ?? 0);
  return 0;
}

/** How many bits at the end of an address are 0. */
function zerosBehind(address: Uint32Array): number {
  for (let word = 3; word >= 0; word--) {
    const value = address[word] ?? 0;
    if (value !== 0) return (3 - word) * 32 + 31 - Math.clz32(value & -value);
  }
  return 128;
}

/** The last address of the block of so many bits that begins at an address. */
function blockEnd(address: Uint32Array, bits: number, end: Uint32Array): void {
  for (let word = 0; word < 4; word++) end[word] = (address[word] ?? 0) | ~maskWord(128 - bits - word * 32);
}

/** The next address; false when there is none. */
function increment(address: Uint32Array): boolean {
  for (let word = 3; word >= 0; word--) {
    const value = ((address[word] ?? 0) + 1) >>> 0;
    address[word] = value;
    if (value !== 0) return true;
  }
  return false;
}
