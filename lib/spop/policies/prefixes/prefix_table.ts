/**
 * The longest prefix of an address, and its score: ranges beside each other in typed arrays, found by an index over the
 * first 64 bits and a binary search behind it.
 *
 * Hot path: a lookup allocates nothing. 5 bytes a range for IPv4, 17.5 for IPv6; a prefix makes two ranges at most.
 * Figures: `scripts/bench/policies.ts`.
 */
import type { Ip } from "../../codec/mod.ts";
import { flatten, type WriteRange } from "./flatten.ts";
import { orderPrefixes } from "./prefix_order.ts";
import type { PrefixSet } from "./prefix_set.ts";
import { type Allocate, ordered, UNLISTED } from "./range_index.ts";
import { findScore4, type Ranges4, Ranges4Writer, sizeOf4 } from "./ranges4.ts";
import { findScore6, type Ranges6, Ranges6Writer, sizeOf6 } from "./ranges6.ts";
import { Slices } from "../slices.ts";

/** The arrays of a table: plain data, which may be sent to a worker, and is shared with it when it was made so. */
export interface TableParts {
  /** IPv4. */
  readonly v4: Ranges4;
  /** IPv6. */
  readonly v6: Ranges6;
  /** How many prefixes went in, repeated ones too. */
  readonly prefixes: number;
}

/** How a table is built. */
export interface BuildOptions {
  /** Whether workers can share the arrays (`SharedArrayBuffer`); not so by default. */
  readonly isShared?: boolean;
  /** Cuts the work into slices. */
  readonly slices?: Slices;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/**
 * Scores of addresses by their longest prefix. It never changes; a new one takes its place.
 *
 * IPv4-mapped IPv6 addresses are looked up as IPv4, so an IPv6 prefix, `::/0` included, says nothing of IPv4.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Ip } from "../../codec/mod.ts";
 * import { PrefixSet } from "./prefix_set.ts";
 * import { PrefixTable } from "./prefix_table.ts";
 * const set = new PrefixSet();
 * set.add4(0xc0000200, 24, 10);
 * set.add4(0xc0000201, 32, 70);
 * const table = await PrefixTable.build([set]);
 * assert.equal(table.score(Ip.parse("192.0.2.1")), 70);
 * assert.equal(table.score(Ip.parse("192.0.2.2")), 10);
 * assert.equal(table.score(Ip.parse("192.0.3.1")), -1);
 * ```
 */
export class PrefixTable {
  /** The arrays. */
  readonly parts: TableParts;

  /** @param parts of another table; to build one, {@linkcode PrefixTable.build} */
  constructor(parts: TableParts) {
    this.parts = parts;
  }

  /**
   * Builds a table without ever holding the thread for long. Of equal prefixes the lowest score counts.
   *
   * @param sets the prefixes, from as many sets as there are
   * @param options see {@linkcode BuildOptions}
   * @throws the signal's reason
   */
  static async build(sets: readonly PrefixSet[], options: BuildOptions = {}): Promise<PrefixTable> {
    const { slices = new Slices(), signal } = options;
    const allocate: Allocate = (bytes) =>
      options.isShared === true ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
    const prefixes = sets.reduce((sum, set) => sum + set.count, 0);
    const ordered4 = await orderPrefixes(sets.map((set) => set.v4), 1, slices, signal);
    const writer4 = new Ranges4Writer(await flatten(ordered4, NOWHERE, slices, signal), allocate);
    await flatten(ordered4, (at, a, _b, _c, _d, score) => writer4.write(at, a, score), slices, signal);
    const ordered6 = await orderPrefixes(sets.map((set) => set.v6), 4, slices, signal);
    const writer6 = new Ranges6Writer(await flatten(ordered6, NOWHERE, slices, signal), allocate);
    await flatten(ordered6, (at, a, b, c, d, score) => writer6.write(at, a, b, c, d, score), slices, signal);
    return new PrefixTable({ v4: writer4.finish(), v6: writer6.finish(), prefixes });
  }

  /** Bytes that the arrays take. */
  get bytes(): number {
    return sizeOf4(this.parts.v4) + sizeOf6(this.parts.v6);
  }

  /** How many ranges there are. */
  get ranges(): number {
    return this.parts.v4.scores.length + this.parts.v6.count;
  }

  /**
   * The score of an address.
   *
   * @returns 0 to 100, or -1 when no prefix has it
   */
  score(ip: Ip): number {
    if (ip.version === 4) return this.#score4(ip.word(0));
    return this.#score6(ip.word(0) | 0, ip.word(1) | 0, ip.word(2) | 0, ip.word(3) | 0);
  }

  /**
   * The score of an address in a buffer.
   *
   * @param bytes the buffer
   * @param at where the address begins
   * @param length 4 or 16
   * @returns 0 to 100, or -1 when no prefix has it
   */
  scoreAt(bytes: Uint8Array, at: number, length: 4 | 16): number {
    if (length === 4) return this.#score4(word(bytes, at));
    return this.#score6(word(bytes, at), word(bytes, at + 4), word(bytes, at + 8), word(bytes, at + 12));
  }

  #score4(address: number): number {
    const score = findScore4(this.parts.v4, ordered(address));
    return score === UNLISTED ? -1 : score;
  }

  #score6(a: number, b: number, c: number, d: number): number {
    if (a === 0 && b === 0 && c === 0xffff) return this.#score4(d);
    const score = findScore6(this.parts.v6, ordered(a), ordered(b), ordered(c), ordered(d));
    return score === UNLISTED ? -1 : score;
  }
}

const NOWHERE: WriteRange = () => {};

/** Four bytes as a signed number. */
function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
