import assert from "node:assert/strict";
import { Ownership } from "../../../lib/services/reconcile/ownership.ts";
import { memoryStore, StoreFailed } from "../../../lib/store/mod.ts";

const ENTRY = { kind: "map", file: "/m", key: "a" } as const;
const fail = (why: string) => assert.fail(why);

Deno.test("Ownership knows after a restart what was made before, and writes only what changed", async () => {
  await using store = memoryStore();
  const before = new Ownership({ store, scope: "local", onTrouble: fail });
  const owned = { servers: { b: "check", a: "" }, drained: ["a"], entries: [ENTRY] };
  await before.remember(new Map([["web", owned]]));
  const { revision } = await store.list("");
  await before.remember(new Map([["web", { ...owned, servers: { a: "", b: "check" } }]]));
  assert.equal((await store.list("")).revision, revision);
  const after = new Ownership({ store, scope: "local", onTrouble: fail });
  assert.deepEqual(await after.load(), new Map([["web", owned]]));
  const elsewhere = new Ownership({ store, scope: "other", onTrouble: fail });
  assert.deepEqual(await elsewhere.load(), new Map());
  await after.remember(new Map([["web", { servers: {}, drained: [], entries: [] }]]));
  assert.deepEqual((await store.list("")).entries, []);
});

Deno.test("Ownership passes by what somebody else wrote under its keys", async () => {
  await using store = memoryStore();
  await store.put("services/reconcile/local/a", "text");
  await store.put("services/reconcile/local/b", { servers: { x: 1, y: "" }, entries: [{ kind: "table" }, ENTRY] });
  const ownership = new Ownership({ store, scope: "local", onTrouble: fail });
  assert.deepEqual(await ownership.load(), new Map([["b", { servers: { y: "" }, drained: [], entries: [ENTRY] }]]));
});

Deno.test("Ownership remembers in memory while the store fails, and says so once", async () => {
  await using memory = memoryStore();
  const down = () => Promise.reject(new StoreFailed("read", "the disk is gone"));
  const store = { ...memory, list: down, put: down, delete: down, get: down, watch: memory.watch.bind(memory) };
  const troubles: string[] = [];
  const ownership = new Ownership({
    scope: "local",
    onTrouble: (why) => troubles.push(why),
    store: { ...store, isLasting: false, [Symbol.asyncDispose]: () => Promise.resolve() },
  });
  const owned = { servers: { a: "" }, drained: [], entries: [] };
  await ownership.load();
  await ownership.remember(new Map([["web", owned]]));
  assert.deepEqual(await ownership.load(), new Map([["web", owned]]));
  assert.deepEqual(troubles, ["Cannot read: the disk is gone"]);
});
