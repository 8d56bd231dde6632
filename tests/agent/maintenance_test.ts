/** Maintenance by hand: what HAProxy is told, until when, and what a restart finds. */

import assert from "node:assert/strict";
import { Maintenance, type MaintenanceOptions } from "../../lib/agent/maintenance.ts";
import { formatReply, type Reply } from "../../lib/agent/reply.ts";
import { memoryStore, type Store, StoreFailed } from "../../lib/store/mod.ts";

const UP: Reply = { health: "up" };

/** A clock that is set by hand. */
const clock = { time: 1_000_000, now: (): number => clock.time };

async function open(store: Store, options: Partial<MaintenanceOptions> = {}): Promise<Maintenance> {
  return await Maintenance.open({ store, now: clock.now, ...options });
}

function said(maintenance: Maintenance, name: string, reply: Reply = UP): string {
  return formatReply(maintenance.apply(name, "10.0.0.1:80", reply)).trimEnd();
}

/** What a person said, what the check found, and what HAProxy is told. */
const SAID: readonly (readonly ["drain" | "maint", string, Reply, string])[] = [
  ["drain", "", UP, "drain up"],
  ["maint", "", UP, "maint up"],
  ["drain", "new kernel", UP, "drain up # new kernel"],
  ["drain", "new kernel", { health: "down", text: "no answer" }, "drain down # new kernel; no answer"],
  ["drain", "", { health: "up", weight: { percent: 50 } }, "drain 50% up"],
  ["drain", "", { health: "up", admin: "ready" }, "drain up"],
  ["drain", "", { health: "up", admin: "maint" }, "maint up"],
  ["maint", "", { health: "up", admin: "drain" }, "maint up"],
];

for (const [mode, why, reply, line] of SAID) {
  Deno.test(`apply() says "${line}" for ${mode} and ${JSON.stringify(reply)}`, async () => {
    await using maintenance = await open(memoryStore());
    await maintenance.set("web", { mode, why });
    assert.equal(said(maintenance, "web", reply), line);
    assert.equal(maintenance.apply("other", "10.0.0.2:80", reply), reply, "others are left as they are");
  });
}

Deno.test("apply() finds a target by its address, and what is said of the name goes first", async () => {
  await using maintenance = await open(memoryStore());
  await maintenance.set("10.0.0.1:80", { mode: "drain" });
  assert.equal(said(maintenance, "v1|http://10.0.0.1:80"), "drain up");
  await maintenance.set("web", { mode: "maint" });
  assert.equal(said(maintenance, "web"), "maint up");
});

Deno.test("apply() says ready for a while after the end by hand, counted from the first time on", async () => {
  const store = memoryStore();
  await using maintenance = await open(store);
  await maintenance.set("web", { mode: "maint" });
  clock.time += 1_000;
  assert.equal((await maintenance.set("web", { mode: "ready" })).until, null);
  clock.time += 3_600_000; // HAProxy was away
  assert.equal(said(maintenance, "web"), "ready up");
  assert.equal(maintenance.of("web")?.until, clock.time + 30_000);
  clock.time += 29_999;
  assert.equal(said(maintenance, "web"), "ready up");
  clock.time += 1;
  assert.equal(said(maintenance, "web"), "up");
  assert.equal(maintenance.of("web"), undefined);
});

Deno.test("apply() ends maintenance when its time is over, and says ready then", async () => {
  await using maintenance = await open(memoryStore());
  const { until } = await maintenance.set("web", { mode: "drain", forMs: 60_000 });
  assert.equal(until, clock.time + 60_000);
  clock.time += 59_999;
  assert.equal(said(maintenance, "web"), "drain up");
  clock.time += 1;
  assert.equal(said(maintenance, "web"), "ready up");
  assert.equal(maintenance.of("web")?.mode, "ready");
});

Deno.test("apply() does not say ready where the check itself says drain", async () => {
  await using maintenance = await open(memoryStore());
  await maintenance.set("web", { mode: "ready" });
  assert.equal(said(maintenance, "web", { health: "up", admin: "drain" }), "drain up");
});

Deno.test("apply() says ready no more when HAProxy has not asked for a day", async () => {
  await using maintenance = await open(memoryStore());
  await maintenance.set("web", { mode: "ready" });
  clock.time += 24 * 3_600_000;
  assert.equal(said(maintenance, "web"), "up");
});

Deno.test("Maintenance survives a restart in each of its phases", async () => {
  const store = memoryStore();
  const wire = `http|http://10.0.0.1:8080/${"x".repeat(600)}`;
  {
    await using maintenance = await open(store);
    await maintenance.set("web", { mode: "drain", why: "new kernel", by: "ana", forMs: 60_000 });
    await maintenance.set(wire, { mode: "maint" });
  }
  {
    await using maintenance = await open(store);
    assert.equal(said(maintenance, wire), "maint up");
    assert.equal(said(maintenance, "web"), "drain up # new kernel");
    assert.equal(maintenance.of("web")?.by, "ana");
  }
  clock.time += 61_000; // it ended while nobody ran
  {
    await using maintenance = await open(store);
    assert.equal(said(maintenance, "web"), "ready up");
  }
  clock.time += 20_000;
  {
    await using maintenance = await open(store);
    assert.equal(said(maintenance, "web"), "ready up", "the restart has not begun the time anew");
    clock.time += 10_000;
    assert.equal(said(maintenance, "web"), "up");
  }
  assert.deepEqual((await store.list("")).entries.map(({ value }) => Object(value).name), [wire]);
});

Deno.test("set() holds also when nothing can be kept, and says so", async () => {
  const faults: unknown[] = [];
  const full: Store = {
    ...lasting(memoryStore()),
    put: (key) => Promise.reject(new StoreFailed(`keep "${key}"`, "the disk is full")),
  };
  await using maintenance = await open(full, { onFault: (cause) => faults.push(cause) });
  const view = await maintenance.set("web", { mode: "drain" });
  assert.equal(view.is_kept, false);
  assert.equal(said(maintenance, "web"), "drain up");
  assert.match(String(faults[0]), /Cannot keep "agent\/maintenance\/web": the disk is full/);
});

Deno.test("open() goes on without what is in a store that cannot be read", async () => {
  const store = memoryStore();
  await store[Symbol.asyncDispose]();
  const faults: unknown[] = [];
  await using maintenance = await open(store, { onFault: (cause) => faults.push(cause) });
  await maintenance.set("web", { mode: "drain" });
  assert.equal(said(maintenance, "web"), "drain up");
  assert.equal(faults.length, 2);
});

Deno.test("open() passes over notes that are none", async () => {
  const store = memoryStore();
  for (const [at, value] of [1, null, [], { name: "web" }, { name: 1, mode: "drain" }].entries()) {
    await store.put(`agent/maintenance/${at}`, value);
  }
  await using maintenance = await open(store);
  assert.deepEqual(maintenance.list(), []);
});

Deno.test("Maintenance takes what another process says of the same store, the newer before the older", async () => {
  const store = memoryStore();
  await using one = await open(store);
  await using other = await open(store);
  const seen = store.watch("");
  await one.set("web", { mode: "drain" });
  await seen.next();
  clock.time += 1;
  while (other.of("web") === undefined) await new Promise((resolve) => setTimeout(resolve));
  await other.set("web", { mode: "maint" });
  while (one.of("web")?.mode !== "maint") await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([one, other].map((each) => said(each, "web")), ["maint up", "maint up"]);
  await seen.return?.();
});

Deno.test("list() gives everything by name, with whether a restart would find it", async () => {
  await using maintenance = await open(lasting(memoryStore()));
  await maintenance.set("b", { mode: "maint" });
  await maintenance.set("a", { mode: "drain", forMs: 5_000, why: "w", by: "x" });
  assert.deepEqual(maintenance.list(), [
    { name: "a", mode: "drain", why: "w", by: "x", since: clock.time, until: clock.time + 5_000, is_kept: true },
    { name: "b", mode: "maint", why: "", by: "", since: clock.time, until: null, is_kept: true },
  ]);
});

/** A store that says of itself that it lasts. */
function lasting(store: Store): Store {
  return {
    isLasting: true,
    get: (key) => store.get(key),
    put: (key, value, options) => store.put(key, value, options),
    delete: (key, options) => store.delete(key, options),
    list: (prefix) => store.list(prefix),
    watch: (prefix, options) => store.watch(prefix, options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Wishes that make no sense. */
const REFUSED: readonly (readonly [string, Parameters<Maintenance["set"]>[1], string])[] = [
  ["", { mode: "drain" }, 'Cannot put "" into maintenance: that is no check\'s name'],
  ["web", { mode: "drain", forMs: 0 }, 'Cannot put "web" into maintenance: its duration must be longer'],
  ["web", { mode: "ready", forMs: 5 }, 'Cannot put "web" into maintenance: "ready" has no duration'],
  [
    "web",
    { mode: "drain", why: "x".repeat(1001) },
    'Cannot put "web" into maintenance: "why" is longer than 1000 characters',
  ],
];

for (const [name, wish, message] of REFUSED) {
  Deno.test(`set() says ${message}`, async () => {
    await using maintenance = await open(memoryStore());
    await assert.rejects(maintenance.set(name, wish), { code: "invalid_maintenance", message });
  });
}

Deno.test("what is said later counts, also when the clock was set back, and in another process", async () => {
  const store = memoryStore();
  await using one = await open(store);
  await using other = await open(store);
  await one.set("web", { mode: "drain" });
  while (other.of("web") === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  clock.time -= 600_000;
  await other.set("web", { mode: "ready" });
  while (one.of("web")?.mode === "drain") await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual([said(one, "web"), said(other, "web")], ["ready up", "ready up"]);
});

Deno.test("ready is not said for longer when the clock is set back", async () => {
  await using maintenance = await open(memoryStore());
  await maintenance.set("web", { mode: "drain" });
  await maintenance.set("web", { mode: "ready" });
  assert.equal(said(maintenance, "web"), "ready up");
  clock.time -= 3_600_000;
  assert.equal(said(maintenance, "web"), "up");
  clock.time += 3_600_000;
});

Deno.test("what is over is not removed where somebody has written anew meanwhile", async () => {
  const store = memoryStore();
  await using one = await open(store);
  await one.set("web", { mode: "drain", forMs: 1 });
  clock.time += 2;
  assert.equal(said(one, "web"), "ready up");
  clock.time += 60_000;
  {
    // Its note is in the store before this process has heard of it.
    await using other = await open(store);
    await other.set("web", { mode: "maint" });
    one.apply("web", "10.0.0.1:80", UP);
  }
  while (one.of("web")?.mode !== "maint") await new Promise((resolve) => setTimeout(resolve, 1));
  await using later = await open(store);
  assert.equal(said(later, "web"), "maint up");
});
