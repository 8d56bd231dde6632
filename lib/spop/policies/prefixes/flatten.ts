/**
 * Turns nested prefixes into ranges beside each other, in one walk: then the longest prefix of an address is the range
 * that it is in. 128 bits at all times; IPv4 is their first 32.
 */
import { BLOCK, LENGTH_SHIFT, maskWord } from "./prefix_set.ts";
import type { OrderedPrefixes } from "./prefix_order.ts";
import { UNLISTED } from "./range_index.ts";
import type { Slices } from "../slices.ts";

/** Takes the ranges in order: the place, the words of the start, the score. A place may be written again. */
export type WriteRange = (at: number, a: number, b: number, c: number, d: number, score: number) => void;

/**
 * Walks over the prefixes and gives the ranges that they make; neighbours with the same score are one. The first range
 * starts at address 0.
 *
 * @param prefixes in order
 * @param write takes the ranges
 * @param slices cuts the work
 * @param signal gives up
 * @returns how many ranges there are
 */
export async function flatten(
  prefixes: OrderedPrefixes,
  write: WriteRange,
  slices: Slices,
  signal?: AbortSignal,
): Promise<number> {
  const sink = new RangeSink(write);
  const open = new OpenPrefixes(sink);
  for (let from = 0; from < prefixes.order.length; from += STEP) {
    visit(prefixes, open, from, Math.min(prefixes.order.length, from + STEP));
    if (slices.isOver) await slices.next(signal);
  }
  open.closeAll();
  return sink.count;
}

/** Prefixes between two looks at the clock. */
const STEP = 4096;

function visit({ stride, blocks, order }: OrderedPrefixes, open: OpenPrefixes, first: number, end: number): void {
  for (let index = first; index < end; index++) {
    const place = order[index] ?? 0;
    const block = blocks[place >>> 14];
    if (block === undefined) continue;
    const at = place & (BLOCK - 1);
    const tag = block.tags[at] ?? 0;
    const { words } = block;
    if (stride === 1) open.add(words[at] ?? 0, 0, 0, 0, tag);
    else open.add(words[at * 4] ?? 0, words[at * 4 + 1] ?? 0, words[at * 4 + 2] ?? 0, words[at * 4 + 3] ?? 0, tag);
  }
}

/** The prefixes that the walk is inside of, the longest last: 129 at most. */
class OpenPrefixes {
  readonly #sink: RangeSink;
  readonly #ends = new Uint32Array(129 * 4);
  readonly #scores = new Uint8Array(129);
  readonly #last = new Uint32Array(4);
  #lastLength = -1;
  #depth = 0;

  constructor(sink: RangeSink) {
    this.#sink = sink;
  }

  add(a: number, b: number, c: number, d: number, tag: number): void {
    const length = tag >>> LENGTH_SHIFT;
    const last = this.#last;
    // The same prefix again: the lowest score came first.
    if (length === this.#lastLength && a === last[0] && b === last[1] && c === last[2] && d === last[3]) return;
    this.#lastLength = length;
    last[0] = a;
    last[1] = b;
    last[2] = c;
    last[3] = d;
    while (this.#depth > 0 && this.#endsBefore(a, b, c, d)) this.#close();
    const score = tag & ((1 << LENGTH_SHIFT) - 1);
    const ends = this.#ends;
    const at = this.#depth * 4;
    ends[at] = a | ~maskWord(length);
    ends[at + 1] = b | ~maskWord(length - 32);
    ends[at + 2] = c | ~maskWord(length - 64);
    ends[at + 3] = d | ~maskWord(length - 96);
    this.#scores[this.#depth++] = score;
    this.#sink.put(a, b, c, d, score);
  }

  closeAll(): void {
    while (this.#depth > 0) this.#close();
  }

  #endsBefore(a: number, b: number, c: number, d: number): boolean {
    const ends = this.#ends;
    const at = (this.#depth - 1) * 4;
    if (ends[at] !== a) return (ends[at] ?? 0) < a;
    if (ends[at + 1] !== b) return (ends[at + 1] ?? 0) < b;
    if (ends[at + 2] !== c) return (ends[at + 2] ?? 0) < c;
    return (ends[at + 3] ?? 0) < d;
  }

  /** Behind the innermost prefix the next one around it goes on. */
  #close(): void {
    const at = --this.#depth * 4;
    const ends = this.#ends;
    const d = ((ends[at + 3] ?? 0) + 1) >>> 0;
    const c = ((ends[at + 2] ?? 0) + (d === 0 ? 1 : 0)) >>> 0;
    const b = ((ends[at + 1] ?? 0) + (d === 0 && c === 0 ? 1 : 0)) >>> 0;
    const a = ((ends[at] ?? 0) + (d === 0 && c === 0 && b === 0 ? 1 : 0)) >>> 0;
    const isLastAddress = a === 0 && b === 0 && c === 0 && d === 0;
    if (!isLastAddress) this.#sink.put(a, b, c, d, this.#depth > 0 ? this.#scores[this.#depth - 1] ?? 0 : UNLISTED);
  }
}

/** Takes the starts of ranges as the walk comes to them, in order. */
class RangeSink {
  count = 0;
  readonly #write: WriteRange;
  readonly #start = new Uint32Array(4);
  /** Whether `#start` is that of the last range, and may still be overruled. */
  #isFresh = false;
  #score = -1;
  #scoreBefore = -1;

  constructor(write: WriteRange) {
    this.#write = write;
    this.put(0, 0, 0, 0, UNLISTED);
  }

  /** From here on the score is this one; said twice of one address, the last word counts. */
  put(a: number, b: number, c: number, d: number, score: number): void {
    const start = this.#start;
    if (this.#isFresh && a === start[0] && b === start[1] && c === start[2] && d === start[3]) {
      this.count--;
      this.#score = this.#scoreBefore;
      this.#isFresh = false;
    }
    if (score === this.#score) return;
    this.#scoreBefore = this.#score;
    this.#score = score;
    this.#isFresh = true;
    start[0] = a;
    start[1] = b;
    start[2] = c;
    start[3] = d;
    this.#write(this.count++, a, b, c, d, score);
  }
}
