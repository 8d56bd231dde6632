/**
 * So many things at a time, so many more that wait, and no more: what keeps a policy that works long from eating the host.
 */

/**
 * Places to work at.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Slots } from "./slots.ts";
 * const slots = new Slots(1, 0);
 * assert.equal(await slots.take(), true);
 * assert.equal(await slots.take(), false);
 * slots.free();
 * assert.equal(await slots.take(), true);
 * ```
 */
export class Slots {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /**
   * @param most how many may work at a time
   * @param mostWaiting how many may wait for a place
   */
  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** How many work now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes a place, waiting for one where it must.
   *
   * @returns `true`, and `free` must be called then; `false` when too many wait already
   */
  take(): Promise<boolean> {
    if (this.#taken < this.#most) {
      this.#taken++;
      return Promise.resolve(true);
    }
    if (this.#waiting.length >= this.#mostWaiting) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push(() => resolve(true)));
  }

  /** Gives the place to the one that has waited longest. */
  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken--;
    else next();
  }
}
