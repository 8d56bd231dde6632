/**
 * How far the time of a chain's head block may be from now, and what is said when it is further.
 */

/** What a head block's time comes to. */
export interface Drift {
  /** How old the block is in seconds; negative when it is of the future. */
  readonly lagS: number;
  /** Empty when it is near enough. */
  readonly reason: string;
}

/**
 * Compares a head block's time with now; exactly as far as allowed is near enough.
 *
 * @param headMs the block's time, in milliseconds since 1970
 * @param nowMs now
 * @param limitS how many seconds they may be apart
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { driftOf } from "./head_time.ts";
 * assert.deepEqual(driftOf(0, 5000, 5), { lagS: 5, reason: "" });
 * assert.equal(driftOf(7400, 0, 5).reason, "Taking offline because head block is 7 seconds into the future");
 * ```
 */
export function driftOf(headMs: number, nowMs: number, limitS: number): Drift {
  const lagS = (nowMs - headMs) / 1000;
  const seconds = Math.round(Math.abs(lagS));
  if (lagS > limitS) return { lagS, reason: `Taking offline because head block is lagging ${seconds} seconds` };
  if (lagS < -limitS) {
    return { lagS, reason: `Taking offline because head block is ${seconds} seconds into the future` };
  }
  return { lagS, reason: "" };
}

/**
 * Reads nodeos' times, which are UTC without saying so.
 *
 * @param text `2026-01-31T12:00:00.500`, with or without fraction and `Z`
 * @returns milliseconds since 1970; `undefined` when it is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHeadTime } from "./head_time.ts";
 * assert.equal(parseHeadTime("1970-01-01T00:00:01.500"), 1500);
 * assert.equal(parseHeadTime("yesterday"), undefined);
 * ```
 */
export function parseHeadTime(text: string): number | undefined {
  const [, time] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)Z?$/.exec(text) ?? [];
  const ms = time === undefined ? NaN : Date.parse(`${time}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The allowed seconds for a number of blocks: a chain makes two a second, and a half second is not counted. */
export function secondsOf(numBlocks: number): number {
  return Math.trunc(numBlocks / 2);
}
