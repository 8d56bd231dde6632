/**
 * The NOTIFYs of one connection whose handlers run, and the pause that it makes when they are too many: its own, or those
 * of all connections together.
 */
import { Bag } from "./bag.ts";
import type { Dispatcher, Waiting } from "./dispatcher.ts";
import type { Exchange } from "./exchange.ts";
import type { Limits } from "./options.ts";
import type { Tally } from "./tally.ts";

/** NOTIFYs under way. */
export class InFlight implements Waiting {
  /** No more are to be taken. */
  isPaused = false;
  readonly #dispatcher: Dispatcher;
  readonly #limits: Limits;
  readonly #tally: Tally;
  readonly #onResumed: () => void;
  readonly #exchanges = new Bag<Exchange>();

  /** @param onResumed told when more may be taken again */
  constructor(dispatcher: Dispatcher, limits: Limits, tally: Tally, onResumed: () => void) {
    this.#dispatcher = dispatcher;
    this.#limits = limits;
    this.#tally = tally;
    this.#onResumed = onResumed;
  }

  /** How many there are. */
  get size(): number {
    return this.#exchanges.size;
  }

  /** One more is under way; it may be answered before this returns. */
  add(exchange: Exchange): void {
    this.#tally.inFlight(1);
    this.#exchanges.add(exchange);
    exchange.done();
    if (!this.#isFull()) return;
    this.isPaused = true;
    this.#dispatcher.waiting.add(this);
  }

  /** One was answered; gives whether somebody waits for the answer. */
  remove(exchange: Exchange): boolean {
    if (exchange.isAbandoned || !this.#exchanges.remove(exchange)) return false;
    this.#tally.inFlight(-1);
    return true;
  }

  /** There may be room: here, or because another connection has done something. */
  retry(): void {
    if (!this.isPaused || this.#isFull()) return;
    this.isPaused = false;
    this.#dispatcher.waiting.delete(this);
    this.#onResumed();
  }

  /** Nobody waits for answers any more. */
  abandon(): void {
    this.#tally.inFlight(-this.#exchanges.size);
    for (const exchange of this.#exchanges.drain()) exchange.isAbandoned = true;
    this.#dispatcher.waiting.delete(this);
  }

  #isFull(): boolean {
    return this.#exchanges.size >= this.#limits.maxFramesInFlight ||
      this.#dispatcher.counters.inFlight >= this.#limits.maxFramesInFlightTotal;
  }
}
