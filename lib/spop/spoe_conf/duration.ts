/**
 * Times as HAProxy writes them (configuration manual 2.5): a number of milliseconds, or of the unit behind it.
 */

const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const MOST_MS = 2 ** 31 - 1;

/**
 * Reads a time.
 *
 * @param text for example `500`, `10ms`, `2m`
 * @returns milliseconds, microseconds being rounded up as HAProxy does; `undefined` when it is no time, or more than 24 days
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDuration } from "./duration.ts";
 * assert.equal(parseDuration("2s"), 2000);
 * assert.equal(parseDuration("2x"), undefined);
 * ```
 */
export function parseDuration(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,18})(us|ms|[smhd])?$/.exec(text) ?? [];
  if (digits === "") return undefined;
  const milliseconds = Math.ceil(Number(digits) * (UNIT_MS[unit === "" ? "ms" : unit] ?? 1));
  return milliseconds <= MOST_MS ? milliseconds : undefined;
}
