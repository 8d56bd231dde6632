import assert from "node:assert/strict";
import { grown, type Holding } from "../../../scripts/soak/flatness.ts";

/** Forty samples. */
function samples(at: (index: number) => Partial<Holding>): Holding[] {
  return Array.from({ length: 40 }, (_, index) => ({ memoryMib: 100, descriptors: 30, ...at(index) }));
}

Deno.test("grown() finds nothing where memory and file descriptors waver", () => {
  assert.deepEqual(grown(samples((index) => ({ memoryMib: 98 + index % 5, descriptors: 30 + index % 4 }))), []);
});

Deno.test("grown() does not mind what is taken before the second quarter, nor what is given back", () => {
  assert.deepEqual(grown(samples((index) => ({ memoryMib: index < 10 ? 50 : 100 }))), []);
  assert.deepEqual(grown(samples((index) => ({ memoryMib: 300 - index }))), []);
});

Deno.test("grown() finds memory that grows by 8 MiB, or by a tenth", () => {
  assert.deepEqual(grown(samples((index) => ({ memoryMib: 200 + index / 2 }))), ["it held 207.5 MiB, then 217.5"]);
  assert.deepEqual(grown(samples((index) => ({ memoryMib: 20 + index / 5 }))), ["it held 23.0 MiB, then 27.0"]);
});

Deno.test("grown() finds file descriptors that are not closed", () => {
  assert.deepEqual(grown(samples((index) => ({ descriptors: 20 + index }))), [
    "it held 35.0 file descriptors, then 55.0",
  ]);
});

Deno.test("grown() says so when there are too few samples", () => {
  assert.deepEqual(grown([]).length, 2);
});
