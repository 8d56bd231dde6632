/**
 * A NOTIFY that could not be answered at once, because a handler returned a promise: it waits for all its handlers, each
 * with a deadline, then its one ACK goes out.
 */
import { beginFrame, endFrame, LENGTH_BYTES, Reader, skipValue, type Writer } from "./codec/mod.ts";
import type { ActionList } from "./actions.ts";
import type { Placed } from "./bag.ts";
import type { Message } from "./message.ts";
import { Timed } from "./deadlines.ts";
import type { FrameOrigin } from "./message.ts";
import type { Route } from "./route.ts";

/** Who sends the ACK. */
export interface ExchangeOwner {
  /** Every handler is done. */
  onAnswered(exchange: Exchange): void;
}

/** Who is told how a handler ended. */
export interface CallWatch {
  /** It rejected, or its time was over: its default is to be written. */
  onFailed(call: Call, outcome: "failed" | "deadline", cause: unknown): void;
  /** Its actions are final. */
  onDone(call: Call, outcome: "answered" | "failed" | "deadline"): void;
  /** It ended after its deadline. */
  onOverdue(call: Call): void;
}

/** A NOTIFY under way. */
export class Exchange implements Placed {
  place = 0;
  /** By `performance.now()`: when the read came that completed the NOTIFY. */
  readonly startedAt: number;
  /** The connection is gone: nobody waits. */
  isAbandoned = false;
  readonly #owner: ExchangeOwner;
  readonly #origin: FrameOrigin;
  readonly #parts: { readonly message: string; readonly actions: Uint8Array | Writer }[] = [];
  #open = 1;

  /**
   * @param owner sends the ACK
   * @param origin the identifiers to answer with, in a buffer of their own
   * @param startedAt when the NOTIFY was read
   */
  constructor(owner: ExchangeOwner, origin: FrameOrigin, startedAt: number) {
    this.#owner = owner;
    this.#origin = origin;
    this.startedAt = startedAt;
  }

  /** Takes the actions of a message that was answered at once. */
  add(message: string, actions: Uint8Array): void {
    if (actions.length > 0) this.#parts.push({ message, actions });
  }

  /** Takes the place of a message whose actions are still to come. */
  wait(message: string, actions: Writer): void {
    this.#parts.push({ message, actions });
    this.#open++;
  }

  /** One wait is over; so is the reading of the NOTIFY itself. */
  done(): void {
    if (--this.#open === 0) this.#owner.onAnswered(this);
  }

  /**
   * Writes the ACK.
   *
   * @param out where to
   * @param maxFrameSize what the ACK must not exceed
   * @param onDropped told how many actions of a message did not fit
   */
  write(out: Writer, maxFrameSize: number, onDropped: (count: number, message: string) => void): void {
    const start = beginFrame(out, "ack");
    out.raw(this.#origin.bytes, this.#origin.at, this.#origin.end);
    const limit = start + LENGTH_BYTES + maxFrameSize;
    for (const { message, actions } of this.#parts) {
      const bytes = actions instanceof Uint8Array ? actions : actions.written;
      if (out.at + bytes.length <= limit) out.raw(bytes);
      else onDropped(writeWhatFits(out, bytes, limit), message);
    }
    endFrame(out, start);
  }
}

/** A handler that runs. */
export class Call extends Timed implements Placed {
  place = 0;
  readonly route: Route;
  readonly message: Message;
  readonly actions: ActionList;
  /** The bytes of its actions. */
  readonly written: Writer;
  readonly exchange: Exchange;
  /** Its actions are final. */
  isDone = false;
  readonly #watch: CallWatch;

  constructor(watch: CallWatch, route: Route, message: Message, actions: ActionList, exchange: Exchange) {
    super();
    this.#watch = watch;
    this.route = route;
    this.message = message;
    this.actions = actions;
    this.exchange = exchange;
    this.written = actions.detach();
    exchange.wait(route.name, this.written);
  }

  /** Waits for the handler's promise. */
  follow(promise: Promise<void>): void {
    promise.then(() => this.#settle("answered", undefined), (cause) => this.#settle("failed", cause));
    this.route.deadlines.add(this, this.exchange.startedAt);
  }

  override expire(): void {
    this.#settle("deadline", undefined);
  }

  #settle(outcome: "answered" | "failed" | "deadline", cause: unknown): void {
    if (this.isDone) return this.#watch.onOverdue(this);
    this.isDone = true;
    this.route.deadlines.remove(this);
    if (outcome !== "answered") this.#watch.onFailed(this, outcome, cause);
    this.actions.close();
    this.#watch.onDone(this, outcome);
    this.exchange.done();
  }
}

/** Writes actions one by one as long as they fit; gives how many did not. */
function writeWhatFits(out: Writer, actions: Uint8Array, limit: number): number {
  const reader = new Reader().reset(actions);
  let dropped = 0;
  while (!reader.isDone) {
    const start = reader.at;
    const count = (reader.byte(), reader.byte());
    reader.skip(1);
    reader.skip(reader.length());
    if (count === 3) skipValue(reader);
    if (out.at + reader.at - start > limit) dropped++;
    else out.raw(actions, start, reader.at);
  }
  return dropped;
}
