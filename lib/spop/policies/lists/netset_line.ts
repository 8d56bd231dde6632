/**
 * Plain lists, as `netset` and `ipset` files are: one address, network or range a line, comments behind `#` or `;`.
 */
import type { ReadLine } from "./format.ts";
import { PrefixText, trimEnd, trimStart } from "./prefix_text.ts";

/** @param score of every entry */
export function netsetLine(score: number): ReadLine {
  const text = new PrefixText();
  return (bytes, from, to, line, set) => {
    let end = from;
    while (end < to && bytes[end] !== HASH && bytes[end] !== SEMICOLON) end++;
    const first = trimStart(bytes, line === 1 ? skipMark(bytes, from, end) : from, end);
    const last = trimEnd(bytes, first, end);
    return first === last || text.addTo(bytes, first, last, score, set);
  };
}

/** Behind the byte order mark that some editors write. */
export function skipMark(bytes: Uint8Array, from: number, to: number): number {
  const isMark = to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
  return isMark ? from + 3 : from;
}

const HASH = 0x23;
const SEMICOLON = 0x3b;
