/** Definitions that survive a restart. */

import assert from "node:assert/strict";
import { memoryStore, type Store } from "../../lib/store/mod.ts";
import type { Definition } from "../../lib/process/definition.ts";
import { DefinitionsStore } from "../../lib/process/definitions_store.ts";
import { ProcessManager } from "../../lib/process/manager.ts";

const NAP: Definition = {
  name: "app:nap",
  cmd: "sleep",
  args: ["60"],
  env: { KEY: "1" },
  start: false,
  extra: { colour: "red" },
};

function make(store: Store, configured: readonly string[] = []) {
  const faults: unknown[] = [];
  const kept = new DefinitionsStore({
    store,
    isConfigured: (name) => configured.includes(name),
    onFault: (thrown) => faults.push(thrown),
  });
  return { kept, faults };
}

Deno.test("DefinitionsStore keeps what is made and changed, whole, and forgets what is deleted", async () => {
  await using store = memoryStore();
  await using manager = new ProcessManager();
  const { kept } = make(store);
  kept.follow(manager);
  await manager.add(NAP);
  await manager.add({ name: "gone", cmd: "true", start: false });
  await manager.update({ ...NAP, args: ["90"] });
  await manager.remove("gone");
  await kept.written();
  assert.deepEqual(await make(store).kept.read(), [{ ...NAP, args: ["90"] }]);
});

Deno.test("DefinitionsStore leaves to the configuration what is the configuration's", async () => {
  await using store = memoryStore();
  await using manager = new ProcessManager();
  const { kept } = make(store, ["ours"]);
  kept.follow(manager);
  await manager.add({ name: "ours", cmd: "true", start: false });
  await manager.add(NAP);
  await kept.written();
  assert.deepEqual(await kept.read(), [NAP]);
  assert.deepEqual(await make(store, [NAP.name]).kept.read(), []);
});

Deno.test("DefinitionsStore writes all of them when more has happened than it could follow", async () => {
  await using store = memoryStore();
  await store.put("process/definition/gone", { name: "gone", cmd: "true" });
  await using manager = new ProcessManager();
  const { kept } = make(store);
  kept.follow(manager);
  await manager.add(NAP);
  for (let count = 0; count < 2000; count++) manager.events.push({ event: "update", name: NAP.name });
  await kept.written();
  assert.deepEqual(await kept.read(), [NAP]);
});

Deno.test("DefinitionsStore tells what it cannot write and cannot read, and goes on", async () => {
  await using store = memoryStore();
  await store.put("process/definition/bad", { name: "bad" });
  await using manager = new ProcessManager();
  const { kept, faults } = make({ ...bound(store), put: () => Promise.reject(new Error("the disk is full")) });
  kept.follow(manager);
  await manager.add(NAP);
  await kept.written();
  assert.deepEqual(await kept.read(), []);
  assert.deepEqual(faults.map(String), [
    "Error: the disk is full",
    'InvalidDefinition: Cannot define process "bad": field "cmd" is missing',
  ]);
});

function bound(store: Store): Store {
  return {
    isLasting: store.isLasting,
    get: (key) => store.get(key),
    put: (...args) => store.put(...args),
    delete: (...args) => store.delete(...args),
    list: (prefix) => store.list(prefix),
    watch: (...args) => store.watch(...args),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
