/**
 * Where to begin to look for an address among a million sorted starts.
 */

/** Places in a sorted list of starts, for equal steps of their first 64 bits from the second start to the last. */
export interface RangeIndex {
  /** For each step the last start below it; one more at the end. */
  readonly places: Uint32Array;
  /** The first word of the second start, `ordered`. */
  readonly base: number;
  /** Its second word; 0 for IPv4. */
  readonly baseRest: number;
  /** Steps in one unit of the second word. */
  readonly scale: number;
}

/**
 * A 32-bit word as the signed number that is at the same place in their order. V8 keeps signed 32-bit numbers in registers,
 * but allocates memory for unsigned ones above 2^31 that are handed to a function.
 */
export function ordered(word: number): number {
  return word ^ 0x80000000;
}

/** Makes the memory of so many bytes. */
export type Allocate = (bytes: number) => ArrayBufferLike;

/** The score of addresses that no prefix has. */
export const UNLISTED = 255;

/** Steps, at most: 512 KiB. */
const MAX_BITS = 17;

/**
 * Makes an index. An address that is in step `s` is at or behind `places[s]`, and at or before `places[s + 1]`. It takes a
 * few milliseconds for a million starts.
 *
 * @param starts sorted, of one `ordered` word or two; there is at least one start
 * @param stride words of a start
 * @param allocate makes the memory
 */
export function indexStarts(starts: Int32Array, stride: 1 | 2, allocate: Allocate): RangeIndex {
  const count = starts.length / stride;
  const word = (at: number, index: number) => index < stride ? starts[at * stride + index] ?? 0 : 0;
  const [base, baseRest] = [word(1, 0), word(1, 1)];
  const span = (word(count - 1, 0) - base) * WORD + word(count - 1, 1) - baseRest;
  const steps = 2 ** Math.min(MAX_BITS, Math.max(1, Math.ceil(Math.log2(count))));
  const index = {
    base,
    baseRest,
    scale: span > 0 ? (steps - 1) / span : 0,
    places: new Uint32Array(allocate((steps + 1) * 4)),
  };
  let last = 0;
  for (let step = 0; step < steps; step++) {
    while (last + 1 < count && stepOf(index, word(last + 1, 0), word(last + 1, 1)) < step) last++;
    index.places[step] = last;
  }
  index.places[steps] = count - 1;
  return index;
}

/**
 * The step that an address is in; the first below the base, the last above all starts. It never goes down when the
 * address goes up: that 64 bits are more than a number has only makes some steps a little longer.
 *
 * @param index the index
 * @param a the first word of the address, `ordered`
 * @param b the second; 0 for IPv4
 */
export function stepOf({ places, base, baseRest, scale }: RangeIndex, a: number, b: number): number {
  const step = ((a - base) * WORD + (b - baseRest)) * scale;
  return step > 0 ? Math.min(Math.floor(step), places.length - 2) : 0;
}

const WORD = 2 ** 32;
