/**
 * A message's way to its handler: the name as bytes, the shapes seen so far, the deadline, the counters.
 */
import { type Reader, skipValue } from "./codec/mod.ts";
import type { Actions } from "./actions.ts";
import { Deadlines } from "./deadlines.ts";
import type { FrameOrigin, Message } from "./message.ts";
import { Shape } from "./shape.ts";
import { MessageCounters } from "./stats.ts";

/**
 * Answers a message. One that needs nothing from outside answers at once; one that returns a promise is waited for, until
 * its deadline.
 */
export type Handler = (message: Message, actions: Actions) => void | Promise<void>;

/** How a handler is to be treated. */
export interface HandlerOptions {
  /**
   * How long a promise of the handler may take, in milliseconds, from the read that brought the message. Default: nine
   * tenths of the agent's `processingMs`.
   */
  readonly deadlineMs?: number;
  /** The answer when the handler throws, rejects or is late. Default: no actions. */
  readonly defaultVerdict?: (actions: Actions) => void;
}

/** A handler and all that is known of its message. */
export class Route {
  /** The message's name. */
  readonly name: string;
  /** The same as on the wire. */
  readonly nameBytes: Uint8Array;
  readonly handler: Handler;
  readonly defaultVerdict: ((actions: Actions) => void) | undefined;
  readonly deadlines: Deadlines;
  counters = new MessageCounters();
  /** Messages that were answered at once and are not in the latency yet. */
  answeredUntimed = 0;
  #shapes: Shape[] = [];
  #last: Shape | undefined;

  constructor(name: string, handler: Handler, deadlineMs: number, defaultVerdict?: (actions: Actions) => void) {
    this.name = name;
    this.nameBytes = new TextEncoder().encode(name);
    this.handler = handler;
    this.defaultVerdict = defaultVerdict;
    this.deadlines = new Deadlines(deadlineMs);
  }

  /**
   * Reads the arguments of a message.
   *
   * @param reader at the first of them; behind the last one afterwards
   * @param count how many there are
   * @param origin the frame
   * @returns the message, valid until the next call; `undefined` when the bytes are wrong
   */
  read(reader: Reader, count: number, origin: FrameOrigin): Message | undefined {
    const start = reader.at;
    const usual = this.#last?.match(reader, count, origin);
    if (usual !== undefined || reader.broken) return usual;
    for (const shape of this.#shapes) {
      reader.at = start;
      const message = shape.match(reader, count, origin);
      if (message !== undefined) {
        this.#last = shape;
        return message;
      }
    }
    reader.at = start;
    const names = readNames(reader, count);
    if (reader.broken) return undefined;
    if (this.#shapes.length >= MOST_SHAPES) this.#shapes.shift();
    this.#last = new Shape(this.name, names);
    this.#shapes.push(this.#last);
    reader.at = start;
    return this.#last.match(reader, count, origin);
  }

  /** Gives the message that was read last bytes of its own. */
  detach(): void {
    this.#last?.detach();
  }
}

/** A configuration gives a message one shape; engines may differ. */
const MOST_SHAPES = 16;

function readNames(reader: Reader, count: number): Uint8Array[] {
  const names: Uint8Array[] = [];
  for (let index = 0; index < count && !reader.broken; index++) {
    names.push(reader.copy(reader.length()));
    skipValue(reader);
  }
  return names;
}
