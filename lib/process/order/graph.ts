/**
 * Who waits for whom: cycles, and the order in which all are stopped. Pure.
 */

/** For each name those that it depends on. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Finds names that wait for each other in a ring.
 *
 * @param graph who depends on whom; names that are not in it wait for nobody
 * @returns the ring with its first name again at its end; `undefined` where there is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findCycle } from "./graph.ts";
 * assert.deepEqual(findCycle(new Map([["a", ["b"]], ["b", ["a"]]])), ["a", "b", "a"]);
 * assert.equal(findCycle(new Map([["a", ["b"]]])), undefined);
 * ```
 */
export function findCycle(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  for (const start of graph.keys()) {
    // A path by hand rather than by recursion: nobody's list of processes can be too deep.
    const path: { readonly name: string; readonly rest: string[] }[] = [];
    const enter = (name: string) => path.push({ name, rest: [...graph.get(name) ?? []] });
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        done.add(top.name);
        path.pop();
      } else if (path.some(({ name }) => name === next)) {
        const names = path.map(({ name }) => name);
        return [...names.slice(names.indexOf(next)), next];
      } else if (!done.has(next)) enter(next);
    }
  }
  return undefined;
}

/**
 * Names in waves: each waits only for names in waves before it.
 *
 * @param graph without a cycle
 * @returns the waves; names keep their order within each
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { waves } from "./graph.ts";
 * assert.deepEqual(waves(new Map([["web", ["db"]], ["db", []], ["cron", []]])), [["db", "cron"], ["web"]]);
 * ```
 */
export function waves(graph: Graph): string[][] {
  const found: string[][] = [];
  const before = new Set<string>();
  let left = [...graph.keys()];
  while (left.length > 0) {
    const wave = left.filter((name) => graph.get(name)?.every((one) => before.has(one) || !graph.has(one)) ?? true);
    if (wave.length === 0) return [...found, left];
    found.push(wave);
    for (const name of wave) before.add(name);
    left = left.filter((name) => !before.has(name));
  }
  return found;
}
