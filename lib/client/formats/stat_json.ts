/**
 * JSON text of rows of `show stat`: no property for a field that does not apply, and 64-bit counters as plain JSON integers,
 * which `JSON.stringify` refuses to write.
 *
 * A hot path: one string a row is grown from ready-made `,"name":` pieces. It is two to three times as fast as
 * `JSON.stringify`, with its nulls or with a replacer that drops them; `scripts/bench/stat.ts` shows it.
 *
 * @module
 */

import type { StatValue } from "./stat_columns.ts";

/**
 * Writes rows as a JSON array of objects, in the order of their properties.
 *
 * @param rows rows of {@linkcode parseStat}, whole or some of their columns; any flat object of texts and integers does
 * @returns JSON text without white space; integers beyond 2^53 - 1 have all their digits, so that readers with 64-bit
 *   integers lose nothing
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stringifyStat } from "./stat_json.ts";
 *
 * assert.equal(
 *   stringifyStat([{ pxname: "web", scur: 7, slim: null, bin: 18446744073709551615n }, {}]),
 *   '[{"pxname":"web","scur":7,"bin":18446744073709551615},{}]',
 * );
 * ```
 */
export function stringifyStat(rows: Iterable<Readonly<Record<string, StatValue | undefined>>>): string {
  const texts: string[] = [];
  // Rows have the same properties in the same order nearly always, so the nth piece is right nearly always.
  const names: string[] = [];
  const pieces: string[] = [];
  for (const row of rows) {
    let text = "";
    let nth = 0;
    for (const name in row) {
      const value = row[name];
      if (value !== null && value !== undefined) {
        if (names[nth] !== name) {
          names[nth] = name;
          pieces[nth] = `,${JSON.stringify(name)}:`;
        }
        text += pieces[nth];
        if (typeof value !== "string") text += value;
        else text += PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
      }
      nth++;
    }
    texts.push(`{${text.slice(1)}}`);
  }
  return `[${texts.join(",")}]`;
}

/** Text that JSON writes as it is. Surrogates go the long way, since only whole pairs may stay. */
const PLAIN = /^[^"\\\p{Cc}\ud800-\udfff]*$/v;
