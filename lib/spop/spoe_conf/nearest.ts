/**
 * The name that was probably meant.
 */

/**
 * The nearest of some names.
 *
 * @param name what was written
 * @param known what there is
 * @returns the nearest, or `undefined` when none is near: more than a third of it would be other characters
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nearest } from "./nearest.ts";
 * assert.equal(nearest("mesages", ["messages", "groups"]), "messages");
 * assert.equal(nearest("x", ["messages"]), undefined);
 * ```
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(name.length / 3) + 1;
  let looked = 0;
  for (const one of known) {
    if (++looked > MOST_KNOWN) break;
    // Names from a hostile file may be long: nobody meant those.
    if (Math.abs(one.length - name.length) >= least || one.length > 100) continue;
    const distance = distanceOf(name.toLowerCase(), one.toLowerCase());
    if (distance < least) [best, least] = [one, distance];
  }
  return best;
}

/** More names are not looked at: a hostile file may have as many wrong ones, each with a suggestion of its own. */
const MOST_KNOWN = 200;

/** "did you mean", or what there is. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? "there is none" : `there is ${known.slice(0, 20).map((one) => `"${one}"`).join(", ")}`;
}

/** How many characters must be put in, taken out, changed, or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, above] = [above, current];
  }
  return above[b.length] ?? 0;
}
