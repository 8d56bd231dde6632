/**
 * Output as text: what one piece leaves of a character is joined with the rest in the next, for each reader by itself.
 */
import type { Feed } from "../../feed/mod.ts";
import type { Chunk } from "../output.ts";

/** The longest start of a character that is none yet, in bytes. */
const MOST_PARTIAL = 3;

/**
 * Decodes UTF-8 that comes in pieces. What is no UTF-8 becomes U+FFFD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { OutputText } from "./output_text.ts";
 * const [first, second, third] = new TextEncoder().encode("€");
 * const text = new OutputText(Uint8Array.of(97, first ?? 0));
 * assert.equal(text.take(Uint8Array.of(second ?? 0)), "");
 * assert.equal(text.take(Uint8Array.of(third ?? 0, 10)), "€\n");
 * assert.equal(text.end(), "");
 * ```
 */
export class OutputText {
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** @param before what came before the first piece: the character that it leaves unfinished is the first's */
  constructor(before: Uint8Array = new Uint8Array()) {
    this.#decoder.decode(partialCharacter(before), { stream: true });
  }

  /** The characters that a piece finishes. */
  take(piece: Uint8Array): string {
    return this.#decoder.decode(piece, { stream: true });
  }

  /** What is left unfinished: nothing more comes. */
  end(): string {
    return this.#decoder.decode();
  }
}

/** The last bytes before a record, as many as may belong to a character in it. */
export function bytesBefore(feed: Feed<Chunk>, id: number): Uint8Array {
  const records = feed.latest().filter((record) => record.id < id).slice(-MOST_PARTIAL);
  return Uint8Array.from(records.flatMap(({ value }) => [...value.subarray(-MOST_PARTIAL)])).subarray(-MOST_PARTIAL);
}

/** The start of a character at the end of bytes; nothing when they end with a whole one, or with what is none. */
export function partialCharacter(bytes: Uint8Array): Uint8Array {
  for (let length = 1; length <= Math.min(MOST_PARTIAL, bytes.length); length++) {
    const byte = bytes[bytes.length - length] ?? 0;
    const isContinued = (byte & 0xc0) === 0x80;
    if (isContinued) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > length ? bytes.subarray(-length) : bytes.subarray(bytes.length);
  }
  return bytes.subarray(bytes.length);
}
