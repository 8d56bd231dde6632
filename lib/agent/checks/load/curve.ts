/**
 * How a server's weight follows what is used of it.
 */

/** The shapes there are. */
export const CURVES = ["linear", "first_order"] as const;

/** `linear` falls evenly; `first_order` falls fast at first, as the step response of a first-order system does. */
export type Curve = typeof CURVES[number];

/** What is used when the weight begins to fall, and when it is at its lowest. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * How far a measured value is through its range: 0 at its beginning or before, 1 at its end, more beyond.
 *
 * @param value in the unit of the range
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pressureOf } from "./curve.ts";
 * assert.equal(pressureOf(90, { from: 80, to: 100 }), 0.5);
 * ```
 */
export function pressureOf(value: number, { from, to }: Range): number {
  return Math.max(0, (value - from) / (to - from));
}

/**
 * The weight in percent at a pressure: 100 at none, and at full pressure 1, since 0 takes the server out of the farm and all
 * servers of a busy farm would leave it together.
 *
 * `first_order` is `100 * e^(-4.61 * pressure)`, rounded up: 4.61 brings it to 1 at full pressure. LuccaSA's
 * Haproxy.AgentCheck has the same two.
 *
 * @param pressure from 0; more than 1 is as 1
 * @param lowest the weight at full pressure: 1, or 0 where a server may leave the farm
 * @returns a whole number of percent
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { weightPercent } from "./curve.ts";
 * assert.equal(weightPercent(0.5, "linear"), 50);
 * assert.equal(weightPercent(0.5, "first_order"), 10);
 * assert.equal(weightPercent(1, "linear"), 1);
 * ```
 */
export function weightPercent(pressure: number, curve: Curve, lowest: 0 | 1 = 1): number {
  if (pressure >= 1) return lowest;
  const weight = SHAPES[curve](Math.max(0, pressure));
  return Math.min(100, Math.max(lowest, weight));
}

const SHAPES: Readonly<Record<Curve, (pressure: number) => number>> = {
  linear: (pressure) => Math.trunc((1 - pressure) * 99) + 1,
  first_order: (pressure) => Math.ceil(Math.exp(-4.61 * pressure) * 100),
};
