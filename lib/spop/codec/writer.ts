/**
 * Writes frames and their parts into one buffer that grows and is used again and again.
 *
 * Hot path: every answer is written here; in the usual case nothing is allocated.
 */
import { MAX_VARINT_BYTES, writeVarint, writeVarint64 } from "./varint.ts";

/** A growing buffer, and the place of the next byte. */
export class Writer {
  /** The buffer; only the first `at` bytes mean something. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The place of the next byte. */
  at = 0;

  /** @param size bytes to begin with */
  constructor(size = 256) {
    this.bytes = new Uint8Array(size);
  }

  /** What was written; valid until the next write. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.at + count, this.bytes.length * 2, SMALLEST));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  /** One byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** Four bytes, high end first. */
  uint32(value: number): void {
    this.reserve(4);
    this.patchUint32(this.at, value);
    this.at += 4;
  }

  /** Writes over four bytes that are there already. */
  patchUint32(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }

  /** A number: an integer from 0 to 2^53 - 1, or any `bigint` of 64 bits. */
  varint(value: number | bigint): void {
    this.reserve(MAX_VARINT_BYTES);
    this.at = typeof value === "number"
      ? writeVarint(this.bytes, this.at, value)
      : writeVarint64(this.bytes, this.at, value);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array, from = 0, to: number = bytes.length): void {
    const length = to - from;
    this.reserve(length);
    if (length > SHORT) this.bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.at);
    else for (let index = 0; index < length; index++) this.bytes[this.at + index] = bytes[from + index] ?? 0;
    this.at += length;
  }

  /** A length and as many bytes. */
  sized(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** A length and a text as UTF-8. */
  text(text: string): void {
    const { length } = text;
    if (length > SHORT) return this.sized(ENCODER.encode(text));
    this.reserve(length + 1);
    const { bytes, at } = this;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return this.sized(ENCODER.encode(text));
      bytes[at + 1 + index] = code;
    }
    bytes[at] = length;
    this.at = at + 1 + length;
  }
}

/** Less is not worth an allocation. */
const SMALLEST = 64;
/** Up to here a loop is cheaper than a call into the runtime. */
const SHORT = 48;
const ENCODER = new TextEncoder();
