/**
 * Sorts prefixes by address, then length, then score, in slices: a radix sort of 16 bits at a time, from the least
 * significant to the most. What is sorted is the order, 4 bytes a prefix; the prefixes stay where they are.
 */
import { BLOCK, type PrefixBlock, type PrefixBlocks } from "./prefix_set.ts";
import type { Slices } from "../slices.ts";

/** Prefixes in order. */
export interface OrderedPrefixes {
  /** 32-bit words of an address: 1 or 4. */
  readonly stride: 1 | 4;
  /** The blocks of all sets. */
  readonly blocks: readonly PrefixBlock[];
  /** Places of the prefixes, in order. */
  readonly order: Uint32Array;
}

/**
 * Sorts the prefixes of several sets.
 *
 * @param sets prefixes of one IP version
 * @param stride 1 for IPv4, 4 for IPv6
 * @param slices cuts the work
 * @param signal gives up
 */
export async function orderPrefixes(
  sets: readonly PrefixBlocks[],
  stride: 1 | 4,
  slices: Slices,
  signal?: AbortSignal,
): Promise<OrderedPrefixes> {
  const blocks = sets.flatMap((set) => set.blocks);
  const places = new Uint32Array(sets.reduce((sum, set) => sum + set.count, 0));
  let at = 0;
  for (const [index, block] of blocks.entries()) {
    for (let place = 0; place < block.count; place++) places[at++] = index * BLOCK + place;
    if (slices.isOver) await slices.next(signal);
  }
  let order = places;
  let spare = new Uint32Array(order.length);
  for (let digit = -1; digit < stride * 2; digit++) {
    const ends = await countDigits(blocks, stride, digit, slices, signal);
    if (ends === undefined) continue;
    for (let from = 0; from < order.length; from += STEP) {
      scatter(blocks, stride, digit, ends, order, spare, from, Math.min(order.length, from + STEP));
      if (slices.isOver) await slices.next(signal);
    }
    [order, spare] = [spare, order];
  }
  return { stride, blocks, order };
}

/** Prefixes between two looks at the clock. */
const STEP = 4096;

/** For each value of a digit where the prefixes that have it begin; `undefined` when all have the same. */
async function countDigits(
  blocks: readonly PrefixBlock[],
  stride: 1 | 4,
  digit: number,
  slices: Slices,
  signal?: AbortSignal,
): Promise<Uint32Array | undefined> {
  const starts = new Uint32Array(0x10000);
  let total = 0;
  for (const block of blocks) {
    for (let place = 0; place < block.count; place++) {
      const value = digitOf(block, stride, digit, place);
      starts[value] = (starts[value] ?? 0) + 1;
    }
    total += block.count;
    if (slices.isOver) await slices.next(signal);
  }
  let start = 0;
  for (let value = 0; value < starts.length; value++) {
    const count = starts[value] ?? 0;
    if (count === total) return undefined;
    starts[value] = start;
    start += count;
  }
  return starts;
}

/** Puts a run of places to where their digit belongs. */
function scatter(
  blocks: readonly PrefixBlock[],
  stride: 1 | 4,
  digit: number,
  starts: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
  first: number,
  end: number,
): void {
  for (let index = first; index < end; index++) {
    const place = from[index] ?? 0;
    const block = blocks[place >>> 14];
    if (block === undefined) continue;
    const value = digitOf(block, stride, digit, place & (BLOCK - 1));
    const start = starts[value] ?? 0;
    to[start] = place;
    starts[value] = start + 1;
  }
}

/** A prefix's digit: the tag for -1, then the halves of its words, the last word's low half being 0. */
function digitOf(block: PrefixBlock, stride: 1 | 4, digit: number, place: number): number {
  if (digit < 0) return block.tags[place] ?? 0;
  const word = block.words[place * stride + stride - 1 - (digit >> 1)] ?? 0;
  return (digit & 1) === 0 ? word & 0xffff : word >>> 16;
}
