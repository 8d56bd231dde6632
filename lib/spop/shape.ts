/**
 * A shape: the name of a message and the names of its arguments, as bytes. HAProxy's configuration fixes them, so all
 * messages of a kind have one shape, and `message.args.NAME` can be an accessor that is made once.
 *
 * Hot path: `match` compares bytes and notes where the values are; no strings, no objects.
 */
import { type Reader, skipValue, type Value } from "./codec/mod.ts";
import { type Args, type FrameOrigin, Message, Source } from "./message.ts";

/** A message's name, its arguments' names, and the message object that is used again. */
export class Shape {
  /** The message's name. */
  readonly message: string;
  /** The arguments' names. */
  readonly names: readonly string[];
  readonly #nameBytes: readonly Uint8Array[];
  readonly #Args: new (source: Source) => Args;
  #spare: Message;
  #source: Source;

  /**
   * @param message the message's name
   * @param names the arguments' names, as bytes and in order
   */
  constructor(message: string, names: readonly Uint8Array[]) {
    this.message = message;
    this.#nameBytes = names;
    this.names = names.map((name) => new TextDecoder().decode(name));
    this.#Args = argsClass(this.names);
    this.#source = new Source(names.length);
    this.#spare = new Message(this, this.#source);
  }

  /**
   * Reads a message's arguments if they have this shape.
   *
   * @param reader at the first argument; behind the last one afterwards, when they have
   * @param count how many there are
   * @param origin the frame
   * @returns the message, valid until the next call; `undefined` when the shape is another or the bytes are wrong
   */
  match(reader: Reader, count: number, origin: FrameOrigin): Message | undefined {
    const names = this.#nameBytes;
    if (count !== names.length) return undefined;
    const source = this.#source;
    const { bytes } = reader;
    source.start = reader.at;
    for (let index = 0; index < count; index++) {
      const name = names[index];
      const length = reader.length();
      if (name === undefined || length !== name.length || !isSame(name, bytes, reader.at)) return undefined;
      reader.at += length;
      source.places[index] = reader.at;
      skipValue(reader);
    }
    if (reader.broken) return undefined;
    source.bytes = bytes;
    source.end = reader.at;
    source.origin = origin;
    return this.#spare;
  }

  /** Gives the message that was matched last bytes of its own; the next match uses another object. */
  detach(): void {
    this.#source.detach();
    this.#source = new Source(this.#nameBytes.length);
    this.#spare = new Message(this, this.#source);
  }

  /** The accessors for one message. */
  argsOf(source: Source): Args {
    return new this.#Args(source);
  }
}

/** Whether bytes are in a buffer at a place. */
export function isSame(wanted: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (wanted[index] !== bytes[at + index]) return false;
  }
  return true;
}

/**
 * A class whose objects have an accessor for each name (the first of several equal ones) and nothing else, so that an
 * argument named `constructor` or `__proto__` is only an argument.
 */
function argsClass(names: readonly string[]): new (source: Source) => Args {
  class ShapeArgs {
    readonly #source: Source;
    constructor(source: Source) {
      this.#source = source;
    }
    static define(name: string, index: number): void {
      Object.defineProperty(ShapeArgs.prototype, name, {
        enumerable: true,
        configurable: false,
        get(this: ShapeArgs): Value {
          return this.#source.valueAt(index);
        },
      });
    }
    readonly [name: string]: Value | undefined;
  }
  Object.setPrototypeOf(ShapeArgs.prototype, null);
  Reflect.deleteProperty(ShapeArgs.prototype, "constructor");
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) ShapeArgs.define(name, index);
  });
  return ShapeArgs;
}
