/**
 * How long things took, in fixed buckets: counting costs an addition and allocates nothing.
 */

/** The upper bounds of the buckets, in microseconds; the last bucket has none. */
export const LATENCY_BOUNDS_US: readonly number[] = [
  20,
  50,
  100,
  250,
  500,
  1_000,
  2_500,
  5_000,
  10_000,
  25_000,
  50_000,
  100_000,
  250_000,
  500_000,
  1_000_000,
];

/** What a histogram has seen. */
export interface LatencySnapshot {
  /** How many were counted. */
  readonly count: number;
  /** All of them together, in microseconds. */
  readonly sum_us: number;
  /** How many took at most {@linkcode LATENCY_BOUNDS_US}, bucket by bucket; one more for the rest. */
  readonly buckets: readonly number[];
}

/** Counts durations. */
export class Histogram {
  readonly #buckets = new Float64Array(LATENCY_BOUNDS_US.length + 1);
  #sumUs = 0;

  /** Counts `times` things that took as long. */
  add(us: number, times = 1): void {
    let bucket = 0;
    while (us > (LATENCY_BOUNDS_US[bucket] ?? Infinity)) bucket++;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + times;
    this.#sumUs += us * times;
  }

  /** What was counted so far. */
  snapshot(): LatencySnapshot {
    const buckets = [...this.#buckets];
    return { count: buckets.reduce((sum, one) => sum + one, 0), sum_us: Math.round(this.#sumUs), buckets };
  }
}
