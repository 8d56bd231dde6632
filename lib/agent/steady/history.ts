/**
 * The newest verdicts on a target, so many of them.
 */
import type { VerdictRecord } from "../verdict.ts";

/** Keeps the newest verdicts. */
export class History {
  readonly #most: number;
  readonly #kept: VerdictRecord[] = [];
  #next = 0;
  #last: VerdictRecord | undefined;

  /** @param most how many it keeps */
  constructor(most: number) {
    this.#most = most;
  }

  /** The newest. */
  get last(): VerdictRecord | undefined {
    return this.#last;
  }

  /** Adds one, in the place of the oldest. */
  push(verdict: VerdictRecord): void {
    this.#last = verdict;
    if (this.#most < 1) return;
    this.#kept[this.#next] = verdict;
    this.#next = (this.#next + 1) % this.#most;
  }

  /** All that are kept, oldest first. */
  all(): VerdictRecord[] {
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
  }
}
