/**
 * A promise that is waited for again and again, each time only so long.
 *
 * `Promise.race` would leave something behind in the promise at each turn: on a quiet feed with a sign of life every second
 * that is memory that only grows.
 */

/** One promise, and whoever waits for it. */
export class Pending<T> {
  readonly #promise: Promise<T>;
  #isSettled = false;
  #wake: () => void = () => {};

  /** @param promise what is waited for */
  constructor(promise: Promise<T>) {
    this.#promise = promise;
    const settle = () => {
      this.#isSettled = true;
      this.#wake();
    };
    promise.then(settle, settle);
  }

  /**
   * Waits; by one caller at a time.
   *
   * @param ms how long; 0 waits for ever
   * @returns what the promise gives, or `undefined` when that takes too long
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { Pending } from "./pending.ts";
   * assert.equal(await new Pending(Promise.resolve(7)).within(1_000), 7);
   * assert.equal(await new Pending(new Promise(() => {})).within(1), undefined);
   * ```
   */
  within(ms: number): Promise<T | undefined> {
    if (this.#isSettled || ms === 0) return this.#promise;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), ms);
      const wake = () => {
        clearTimeout(timer);
        resolve(this.#promise);
      };
      // A runtime that makes its first timer may run what waits before it comes back (Deno 2.9 does).
      if (this.#isSettled) wake();
      else this.#wake = wake;
    });
  }
}
