/**
 * Lengths of time as HAProxy writes them for people: `5s`, `1m30s`, `2h5m`, `3d4h` (management guide, 9.3 "show sess").
 *
 * @module
 */

/**
 * The seconds of a length of time.
 *
 * @param text the length, in HAProxy's two largest units
 * @returns whole seconds; undefined when the text is no such length
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ageInSeconds } from "./age.ts";
 *
 * assert.equal(ageInSeconds("2h5m"), 7_500);
 * assert.equal(ageInSeconds("?"), undefined);
 * ```
 */
export function ageInSeconds(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhd]){1,2}$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit = "s"]) => sum + Number(count) * (SECONDS.get(unit) ?? 0), 0);
}

const SECONDS: ReadonlyMap<string, number> = new Map([["s", 1], ["m", 60], ["h", 3_600], ["d", 86_400]]);
