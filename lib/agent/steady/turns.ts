/**
 * So many at once and no more; who comes then waits for a turn.
 */

/** Gives turns. */
export class Turns {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  /** @param most how many may have their turn at once */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many have their turn. */
  get taken(): number {
    return this.#taken;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a turn, or waits for one; whoever got it gives it back.
   *
   * @param signal ends the waiting
   * @returns whether it was given: not when the signal came first
   */
  async take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#taken < this.#most) {
      this.#taken++;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const onTurn = () => resolve(true);
    const onAbort = () => {
      this.#waiting.delete(onTurn);
      resolve(false);
    };
    this.#waiting.add(onTurn);
    signal.addEventListener("abort", onAbort, { once: true });
    const isGiven = await promise;
    signal.removeEventListener("abort", onAbort);
    return isGiven;
  }

  /** Gives a turn back: to whoever has waited longest. */
  giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
