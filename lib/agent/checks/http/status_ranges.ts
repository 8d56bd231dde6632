/**
 * Sets of HTTP statuses as people write them: `200-299,304`.
 */

/** A set of statuses. */
export interface StatusRanges {
  /** As it was written. */
  readonly text: string;
  /** From the first to the last of each, both included. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/**
 * Reads ranges: `200`, `200-299,304`, `2xx`.
 *
 * @returns `undefined` when it is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isWithin, parseStatusRanges } from "./status_ranges.ts";
 * const fine = parseStatusRanges("2xx, 304");
 * assert.ok(fine && isWithin(204, fine) && isWithin(304, fine) && !isWithin(303, fine));
 * assert.equal(parseStatusRanges("299-200"), undefined);
 * ```
 */
export function parseStatusRanges(text: string): StatusRanges | undefined {
  const ranges: [number, number][] = [];
  for (const part of text.split(",")) {
    const [, from, to, hundreds] = /^\s*(?:([1-9]\d\d)(?:\s*-\s*([1-9]\d\d))?|([1-9])xx)\s*$/i.exec(part) ?? [];
    const first = Number(from ?? Number(hundreds) * 100);
    const last = hundreds === undefined ? Number(to ?? from) : first + 99;
    if (!(last >= first)) return undefined;
    ranges.push([first, last]);
  }
  return { text: text.trim(), ranges };
}

/** Whether a status is in the set. */
export function isWithin(status: number, { ranges }: StatusRanges): boolean {
  return ranges.some(([first, last]) => status >= first && status <= last);
}
