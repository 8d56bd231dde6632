/**
 * Bytes that have arrived and wait to be understood: one buffer that grows by doubling, so that an answer of many MiB
 * costs linear work.
 */

/** A growing buffer that reads go straight into. */
export class Intake {
  #bytes = new Uint8Array(USUAL_SIZE);
  #length = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  /** The bytes that wait; valid until the next call of a method. */
  get arrived(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The bytes that wait, as text; what is not UTF-8 becomes U+FFFD. */
  get text(): string {
    return decoder.decode(this.arrived);
  }

  /** Room for the next read. */
  space(): Uint8Array {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes.subarray(this.#length);
  }

  /** Counts bytes that were read into {@linkcode Intake.space}. */
  add(count: number): void {
    this.#length += count;
  }

  /** Forgets the first `count` bytes, and the room of a large answer with its last. */
  drop(count: number): void {
    if (count === this.#length && this.#bytes.length > KEPT_SIZE) this.#bytes = new Uint8Array(USUAL_SIZE);
    else this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}

/** Decodes what HAProxy sent. */
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const USUAL_SIZE = 16 * 1024;
const KEPT_SIZE = 1024 * 1024;
