/**
 * Ranges of IPv4 addresses, each from its start to the next one's: 5 bytes a range.
 *
 * Hot path: a search touches about four cache lines among a million ranges and allocates nothing.
 */
import { type Allocate, indexStarts, ordered, type RangeIndex, stepOf, UNLISTED } from "./range_index.ts";

/** Plain data, so that it can be sent to a worker. */
export interface Ranges4 {
  /** Where each starts, as {@linkcode ordered} has it; the first at address 0. */
  readonly starts: Int32Array;
  /** The score of each, or {@linkcode UNLISTED}. */
  readonly scores: Uint8Array;
  /** Where to begin to look. */
  readonly index: RangeIndex;
}

/** Ranges while they are written. */
export class Ranges4Writer {
  readonly #allocate: Allocate;
  readonly #starts: Int32Array;
  readonly #scores: Uint8Array;

  /**
   * @param count how many ranges will come
   * @param allocate makes the memory
   */
  constructor(count: number, allocate: Allocate) {
    this.#allocate = allocate;
    this.#starts = new Int32Array(allocate(count * 4));
    this.#scores = new Uint8Array(allocate(count));
  }

  /** Writes a range. */
  write(at: number, start: number, score: number): void {
    this.#starts[at] = ordered(start);
    this.#scores[at] = score;
  }

  /** The ranges, when all are written. */
  finish(): Ranges4 {
    return { starts: this.#starts, scores: this.#scores, index: indexStarts(this.#starts, 1, this.#allocate) };
  }
}

/**
 * The score of the range that an address is in.
 *
 * @param ranges where to look
 * @param address what {@linkcode ordered} makes of it
 * @returns 0 to 100, or {@linkcode UNLISTED}
 */
export function findScore4(ranges: Ranges4, address: number): number {
  const { starts, scores, index } = ranges;
  const step = stepOf(index, address, 0);
  let low = index.places[step] ?? 0;
  let high = index.places[step + 1] ?? 0;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= address) low = middle;
    else high = middle - 1;
  }
  return scores[low] ?? UNLISTED;
}

/** Bytes that the arrays take. */
export function sizeOf4({ starts, scores, index }: Ranges4): number {
  return starts.byteLength + scores.byteLength + index.places.byteLength;
}
