import assert from "node:assert/strict";
import fc from "fast-check";
import { dataChanged, isDataChanged } from "../../lib/services/data_changed.ts";
import { memoryStore } from "../../lib/store/mod.ts";

/** JSON with the keys of all objects the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, one]) => [key, reversed(one)]));
}

Deno.test("dataChanged() does not see the order of keys, however deep", async () => {
  await fc.assert(fc.asyncProperty(fc.jsonValue(), async (data) => {
    await using store = memoryStore();
    assert.equal(await dataChanged(store, "id", data), true);
    assert.equal(await dataChanged(store, "id", reversed(data)), false);
  }));
});

Deno.test("dataChanged() sees every other value", async () => {
  await fc.assert(fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (one, other) => {
    await using store = memoryStore();
    await dataChanged(store, "id", one);
    const isSame = canonical(one) === canonical(other);
    assert.equal(await dataChanged(store, "id", other), !isSame);
  }));
});

/** Equal for equal JSON: what `assert.deepEqual` thinks of -0 and 0 is not what JSON says. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).sort().join()}}`;
}

Deno.test("dataChanged() sees the order of lists", async () => {
  await using store = memoryStore();
  await dataChanged(store, "id", [1, 2]);
  assert.equal(await dataChanged(store, "id", [2, 1]), true);
});

Deno.test("dataChanged() remembers each id by itself, whatever its characters", async () => {
  await using store = memoryStore();
  assert.equal(await dataChanged(store, "a/b c", 1), true);
  assert.equal(await dataChanged(store, "a", 1), true);
  assert.equal(await dataChanged(store, "a/b c", 1), false);
});

Deno.test("isDataChanged() remembers nothing", async () => {
  await using store = memoryStore();
  assert.equal(await isDataChanged(store, "id", 1), true);
  assert.equal(await isDataChanged(store, "id", 1), true);
  await dataChanged(store, "id", 1);
  assert.equal(await isDataChanged(store, "id", 1), false);
});
