/**
 * SPOP's variable-length integers (SPOE.txt, "varint"): one byte below 240, then 4 bits, then 7 bits a byte, low end
 * first, with the range of the shorter forms taken off, so that each number has exactly one form.
 *
 * Hot path: the argument's length, each identifier and each integer go through here. Plain numbers as far as they are
 * exact; `bigint` only beyond. Measured by `deno task bench:spop`.
 */

/** No number of 64 bits takes more bytes. */
export const MAX_VARINT_BYTES = 10;

/** The first number that no longer fits 1, 2, 3, … bytes. */
const LIMITS: readonly number[] = Array.from(
  { length: MAX_VARINT_BYTES },
  (_, more) => more === 0 ? 240 : limitAfter(more),
);

function limitAfter(more: number): number {
  // 240, then 16 times (128 + 128² + …) more.
  let limit = 240;
  for (let step = 1; step <= more; step++) limit += 16 * 128 ** step;
  return limit;
}

/**
 * How many bytes a number takes.
 *
 * @param value an integer from 0 to 2^53 - 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { varintSize } from "./varint.ts";
 * assert.deepEqual([239, 240, 2287, 2288, 264432].map(varintSize), [1, 2, 2, 3, 4]);
 * ```
 */
export function varintSize(value: number): number {
  let size = 0;
  while (value >= (LIMITS[size++] ?? Infinity));
  return size;
}

/**
 * Writes a number; there must be room for it (at most {@linkcode MAX_VARINT_BYTES}).
 *
 * @param bytes where to
 * @param at the place of its first byte
 * @param value an integer from 0 to 2^53 - 1
 * @returns the place behind its last byte
 */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 240) {
    bytes[at] = value;
    return at + 1;
  }
  bytes[at++] = (value & 0x0f) | 0xf0;
  let rest = Math.floor((value - 240) / 16);
  while (rest >= 128) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest = Math.floor((rest - 128) / 128);
  }
  bytes[at++] = rest;
  return at;
}

/**
 * Writes any number of 64 bits; a negative one as its two's complement.
 *
 * @param bytes where to
 * @param at the place of its first byte
 * @param value an integer from -2^63 to 2^64 - 1
 * @returns the place behind its last byte
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { writeVarint64 } from "./varint.ts";
 * const bytes = new Uint8Array(10);
 * assert.equal(writeVarint64(bytes, 0, -5n), 10);
 * assert.equal(bytes.toHex(), "fbf0fefefefefefefe0e");
 * ```
 */
export function writeVarint64(bytes: Uint8Array, at: number, value: bigint): number {
  let rest = BigInt.asUintN(64, value);
  if (rest <= SAFE) return writeVarint(bytes, at, Number(rest));
  bytes[at++] = Number(rest & 0x0fn) | 0xf0;
  rest = (rest - 240n) >> 4n;
  while (rest >= 128n) {
    bytes[at++] = Number(rest & 0x7fn) | 0x80;
    rest = (rest - 128n) >> 7n;
  }
  bytes[at++] = Number(rest);
  return at;
}

/**
 * The place behind the number at `at`.
 *
 * @returns the place; -1 when the bytes end first or the number has more than {@linkcode MAX_VARINT_BYTES}
 */
export function skipVarint(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  if ((bytes[at] ?? 0) < 240) return at + 1;
  const last = Math.min(end, at + MAX_VARINT_BYTES);
  for (let next = at + 1; next < last; next++) {
    if ((bytes[next] ?? 0) < 128) return next + 1;
  }
  return -1;
}

/**
 * Reads the number at `at`, whose end {@linkcode skipVarint} has found.
 *
 * @returns an integer from 0 to 2^64 - 1, as `bigint` beyond 2^53 - 1; -1 when it has more than 64 bits
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readVarint } from "./varint.ts";
 * assert.equal(readVarint(Uint8Array.fromHex("fcf006"), 0, 3), 16380);
 * ```
 */
export function readVarint(bytes: Uint8Array, at: number, end: number): number | bigint {
  let value = bytes[at] ?? 0;
  if (end - at > EXACT_BYTES) return readVarint64(bytes, at, end);
  let factor = 16;
  for (let next = at + 1; next < end; next++) {
    value += (bytes[next] ?? 0) * factor;
    factor *= 128;
  }
  return value;
}

/** A number of this many bytes is below 2^53 whatever they are. */
const EXACT_BYTES = 7;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function readVarint64(bytes: Uint8Array, at: number, end: number): number | bigint {
  let value = BigInt(bytes[at] ?? 0);
  let shift = 4n;
  for (let next = at + 1; next < end; next++) {
    value += BigInt(bytes[next] ?? 0) << shift;
    shift += 7n;
  }
  if (value > 0xffff_ffff_ffff_ffffn) return -1;
  return value <= SAFE ? Number(value) : value;
}
