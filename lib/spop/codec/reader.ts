/**
 * Reads the parts of a frame from a buffer, in place. A frame is whole before it is read, so what ends too early is wrong:
 * then `broken` is set and stays so, and everything read from there on is 0 or empty.
 *
 * Hot path: one reader is kept and pointed at one frame after the other; it allocates nothing.
 */
import { readVarint, skipVarint } from "./varint.ts";

/** A place in a buffer, and the end of what may be read. */
export class Reader {
  /** The buffer; not a copy. */
  bytes: Uint8Array = EMPTY;
  /** The next byte to read. */
  at = 0;
  /** The first byte that is not to be read. */
  end = 0;
  /** Something did not fit, or was not what it must be. */
  broken = false;

  /**
   * Points the reader at other bytes.
   *
   * @param bytes the buffer
   * @param at the first byte to read
   * @param end the place behind the last one
   */
  reset(bytes: Uint8Array, at = 0, end: number = bytes.length): this {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.broken = false;
    return this;
  }

  /** Whether there is nothing left, or nothing that makes sense. */
  get isDone(): boolean {
    return this.at >= this.end;
  }

  /** Notes that what was read is wrong. */
  fail(): void {
    this.broken = true;
    this.at = this.end;
  }

  /** One byte. */
  byte(): number {
    if (this.at < this.end) return this.bytes[this.at++] ?? 0;
    this.fail();
    return 0;
  }

  /** Four bytes, high end first. */
  uint32(): number {
    const { bytes, at } = this;
    if (this.end - at < 4) {
      this.fail();
      return 0;
    }
    this.at = at + 4;
    return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>> 0;
  }

  /** A number of up to 64 bits; `bigint` beyond 2^53 - 1. */
  varint(): number | bigint {
    const { bytes, at } = this;
    const next = skipVarint(bytes, at, this.end);
    const value = next < 0 ? -1 : readVarint(bytes, at, next);
    if (typeof value === "number" && value < 0) {
      this.fail();
      return 0;
    }
    this.at = next;
    return value;
  }

  /** The length of what follows; it is all there. */
  length(): number {
    const { at, end } = this;
    if (at < end) {
      const first = this.bytes[at] ?? 0;
      if (first < 240 && first < end - at) {
        this.at = at + 1;
        return first;
      }
    }
    const value = this.varint();
    if (typeof value === "number" && value <= this.end - this.at) return value;
    this.fail();
    return 0;
  }

  /** Steps over `count` bytes; they must be there. */
  skip(count: number): void {
    if (count <= this.end - this.at) this.at += count;
    else this.fail();
  }

  /** Steps over a number. */
  skipVarint(): void {
    const next = skipVarint(this.bytes, this.at, this.end);
    if (next < 0) this.fail();
    else this.at = next;
  }

  /** `count` bytes as a copy of their own. */
  copy(count: number): Uint8Array {
    const from = this.at;
    this.skip(count);
    return this.broken ? EMPTY : this.bytes.slice(from, this.at);
  }

  /** A length and as many bytes, as text; what is not UTF-8 becomes U+FFFD. */
  text(): string {
    const length = this.length();
    const from = this.at;
    this.at += length;
    return decodeText(this.bytes, from, this.at);
  }
}

/**
 * Part of a buffer as text; what is not UTF-8 becomes U+FFFD.
 *
 * @param bytes the buffer
 * @param from the first byte
 * @param to the place behind the last one
 */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  return from === to ? "" : DECODER.decode(bytes.subarray(from, to));
}

const EMPTY = new Uint8Array();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
