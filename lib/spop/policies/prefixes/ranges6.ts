/**
 * Ranges of IPv6 addresses, each from its start to the next one's: 17.5 bytes a range.
 *
 * Hot path: what a million ranges cost is not comparing but waiting for memory. So 16 ranges are together in a block of
 * 272 bytes (their first 64 bits, their last 64 bits, which are seldom looked at, their scores), and a directory of the
 * blocks' starts is small enough for the processor's cache. A search allocates nothing.
 */
import { type Allocate, indexStarts, ordered, type RangeIndex, stepOf } from "./range_index.ts";

/** Plain data, so that it can be sent to a worker. */
export interface Ranges6 {
  /** How many ranges there are. */
  readonly count: number;
  /** Blocks of 16 ranges: 32 words of first halves, 32 of last halves (`ordered`), 4 of scores. */
  readonly blocks: Int32Array;
  /** The first half of each block's first start. */
  readonly directory: Int32Array;
  /** Where to begin to look in the directory. */
  readonly index: RangeIndex;
}

const IN_BLOCK = 16;
const BLOCK_WORDS = 68;
const RESTS = 32;
const SCORES = 64;

/** Ranges while they are written. */
export class Ranges6Writer {
  readonly #allocate: Allocate;
  readonly #count: number;
  readonly #blocks: Int32Array;
  readonly #directory: Int32Array;

  /**
   * @param count how many ranges will come
   * @param allocate makes the memory
   */
  constructor(count: number, allocate: Allocate) {
    this.#allocate = allocate;
    this.#count = count;
    const blocks = Math.ceil(count / IN_BLOCK);
    this.#blocks = new Int32Array(allocate(blocks * BLOCK_WORDS * 4));
    this.#directory = new Int32Array(allocate(blocks * 8));
  }

  /** Writes a range: its place, the words of its start, its score. */
  write(at: number, a: number, b: number, c: number, d: number, score: number): void {
    const blocks = this.#blocks;
    const block = at >>> 4;
    const inBlock = at & (IN_BLOCK - 1);
    const words = block * BLOCK_WORDS + inBlock * 2;
    blocks[words] = ordered(a);
    blocks[words + 1] = ordered(b);
    blocks[words + RESTS] = ordered(c);
    blocks[words + RESTS + 1] = ordered(d);
    const scores = block * BLOCK_WORDS + SCORES + (inBlock >>> 2);
    const shift = (inBlock & 3) * 8;
    blocks[scores] = ((blocks[scores] ?? 0) & ~(0xff << shift)) | (score << shift);
    if (inBlock !== 0) return;
    this.#directory[block * 2] = ordered(a);
    this.#directory[block * 2 + 1] = ordered(b);
  }

  /** The ranges, when all are written. */
  finish(): Ranges6 {
    const index = indexStarts(this.#directory, 2, this.#allocate);
    return { count: this.#count, blocks: this.#blocks, directory: this.#directory, index };
  }
}

/**
 * The score of the range that an address is in.
 *
 * @param ranges where to look
 * @param a what {@linkcode ordered} makes of the first word, and so on
 * @returns 0 to 100, or `UNLISTED`
 */
export function findScore6(ranges: Ranges6, a: number, b: number, c: number, d: number): number {
  const { blocks, directory, index } = ranges;
  const step = stepOf(index, a, b);
  let low = index.places[step] ?? 0;
  let high = index.places[step + 1] ?? 0;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const first = directory[middle * 2] ?? 0;
    const second = directory[middle * 2 + 1] ?? 0;
    const isAtMost = first !== a
      ? first < a
      : second !== b
      ? second < b
      : isRestAtMost(blocks, middle * BLOCK_WORDS + RESTS, c, d);
    if (isAtMost) low = middle;
    else high = middle - 1;
  }
  const base = low * BLOCK_WORDS;
  high = Math.min(IN_BLOCK, ranges.count - low * IN_BLOCK) - 1;
  low = 0;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const first = blocks[base + middle * 2] ?? 0;
    const second = blocks[base + middle * 2 + 1] ?? 0;
    const isAtMost = first !== a
      ? first < a
      : second !== b
      ? second < b
      : isRestAtMost(blocks, base + RESTS + middle * 2, c, d);
    if (isAtMost) low = middle;
    else high = middle - 1;
  }
  return ((blocks[base + SCORES + (low >>> 2)] ?? 0) >>> ((low & 3) * 8)) & 0xff;
}

function isRestAtMost(blocks: Int32Array, at: number, c: number, d: number): boolean {
  const third = blocks[at] ?? 0;
  return third !== c ? third < c : (blocks[at + 1] ?? 0) <= d;
}

/** Bytes that the arrays take. */
export function sizeOf6({ blocks, directory, index }: Ranges6): number {
  return blocks.byteLength + directory.byteLength + index.places.byteLength;
}
