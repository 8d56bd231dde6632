/**
 * Deadlines of the promises that one message's handler has returned. All have the same length, so they end in the order
 * they began: a chain and a single timer will do. What is done leaves the chain at once: to keep it would keep its
 * message and its answer as well, hundreds of thousands of them.
 */

/** A link of the chain: something that must be done in time. */
export abstract class Timed {
  /** When its time is over, by `performance.now()`. */
  endsAt = 0;
  /** Its neighbours. */
  before: Timed | undefined;
  after: Timed | undefined;

  /** Its time is over. */
  abstract expire(): void;
}

/** What must be done in time, the oldest first. */
export class Deadlines {
  /** How long each has, in milliseconds. */
  readonly lengthMs: number;
  #oldest: Timed | undefined;
  #newest: Timed | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param lengthMs how long each has, in milliseconds */
  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
  }

  /**
   * Watches over one more.
   *
   * @param what is expired unless it is removed in time
   * @param startedAt since when its time runs, by `performance.now()`
   */
  add(what: Timed, startedAt: number): void {
    what.endsAt = startedAt + this.lengthMs;
    what.before = this.#newest;
    if (this.#newest === undefined) this.#oldest = what;
    else this.#newest.after = what;
    this.#newest = what;
    if (this.#timer === undefined) this.#arm(this.lengthMs);
  }

  /** Watches over it no more. */
  remove(what: Timed): void {
    const { before, after } = what;
    if (before === undefined && after === undefined && this.#oldest !== what) return;
    if (before === undefined) this.#oldest = after;
    else before.after = after;
    if (after === undefined) this.#newest = before;
    else after.before = before;
    what.before = what.after = undefined;
  }

  /** Watches no more. */
  stop(): void {
    while (this.#oldest !== undefined) this.remove(this.#oldest);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#onTime(), Math.max(0, ms));
  }

  #onTime(): void {
    this.#timer = undefined;
    const now = performance.now() + ROUNDING_MS;
    let oldest = this.#oldest;
    while (oldest !== undefined && oldest.endsAt <= now) {
      this.remove(oldest);
      oldest.expire();
      oldest = this.#oldest;
    }
    if (oldest !== undefined && this.#timer === undefined) this.#arm(oldest.endsAt - now);
  }
}

/** Timers count whole milliseconds. */
const ROUNDING_MS = 1;
