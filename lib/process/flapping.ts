/**
 * When a process that ends is started again: at once, a little later, after a rest, or no more. Pure: times come in.
 */
import type { Flapping } from "./definition.ts";

/** What to do after an end. */
export type AfterEnd =
  | { readonly action: "start"; readonly delayMs: number }
  | { readonly action: "rest"; readonly delayMs: number; readonly retry: number }
  | { readonly action: "give_up" };

/** Decides after each end; one for each definition. */
export interface RestartPolicy {
  /**
   * @param endedAt in milliseconds
   * @param livedMs how long it had run
   */
  decide(endedAt: number, livedMs: number): AfterEnd;
  /** Somebody has started it by hand: what was before does not count. */
  reset(): void;
}

/** The policy of a definition: what it says about flapping, or the usual. */
export function policyOf(flapping: Flapping | undefined): RestartPolicy {
  return flapping === undefined ? new BackoffPolicy() : new FlappingPolicy(flapping);
}

/**
 * Too many ends within a window are flapping: a rest, some retries, then no more.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { FlappingPolicy } from "./flapping.ts";
 * const policy = new FlappingPolicy({ attempts: 2, window: 1, retry_in: 7, max_retry: 1 });
 * assert.deepEqual(policy.decide(0), { action: "start", delayMs: 0 });
 * assert.deepEqual(policy.decide(500), { action: "rest", delayMs: 7000, retry: 1 });
 * assert.deepEqual(policy.decide(7600), { action: "start", delayMs: 0 });
 * assert.deepEqual(policy.decide(7700), { action: "give_up" });
 * ```
 */
export class FlappingPolicy implements RestartPolicy {
  readonly #flapping: Flapping;
  #ends: number[] = [];
  #retries = 0;

  /** @param flapping how many ends are too many */
  constructor(flapping: Flapping) {
    this.#flapping = flapping;
  }

  decide(endedAt: number): AfterEnd {
    const { attempts, window, retry_in, max_retry } = this.#flapping;
    const [first = endedAt] = this.#ends = [...this.#ends, endedAt].slice(-attempts);
    if (this.#ends.length < attempts) return { action: "start", delayMs: 0 };
    if (endedAt - first > window * 1000) {
      this.#retries = 0;
      return { action: "start", delayMs: 0 };
    }
    this.#ends = [];
    if (this.#retries >= max_retry) {
      this.#retries = 0;
      return { action: "give_up" };
    }
    return { action: "rest", delayMs: retry_in * 1000, retry: ++this.#retries };
  }

  reset(): void {
    this.#ends = [];
    this.#retries = 0;
  }
}

/**
 * Where nothing is said about flapping: one that ends at once is started again later each time, up to half a minute.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BackoffPolicy } from "./flapping.ts";
 * const policy = new BackoffPolicy(() => 0.5);
 * const delays = [10, 10, 10, 5000].map((livedMs) => policy.decide(0, livedMs).delayMs);
 * assert.deepEqual(delays, [0, 100, 200, 0]);
 * ```
 */
export class BackoffPolicy implements RestartPolicy {
  readonly #random: () => number;
  #quickEnds = 0;

  /** @param random from 0 to 1: processes that end together do not start together */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  decide(_endedAt: number, livedMs: number): { readonly action: "start"; readonly delayMs: number } {
    this.#quickEnds = livedMs < QUICK_MS ? this.#quickEnds + 1 : 0;
    if (this.#quickEnds < 2) return { action: "start", delayMs: 0 };
    const delayMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#quickEnds - 2));
    return { action: "start", delayMs: Math.round(delayMs * (0.8 + 0.4 * this.#random())) };
  }

  reset(): void {
    this.#quickEnds = 0;
  }
}

/** What has run for less has ended at once, in milliseconds. */
const QUICK_MS = 1_000;
const FIRST_MS = 100;
const LONGEST_MS = 30_000;
