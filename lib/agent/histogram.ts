/**
 * How long things took, in fixed buckets: counting costs an addition and allocates nothing.
 */

/** The upper bounds of the buckets, in milliseconds; the last bucket has none. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  1500,
  2500,
];

/** What a histogram has seen. */
export interface LatencySnapshot {
  /** How many were counted. */
  readonly count: number;
  /** All of them together, in milliseconds. */
  readonly sum_ms: number;
  /** How many took at most {@linkcode LATENCY_BOUNDS_MS}, bucket by bucket; one more for the rest. */
  readonly buckets: readonly number[];
}

/** Counts durations. */
export class Histogram {
  readonly #buckets = new Float64Array(LATENCY_BOUNDS_MS.length + 1);
  #sumMs = 0;

  /** Counts one that took so long. */
  add(ms: number): void {
    let bucket = 0;
    while (ms > (LATENCY_BOUNDS_MS[bucket] ?? Infinity)) bucket++;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#sumMs += ms;
  }

  /** What was counted so far. */
  snapshot(): LatencySnapshot {
    const buckets = [...this.#buckets];
    return {
      count: buckets.reduce((sum, one) => sum + one, 0),
      sum_ms: Math.round(this.#sumMs * 1000) / 1000,
      buckets,
    };
  }
}
