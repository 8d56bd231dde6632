/**
 * Finds combinations of checks that ask themselves in the end, and those that ask for a check there is not.
 */

/**
 * A way from a check back to itself.
 *
 * @param asks for each check the names of those it asks; a check that asks nobody may be left out
 * @returns the names along the way, the first again at its end: `["a", "b", "a"]`; `undefined` when there is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findCycle } from "./cycles.ts";
 * assert.deepEqual(findCycle(new Map([["a", ["b"]], ["b", ["c", "a"]]])), ["a", "b", "a"]);
 * assert.equal(findCycle(new Map([["a", ["b", "c"]], ["b", ["c"]]])), undefined);
 * ```
 */
export function findCycle(asks: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const cleared = new Set<string>();
  for (const start of asks.keys()) {
    // The way so far, and for each name on it how many of those it asks have been looked at.
    const way: { readonly name: string; next: number }[] = [{ name: start, next: 0 }];
    for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
      const asked = asks.get(here.name)?.[here.next++];
      if (asked === undefined) {
        cleared.add(here.name);
        way.pop();
        continue;
      }
      const again = way.findIndex(({ name }) => name === asked);
      if (again >= 0) return [...way.slice(again).map(({ name }) => name), asked];
      if (!cleared.has(asked)) way.push({ name: asked, next: 0 });
    }
  }
  return undefined;
}
