import assert from "node:assert/strict";
import fc from "fast-check";
import { findCycle, waves } from "../../../lib/process/order/graph.ts";

/** Any graph, also with rings and with names that are not in it. */
const name = fc.integer({ min: 0, max: 9 }).map(String);
const graph = fc.dictionary(name, fc.array(name, { maxLength: 3 })).map((all) => new Map(Object.entries(all)));

Deno.test("findCycle() names a ring that is there", () => {
  fc.assert(
    fc.property(graph, (given) => {
      const cycle = findCycle(given);
      if (cycle === undefined) return;
      assert.ok(cycle.length > 1);
      assert.equal(cycle.at(0), cycle.at(-1));
      for (const [at, one] of cycle.slice(0, -1).entries()) {
        assert.ok(given.get(one)?.includes(cycle[at + 1] ?? ""), `${one} does not wait for ${cycle[at + 1]}`);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("findCycle() finds nothing exactly when waves() can put each name behind all that it waits for", () => {
  fc.assert(
    fc.property(graph, (given) => {
      const found = waves(given);
      assert.deepEqual(found.flat().toSorted(), [...given.keys()].toSorted());
      const waveOf = (one: string) => found.findIndex((wave) => wave.includes(one));
      const isOrdered = [...given].every(([one, needs]) =>
        needs.every((need) => !given.has(need) || waveOf(need) < waveOf(one))
      );
      assert.equal(isOrdered, findCycle(given) === undefined);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("findCycle() and waves() take a chain of ten thousand", () => {
  const chain = new Map(Array.from({ length: 10_000 }, (_, at) => [String(at), at === 0 ? [] : [String(at - 1)]]));
  assert.equal(findCycle(chain), undefined);
  chain.set("0", ["9999"]);
  assert.equal(findCycle(chain)?.length, 10_001);
});
