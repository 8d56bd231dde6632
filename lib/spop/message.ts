/**
 * A message as a handler sees it: its arguments are read from the connection's buffer when they are asked for.
 *
 * Hot path: one `Message` is used again for every message of its kind; reading an argument costs its decoding and
 * nothing else.
 */
import { decodeText, Ip, Reader, readValue, readVarint, skipVarint, type Value } from "./codec/mod.ts";
import type { Shape } from "./shape.ts";

/** Arguments by their names; `undefined` for a name that the message has not. */
export type Args = Readonly<Record<string, Value | undefined>>;

/** The frame that messages came in: who sent it, and its identifiers as they came. */
export class FrameOrigin {
  /** Of HAPROXY-HELLO; empty when there was none. */
  engineId = "";
  /** The buffer with the identifiers. */
  bytes: Uint8Array = new Uint8Array();
  /** Where stream-id and frame-id begin in it. */
  at = 0;
  /** The place behind them. */
  end = 0;
}

/** Where the arguments of one message are. */
export class Source {
  /** The buffer; the connection's own until {@linkcode Source.detach}. */
  bytes: Uint8Array = new Uint8Array();
  /** Where each value begins. */
  readonly places: number[];
  /** Where the arguments begin. */
  start = 0;
  /** The place behind the arguments. */
  end = 0;
  /** The frame that the message came in. */
  origin: FrameOrigin = NOWHERE;

  /** @param count how many arguments there are */
  constructor(count: number) {
    this.places = new Array<number>(count).fill(0);
  }

  /** Decodes the argument at a place. */
  valueAt(index: number): Value {
    return readValue(READER.reset(this.bytes, this.places[index] ?? 0, this.end));
  }

  /** Copies the message's bytes and its frame's identifiers, so that they stay when the connection reads on. */
  detach(): void {
    const { origin } = this;
    const own = new FrameOrigin();
    own.engineId = origin.engineId;
    const isOnePiece = origin.bytes === this.bytes;
    const start = isOnePiece ? origin.at : this.start;
    // To copy what is between the identifiers and the message is cheaper than a second allocation.
    this.bytes = this.bytes.slice(start, this.end);
    own.bytes = isOnePiece ? this.bytes : origin.bytes.slice(origin.at, origin.end);
    own.end = origin.end - origin.at;
    for (let index = 0; index < this.places.length; index++) this.places[index] = (this.places[index] ?? 0) - start;
    this.start -= start;
    this.end -= start;
    this.origin = own;
  }
}

const READER = new Reader();
const NOWHERE = new FrameOrigin();

/**
 * A message of a NOTIFY.
 *
 * In a handler that answers at once it is only valid during the call: the next message is put into the same object. Keep
 * {@linkcode Message.copy}, or plain values (they are all copies but those of {@linkcode Message.bytes}). A handler that
 * returns a promise may use its message until the promise settles and after.
 */
export class Message {
  /** The message's name, as `spoe-message` in HAProxy's configuration has it. */
  readonly name: string;
  /**
   * The arguments by name: `message.args.ip`. Strings are text (what is not UTF-8 becomes U+FFFD), addresses
   * {@linkcode Ip}, binaries a copy of their bytes, integers `number`, or `bigint` beyond 2^53 - 1.
   */
  readonly args: Args;
  readonly #shape: Shape;
  readonly #source: Source;

  /** Made by the agent. */
  constructor(shape: Shape, source: Source) {
    this.name = shape.message;
    this.#shape = shape;
    this.#source = source;
    this.args = shape.argsOf(source);
  }

  /** The names of the arguments in the order of the message; empty for those without. */
  get argumentNames(): readonly string[] {
    return this.#shape.names;
  }

  /** The engine that asks (one HAProxy process and `engine`); empty when it did not say. */
  get engineId(): string {
    return this.#source.origin.engineId;
  }

  /** The frame that it came in. */
  get origin(): FrameOrigin {
    return this.#source.origin;
  }

  /** HAProxy's stream-id: up to 3.0 the same for all events of a stream. */
  get streamId(): number | bigint {
    const { bytes, at, end } = this.#source.origin;
    return readVarint(bytes, at, skipVarint(bytes, at, end));
  }

  /** HAProxy's frame-id. */
  get frameId(): number | bigint {
    const { bytes, at, end } = this.#source.origin;
    return readVarint(bytes, skipVarint(bytes, at, end), end);
  }

  /** The argument at a place, for those without a name. */
  at(index: number): Value | undefined {
    return index >= 0 && index < this.#shape.names.length ? this.#source.valueAt(index) : undefined;
  }

  /** An address, also one that came as text that reads as one; `undefined` for everything else. */
  ip(name: string): Ip | undefined {
    const value = this.args[name];
    if (value instanceof Ip) return value;
    if (typeof value !== "string") return undefined;
    try {
      return Ip.parse(value);
    } catch {
      return undefined;
    }
  }

  /** A string, or a binary read as UTF-8; `undefined` for everything else. */
  text(name: string): string | undefined {
    const value = this.args[name];
    if (value instanceof Uint8Array) return decodeText(value, 0, value.length);
    return typeof value === "string" ? value : undefined;
  }

  /** An integer; `undefined` for everything else. */
  integer(name: string): number | bigint | undefined {
    const value = this.args[name];
    return typeof value === "number" || typeof value === "bigint" ? value : undefined;
  }

  /**
   * The bytes of a string, a binary or an address, in place: no copy, and only valid as long as the message; `undefined`
   * for everything else.
   */
  bytes(name: string): Uint8Array | undefined {
    const index = this.#shape.names.indexOf(name);
    if (index < 0) return undefined;
    const { bytes, places, end } = this.#source;
    const at = places[index] ?? 0;
    const kind = (bytes[at] ?? 0) & 0x0f;
    if (kind === 6 || kind === 7) return bytes.subarray(at + 1, at + (kind === 6 ? 5 : 17));
    if (kind !== 8 && kind !== 9) return undefined;
    const reader = READER.reset(bytes, at + 1, end);
    const length = reader.length();
    return bytes.subarray(reader.at, reader.at + length);
  }

  /** A message of its own, to keep. */
  copy(): Message {
    const source = new Source(this.#source.places.length);
    source.bytes = this.#source.bytes;
    this.#source.places.forEach((place, index) => source.places[index] = place);
    source.start = this.#source.start;
    source.end = this.#source.end;
    source.origin = this.#source.origin;
    source.detach();
    return new Message(this.#shape, source);
  }

  /** Name and arguments as plain data. */
  toJSON(): { name: string; args: Record<string, Value> } {
    const args: Record<string, Value> = Object.create(null);
    this.#shape.names.forEach((name, index) => {
      if (!(name in args)) args[name] = this.#source.valueAt(index);
    });
    return { name: this.name, args };
  }
}
