/**
 * Long work on the thread that also answers HAProxy, cut into slices: between two of them everything else has its turn.
 */

/** Says when a slice is over, and waits for the next one. */
export class Slices {
  readonly #budgetMs: number;
  readonly #now: () => number;
  readonly #turn: () => Promise<void>;
  #until: number;

  /**
   * @param budgetMs how long a slice may be
   * @param now a clock in milliseconds
   * @param turn lets everything else have its turn
   */
  constructor(budgetMs = 3, now: () => number = () => performance.now(), turn: () => Promise<void> = nextTurn) {
    this.#budgetMs = budgetMs;
    this.#now = now;
    this.#turn = turn;
    this.#until = now() + budgetMs;
  }

  /** Whether the slice is over. To be asked every millisecond or so. */
  get isOver(): boolean {
    return this.#now() >= this.#until;
  }

  /**
   * Waits for the next slice.
   *
   * @param signal gives up
   * @throws the signal's reason
   */
  async next(signal?: AbortSignal): Promise<void> {
    await this.#turn();
    signal?.throwIfAborted();
    this.#until = this.#now() + this.#budgetMs;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
