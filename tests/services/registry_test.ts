import assert from "node:assert/strict";
import { Registry, type ServiceList } from "../../lib/services/registry.ts";
import type { Picture } from "../../lib/services/service.ts";

const picture = (port: number): Picture => new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "a", port }] }]]]);

Deno.test("Registry tells each change once, with a revision that grows even when the clock goes back", () => {
  let now = 1_000;
  const registry = new Registry(() => now);
  registry.put("file", picture(1));
  now = 0;
  registry.put("file", picture(2));
  registry.put("file", picture(2));
  registry.drop("file");
  registry.drop("file");
  assert.deepEqual(registry.changes.latest().map(({ value: { revision, change } }) => [revision, change]), [
    [1_001, "added"],
    [1_002, "changed"],
    [1_003, "removed"],
  ]);
  assert.deepEqual(registry.list(), { revision: 1_003, services: [] });
});

Deno.test("Registry tells nothing when a second source says the same", () => {
  const registry = new Registry();
  registry.put("file", picture(1));
  const { revision } = registry.list();
  registry.put("dns", picture(1));
  registry.drop("file");
  assert.equal(registry.list().revision, revision);
});

Deno.test("since() waits for something newer", async () => {
  const registry = new Registry();
  const { signal } = new AbortController();
  const waiting = registry.since(registry.list().revision, signal);
  registry.put("file", picture(1));
  assert.equal((await waiting).services[0]?.service, "web");
});

Deno.test("since() answers at once who knows another revision", async () => {
  const registry = new Registry();
  const { signal } = new AbortController();
  assert.deepEqual(await registry.since(7, signal), registry.list());
});

Deno.test("since() gives what there is when it is ended", async () => {
  const registry = new Registry();
  const ending = new AbortController();
  const waiting = registry.since(registry.list().revision, ending.signal);
  ending.abort();
  assert.deepEqual(await waiting, registry.list());
  assert.deepEqual(await registry.since(registry.list().revision, ending.signal), registry.list());
});

Deno.test("watch() gives who is slow the newest only, and ends with its signal", async () => {
  const registry = new Registry();
  const ending = new AbortController();
  const seen: ServiceList[] = [];
  for await (const list of registry.watch(ending.signal)) {
    seen.push(list);
    if (seen.length === 1) { for (const port of [1, 2, 3]) registry.put("file", picture(port)); }
    else ending.abort();
  }
  assert.deepEqual(seen.map(({ services }) => services[0]?.units[0]?.hosts[0]?.port), [undefined, 3]);
});

Deno.test("Registry keeps no more of large services than memory is for, and leaves units as they are that did not change", () => {
  const registry = new Registry();
  const others = Array.from({ length: 5_000 }, (_, number) => ({
    unit: `web/${number}`,
    hosts: [{ hostname: `10.0.0.${number}`, port: 80 }],
  }));
  registry.put("file", new Map([["web", others]]));
  const before = registry.get("web")?.units[0];
  for (let port = 1; port <= 100; port++) {
    registry.put("file", new Map([["web", [...others, { unit: "web/new", hosts: [{ hostname: "a", port }] }]]]));
  }
  const kept = registry.changes.latest(1_000);
  assert.equal(kept.at(-1)?.value.units.length, 5_001);
  assert.ok(kept.reduce((sum, { value }) => sum + value.units.length, 0) <= 200_000);
  assert.ok(before !== undefined && registry.get("web")?.units[0] === before);
});
