/**
 * A NOTIFY in pieces (SPOE.txt, "Fragmentation"; HAProxy up to 3.0): a NOTIFY without FIN, then UNSET frames with the same
 * identifiers, the last with FIN. A piece with ABORT gives the whole up.
 */
import { ABORT, FIN, type FrameHeader } from "./frame.ts";
import { type Invalid, invalid } from "./outcome.ts";
import { Writer } from "./writer.ts";

/** What comes of a piece: more to come, given up, or whole (then `payload` has it). */
export type FragmentState = "open" | "aborted" | "whole";

/** The pieces of the one payload that a connection can have under way. */
export class Fragments {
  readonly #limit: number;
  readonly #ids = new Writer(20);
  #payload: Writer | undefined;

  /** @param limit the largest payload, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a payload is under way. */
  get isOpen(): boolean {
    return this.#payload !== undefined;
  }

  /** Bytes that wait for the rest. */
  get length(): number {
    return this.#payload?.at ?? 0;
  }

  /** The identifiers as they came. */
  get ids(): Uint8Array {
    return this.#ids.written;
  }

  /** Takes the first piece: a NOTIFY without FIN. */
  begin(bytes: Uint8Array, header: FrameHeader): FragmentState | Invalid {
    this.#ids.at = 0;
    this.#ids.raw(bytes, header.idsAt, header.payloadAt);
    this.#payload = new Writer(header.end - header.payloadAt);
    return this.#add(bytes, header);
  }

  /** Takes a further piece: an UNSET frame. */
  add(bytes: Uint8Array, header: FrameHeader): FragmentState | Invalid {
    if (this.#payload === undefined || !this.#isOurs(bytes, header)) return invalid(12);
    return this.#add(bytes, header);
  }

  /** The whole payload; nothing is under way any more. */
  take(): Uint8Array {
    const payload = this.#payload?.written ?? new Uint8Array();
    this.#payload = undefined;
    return payload;
  }

  #add(bytes: Uint8Array, header: FrameHeader): FragmentState | Invalid {
    const payload = this.#payload;
    if (payload === undefined) return invalid(12);
    if ((header.flags & ABORT) !== 0) {
      this.#payload = undefined;
      return "aborted";
    }
    if (payload.at + header.end - header.payloadAt > this.#limit) {
      return invalid(3, `the pieces are larger than ${this.#limit} bytes`);
    }
    payload.raw(bytes, header.payloadAt, header.end);
    return (header.flags & FIN) !== 0 ? "whole" : "open";
  }

  #isOurs(bytes: Uint8Array, header: FrameHeader): boolean {
    const ids = this.#ids;
    if (header.payloadAt - header.idsAt !== ids.at) return false;
    for (let index = 0; index < ids.at; index++) {
      if (ids.bytes[index] !== bytes[header.idsAt + index]) return false;
    }
    return true;
  }
}
