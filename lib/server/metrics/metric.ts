/**
 * Metrics as plain data: what every surface tells of itself, in the words of Prometheus.
 *
 * The library folders give objects of this shape without knowing of it; `text.ts` writes them.
 */

/** All samples of one name. */
export interface Metric {
  /** `happi_` and the rest in snake_case, with its unit; a counter's ends in `_total`. */
  readonly name: string;
  /** What it counts, in a line. */
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
}

/** One value, or one histogram, with its labels. */
export type Sample = ValueSample | HistogramSample;

/** A number. */
export interface ValueSample {
  readonly labels?: Labels;
  readonly value: number | bigint;
}

/** How often something had which size. */
export interface HistogramSample {
  readonly labels?: Labels;
  /** The upper bounds of the buckets, rising, without that of the last, which has none. */
  readonly bounds: readonly number[];
  /** How many fell into each bucket (not summed up), one more than there are bounds. */
  readonly buckets: readonly number[];
  /** All sizes together, in the unit of the bounds. */
  readonly sum: number;
}

/** Label names and values. */
export type Labels = Readonly<Record<string, string>>;

/** Tells of a surface at this moment. */
export type Collect = () => readonly Metric[] | Promise<readonly Metric[]>;
