/**
 * Waiting for the next reason to look: somebody wakes the waiter, or its time is over. A wake during work is not lost.
 */
import type { Pause } from "./pause.ts";
import type { Cause } from "./records.ts";

/** Reasons to look, one waiter. */
export class Wakes {
  readonly #pause: Pause;
  readonly #closing: AbortSignal;
  #pending: Cause | undefined;
  #waiting: AbortController | undefined;

  /**
   * @param pause waits
   * @param closing ends every wait
   */
  constructor(pause: Pause, closing: AbortSignal) {
    this.#pause = pause;
    this.#closing = closing;
  }

  /** Gives the waiter a reason; the first of several is told. */
  wake(cause: Cause): void {
    this.#pending ??= cause;
    this.#waiting?.abort();
  }

  /** Waits until there is a reason; `drift` when the time is over. */
  async next(ms: number): Promise<Cause> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    if (this.#pending === undefined) await this.#pause(ms, AbortSignal.any([waiting.signal, this.#closing]));
    this.#waiting = undefined;
    const cause = this.#pending ?? "drift";
    this.#pending = undefined;
    return cause;
  }
}
