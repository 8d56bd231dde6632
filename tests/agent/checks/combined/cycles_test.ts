import assert from "node:assert/strict";
import fc from "fast-check";
import { findCycle } from "../../../../lib/agent/checks/combined/cycles.ts";

const name = fc.nat(9);
const edges = fc.array(fc.tuple(name, name), { maxLength: 25 });

function asksOf(edges: readonly (readonly [number, number])[]): Map<string, string[]> {
  const asks = new Map<string, string[]>();
  for (const [from, to] of edges) asks.set(`c${from}`, [...asks.get(`c${from}`) ?? [], `c${to}`]);
  return asks;
}

Deno.test("findCycle() finds none where everybody asks only those of a higher number", () => {
  fc.assert(fc.property(edges, (edges) => {
    assert.equal(findCycle(asksOf(edges.filter(([from, to]) => from < to))), undefined);
  }));
});

Deno.test("findCycle() gives a way that exists and comes back, whenever there is one", () => {
  fc.assert(fc.property(edges, fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (edges, ring) => {
    const around = ring.map((one, index) => [one, ring[(index + 1) % ring.length] ?? one] as const);
    const asks = asksOf([...edges, ...around]);
    const way = findCycle(asks) ?? [];
    assert.ok(way.length >= 2);
    assert.equal(way[0], way.at(-1));
    for (const [index, to] of way.slice(1).entries()) assert.ok(asks.get(way[index] ?? "")?.includes(to));
  }));
});

Deno.test("findCycle() is quick where there are many ways and no cycle", () => {
  const layers = Array.from({ length: 60 }, (_, layer) => [0, 1].map((side) => [`${layer}.${side}`, layer] as const));
  const asks = new Map(layers.flat().map(([name, layer]) => [name, [`${layer + 1}.0`, `${layer + 1}.1`]]));
  assert.equal(findCycle(asks), undefined);
});
