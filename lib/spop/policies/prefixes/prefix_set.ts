/**
 * Prefixes with scores on their way into a table: as they were read, in no order, repeated if they were repeated.
 *
 * 6 bytes for an IPv4 prefix and 18 for IPv6, in blocks, so that nothing large is ever copied when it grows.
 */

/** Prefixes of one IP version. */
export class PrefixBlocks {
  /** 32-bit words of an address: 1 or 4. */
  readonly stride: 1 | 4;
  /** All full but the last. */
  readonly blocks: PrefixBlock[] = [];
  /** How many prefixes there are. */
  count = 0;

  /** @param stride 1 for IPv4, 4 for IPv6 */
  constructor(stride: 1 | 4) {
    this.stride = stride;
  }

  /** Room for one more: the block that it goes into, at `block.count`, which is counted already. */
  grow(): PrefixBlock {
    let block = this.blocks.at(-1);
    if (block === undefined || block.count === BLOCK) {
      block = {
        words: new Uint32Array(BLOCK * this.stride),
        tags: new Uint16Array(BLOCK),
        count: 0,
      };
      this.blocks.push(block);
    }
    this.count++;
    block.count++;
    return block;
  }

  /** Gives back the room that the last block does not need. */
  trim(): void {
    const block = this.blocks.at(-1);
    if (block === undefined || block.count === block.tags.length) return;
    block.words = block.words.slice(0, block.count * this.stride);
    block.tags = block.tags.slice(0, block.count);
  }

  /** Bytes that the blocks take. */
  get bytes(): number {
    return this.blocks.reduce((sum, block) => sum + block.words.byteLength + block.tags.byteLength, 0);
  }
}

/** Some prefixes. */
export interface PrefixBlock {
  /** Addresses, high end first; bits behind the prefix are 0. */
  words: Uint32Array;
  /** The prefix's length, times 128, plus the score. */
  tags: Uint16Array;
  /** How many are in use. */
  count: number;
}

/** Prefixes in a block; a place is `block * BLOCK + place in it`. */
export const BLOCK = 1 << 14;

/** How far the length is shifted in a tag; a score is below 128. */
export const LENGTH_SHIFT = 7;

/**
 * Prefixes with scores.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PrefixSet } from "./prefix_set.ts";
 * const set = new PrefixSet();
 * set.add4(0xc0000201, 24, 10);
 * assert.equal(set.count, 1);
 * ```
 */
export class PrefixSet {
  /** IPv4. */
  readonly v4: PrefixBlocks = new PrefixBlocks(1);
  /** IPv6. */
  readonly v6: PrefixBlocks = new PrefixBlocks(4);

  /** How many prefixes there are. */
  get count(): number {
    return this.v4.count + this.v6.count;
  }

  /** Bytes that they take. */
  get bytes(): number {
    return this.v4.bytes + this.v6.bytes;
  }

  /**
   * Adds an IPv4 prefix.
   *
   * @param address 32 bits; those behind the prefix do not count
   * @param length 0 to 32
   * @param score 0 to 100
   */
  add4(address: number, length: number, score: number): void {
    const block = this.v4.grow();
    block.words[block.count - 1] = address & maskWord(length);
    block.tags[block.count - 1] = (length << LENGTH_SHIFT) | score;
  }

  /**
   * Adds an IPv6 prefix; one of IPv4-mapped addresses (`::ffff:0:0/96` and longer) as the IPv4 prefix that it is.
   *
   * @param a the first 32 of 128 bits; those behind the prefix do not count
   * @param length 0 to 128
   * @param score 0 to 100
   */
  add6(a: number, b: number, c: number, d: number, length: number, score: number): void {
    if (length >= 96 && a === 0 && b === 0 && c >>> 0 === 0xffff) return this.add4(d, length - 96, score);
    const block = this.v6.grow();
    const at = (block.count - 1) * 4;
    block.words[at] = a & maskWord(length);
    block.words[at + 1] = b & maskWord(length - 32);
    block.words[at + 2] = c & maskWord(length - 64);
    block.words[at + 3] = d & maskWord(length - 96);
    block.tags[block.count - 1] = (length << LENGTH_SHIFT) | score;
  }

  /** Gives back room that is not needed; to be called when nothing more comes. */
  trim(): void {
    this.v4.trim();
    this.v6.trim();
  }
}

/** The bits of a 32-bit word that are in a prefix. */
export function maskWord(length: number): number {
  if (length <= 0) return 0;
  return length >= 32 ? 0xffffffff : (0xffffffff << (32 - length)) >>> 0;
}
