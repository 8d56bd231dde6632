/**
 * IP addresses as people write them: reading, and writing in the one form of RFC 5952.
 */
import { HappiError } from "../../errors.ts";

/** The text is no IP address or network. */
export class InvalidIp extends HappiError {
  /**
   * @param text what was given
   * @param why what is wrong with it
   */
  constructor(text: string, why: string) {
    super("invalid_ip", `Cannot read IP address "${text.slice(0, 60)}": ${why}`);
  }
}

/** One 32-bit word for IPv4, four for IPv6, high end first. */
export type IpWords = number | readonly [number, number, number, number];

/**
 * Reads an address.
 *
 * @throws {InvalidIp} when it is none
 */
export function parseIp(text: string): IpWords {
  if (!text.includes(":")) return parseV4(text, text);
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) throw new InvalidIp(text, 'it has more than one "::"');
  const left = groupsOf(text, head);
  const right = tail === undefined ? [] : groupsOf(text, tail);
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) throw new InvalidIp(text, "it has not eight groups");
  const groups = [...left, ...Array<number>(missing).fill(0), ...right];
  const word = (index: number) => (((groups[index * 2] ?? 0) << 16) | (groups[index * 2 + 1] ?? 0)) >>> 0;
  return [word(0), word(1), word(2), word(3)];
}

function groupsOf(text: string, part: string): number[] {
  if (part === "") return [];
  const words = part.split(":");
  return words.flatMap((word, index) => {
    if (word.includes(".") && index === words.length - 1 && text.endsWith(word)) {
      const v4 = parseV4(text, word);
      return [v4 >>> 16, v4 & 0xffff];
    }
    if (!/^[0-9a-f]{1,4}$/i.test(word)) throw new InvalidIp(text, `"${word}" is no group of hexadecimal digits`);
    return [parseInt(word, 16)];
  });
}

function parseV4(text: string, part: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part);
  const numbers = match?.slice(1) ?? [];
  if (match === null || numbers.some((one) => Number(one) > 255 || (one.length > 1 && one.startsWith("0")))) {
    throw new InvalidIp(text, "it is neither four numbers below 256 nor groups of hexadecimal digits");
  }
  return numbers.reduce((value, one) => ((value << 8) | Number(one)) >>> 0, 0);
}

/** Writes an address; IPv6 with its longest run of zero groups as `::`, and IPv4-mapped ones with a dotted end. */
export function formatIp(words: IpWords): string {
  if (typeof words === "number") return formatV4(words);
  const [a, b, c, d] = words;
  if (a === 0 && b === 0 && c === 0xffff) return `::ffff:${formatV4(d)}`;
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const run = longestZeros(groups);
  const text = (from: number, to: number) => groups.slice(from, to).map((group) => group.toString(16)).join(":");
  if (run.length < 2) return text(0, 8);
  return `${text(0, run.from)}::${text(run.from + run.length, 8)}`;
}

function formatV4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function longestZeros(groups: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < groups.length; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > best.length) best = { from, length };
  }
  return best;
}
