/**
 * Lines of bytes that arrive in chunks, without making strings of them.
 */

/** Takes a line: the buffer, its first byte, the place behind its last one (before CR and LF), its number from 1. */
export type TakeLine = (bytes: Uint8Array, from: number, to: number, line: number) => void;

/** A longer line is given as its first part; the rest of it is left out. */
export const MAX_LINE = 4096;

/** Splits chunks into lines. */
export class Lines {
  readonly #take: TakeLine;
  readonly #rest: Uint8Array = new Uint8Array(MAX_LINE);
  #restLength = 0;
  #line = 0;

  /** @param take takes the lines; a line is only valid until it returns */
  constructor(take: TakeLine) {
    this.#take = take;
  }

  /** Takes a chunk. */
  push(chunk: Uint8Array): void {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      if (this.#restLength > 0) {
        this.#keep(chunk, from, end);
        this.#giveRest();
      } else this.#give(chunk, from, Math.min(end, from + MAX_LINE));
      from = end + 1;
    }
    this.#keep(chunk, from, chunk.length);
  }

  /** Gives the last line when it has no line feed. */
  end(): void {
    if (this.#restLength > 0) this.#giveRest();
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    const count = Math.min(to - from, MAX_LINE - this.#restLength);
    this.#rest.set(chunk.subarray(from, from + count), this.#restLength);
    this.#restLength += count;
  }

  #giveRest(): void {
    const length = this.#restLength;
    this.#restLength = 0;
    this.#give(this.#rest, 0, length);
  }

  #give(bytes: Uint8Array, from: number, to: number): void {
    this.#take(bytes, from, to > from && bytes[to - 1] === CR ? to - 1 : to, ++this.#line);
  }
}

const LF = 0x0a;
const CR = 0x0d;
