/**
 * Addresses, networks and ranges as lists have them, read from bytes: no strings are made, and the time is linear.
 */
import type { PrefixSet } from "../prefixes/prefix_set.ts";
import { addRange4, addRange6 } from "./ranges.ts";

/** Reads one after the other; what was read last is in its fields. */
export class PrefixText {
  /** 4 or 6. */
  version: 4 | 6 = 4;
  /** The words of the address; IPv4 has the first only. */
  readonly words: Uint32Array = new Uint32Array(4);
  /** Bits of the prefix. */
  length = 0;

  /**
   * Reads an address or a network: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. Bits behind the prefix may be set.
   *
   * @param bytes the buffer
   * @param from the first byte
   * @param to the place behind the last one
   * @returns whether it is one
   */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    const end = find(bytes, SLASH, from, to);
    if (!this.#address(bytes, from, end)) return false;
    const most = this.version === 4 ? 32 : 128;
    this.length = end === to ? most : decimal(bytes, end + 1, to, 3);
    return this.length >= 0 && this.length <= most;
  }

  /**
   * Adds an address, a network or a range (`192.0.2.1-192.0.2.9`) to a set.
   *
   * @param bytes the buffer
   * @param from the first byte
   * @param to the place behind the last one
   * @param score its score
   * @param set takes it
   * @returns whether it is one; if not, nothing is added
   */
  addTo(bytes: Uint8Array, from: number, to: number, score: number, set: PrefixSet): boolean {
    const dash = find(bytes, DASH, from, to);
    if (dash === to) {
      if (!this.read(bytes, from, to)) return false;
      const { words } = this;
      if (this.version === 4) set.add4(words[0] ?? 0, this.length, score);
      else set.add6(words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0, this.length, score);
      return true;
    }
    if (!this.#address(bytes, from, trimEnd(bytes, from, dash))) return false;
    const { version } = this;
    const first = this.words.slice();
    if (!this.#address(bytes, trimStart(bytes, dash + 1, to), to) || this.version !== version) return false;
    return version === 4
      ? addRange4(first[0] ?? 0, this.words[0] ?? 0, score, set)
      : addRange6(first, this.words, score, set);
  }

  #address(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > MAX_ADDRESS) return false;
    if (find(bytes, COLON, from, to) < to) return this.#v6(bytes, from, to);
    this.version = 4;
    const word = dotted(bytes, from, to);
    this.words[0] = word;
    return word >= 0;
  }

  #v6(bytes: Uint8Array, from: number, to: number): boolean {
    this.version = 6;
    const { words } = this;
    words.fill(0);
    let groups = 0;
    let gap = -1;
    let at = from;
    if (bytes[at] === COLON) {
      if (bytes[at + 1] !== COLON || at + 1 >= to) return false;
      gap = 0;
      at += 2;
    }
    while (at < to) {
      let end = at;
      while (end < to && bytes[end] !== COLON && bytes[end] !== DOT) end++;
      if (end < to && bytes[end] === DOT) {
        const word = dotted(bytes, at, to);
        if (word < 0 || groups > 6) return false;
        setGroup(words, groups++, word >>> 16);
        setGroup(words, groups++, word & 0xffff);
        break;
      }
      const group = hexadecimal(bytes, at, end);
      if (group < 0 || groups > 7) return false;
      setGroup(words, groups++, group);
      at = end;
      if (at === to) break;
      at++;
      if (at === to) return false;
      if (bytes[at] !== COLON) continue;
      if (gap >= 0) return false;
      gap = groups;
      at++;
    }
    return gap < 0 ? groups === 8 : groups < 8 && moveBehindGap(words, gap, groups);
  }
}

const [SLASH, DASH, COLON, DOT, ZERO] = [0x2f, 0x2d, 0x3a, 0x2e, 0x30] as const;
/** Eight groups of four digits, or six and a dotted end. */
const MAX_ADDRESS = 45;

function setGroup(words: Uint32Array, group: number, value: number): void {
  const at = group >> 1;
  words[at] = (group & 1) === 0 ? value << 16 : (words[at] ?? 0) | value;
}

/** The groups behind `::` belong at the end. */
function moveBehindGap(words: Uint32Array, gap: number, groups: number): true {
  const group = (index: number) => ((words[index >> 1] ?? 0) >>> ((index & 1) === 0 ? 16 : 0)) & 0xffff;
  const all = Array.from({ length: groups }, (_, index) => group(index));
  words.fill(0);
  for (let index = 0; index < groups; index++) {
    const place = index < gap ? index : index + 8 - groups;
    words[place >> 1] = (words[place >> 1] ?? 0) | ((all[index] ?? 0) << ((place & 1) === 0 ? 16 : 0));
  }
  return true;
}

/** Four numbers below 256 without leading zeros, as 32 bits; -1 when it is anything else. */
function dotted(bytes: Uint8Array, from: number, to: number): number {
  let word = 0;
  let at = from;
  for (let part = 0; part < 4; part++) {
    const end = find(bytes, DOT, at, to);
    const value = decimal(bytes, at, end, 3);
    const isWhole = part === 3 ? end === to : end < to;
    if (value < 0 || value > 255 || !isWhole || (bytes[at] === ZERO && end - at > 1)) return -1;
    word = word * 256 + value;
    at = end + 1;
  }
  return word;
}

/** A number of decimal digits; -1 when it is none or too long. */
export function decimal(bytes: Uint8Array, from: number, to: number, most: number): number {
  if (from >= to || to - from > most) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** One to four hexadecimal digits; -1 when it is anything else. */
function hexadecimal(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || to - from > 4) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const code = bytes[at] ?? 0;
    const digit = code <= 0x39 ? code - ZERO : (code | 0x20) - 0x61 + 10;
    if (digit < 0 || digit > 15 || (code > 0x39 && digit < 10)) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The first place of a byte, or the place behind the last one when it is not there. */
export function find(bytes: Uint8Array, byte: number, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== byte) at++;
  return at;
}

/** The first place that is not a space or a tab. */
export function trimStart(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at;
}

/** The place behind the last that is not a space, a tab or a carriage return. */
export function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && (bytes[at - 1] === 0x20 || bytes[at - 1] === 0x09 || bytes[at - 1] === 0x0d)) at--;
  return at;
}
