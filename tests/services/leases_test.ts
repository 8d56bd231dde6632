import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidUnit, ServiceNotFound, TooManyUnits } from "../../lib/services/errors.ts";
import type { LeasesOptions } from "../../lib/services/lease.ts";
import { Leases } from "../../lib/services/leases.ts";
import { Registry } from "../../lib/services/registry.ts";
import type { Unit } from "../../lib/services/service.ts";
import { memoryStore } from "../../lib/store/mod.ts";

const UNIT: Unit = { unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] };

/** A clock that goes on when it is told to, and its timers. */
class Clock {
  /** The time of day, which may jump. */
  now = 1_000_000;
  #passedMs = 0;
  readonly #timers = new Map<symbol, { readonly at: number; readonly act: () => void }>();

  /** What leases are handed. */
  get options(): LeasesOptions {
    return {
      now: () => this.now,
      schedule: (act, ms) => {
        const id = Symbol();
        this.#timers.set(id, { at: this.#passedMs + ms, act });
        return () => void this.#timers.delete(id);
      },
    };
  }

  /** Lets time pass: what is due is done, in order. */
  pass(ms: number): void {
    const until = this.#passedMs + ms;
    for (;;) {
      const [next] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
      if (next === undefined || next[1].at > until) break;
      this.#timers.delete(next[0]);
      this.#passedMs = next[1].at;
      next[1].act();
    }
    this.#passedMs = until;
    this.now += ms;
  }

  /** Timers that nobody has called off. */
  get timers(): number {
    return this.#timers.size;
  }
}

/** The state of the only unit of `web`. */
function stateOf(registry: Registry): string {
  const [unit] = registry.get("web")?.units ?? [];
  return unit === undefined ? "gone" : unit.state ?? "ready";
}

Deno.test("Leases drain a unit that nobody renews, and forget it a while later", async () => {
  const [registry, clock] = [new Registry(), new Clock()];
  await using leases = await Leases.open(registry, { ...clock.options, drainMs: 30_000 });
  leases.register("web", UNIT, 15_000);
  const states = [14_999, 1, 29_999, 1].map((ms) => (clock.pass(ms), stateOf(registry)));
  assert.deepEqual(states, ["ready", "drain", "drain", "gone"]);
  assert.deepEqual(leases.stats(), { leases: 0, registered: 1, renewed: 0, expired: 1, faults: 0 });
  assert.equal(clock.timers, 0);
});

Deno.test("Leases end by the system's clock", async () => {
  const registry = new Registry();
  await using leases = await Leases.open(registry, { ttlMs: { least: 1, most: 1_000 }, drainMs: 1 });
  leases.register("web", UNIT, 1);
  const changes: string[] = [];
  for await (const item of registry.changes.read({ after: 0 })) {
    if (item.kind === "record" && changes.push(item.record.value.change) === 3) break;
  }
  assert.deepEqual(changes, ["added", "changed", "removed"]);
});

Deno.test("Leases that are closed leave no timer", async () => {
  const clock = new Clock();
  {
    await using leases = await Leases.open(new Registry(), clock.options);
    leases.register("web", UNIT, 15_000);
    assert.equal(clock.timers, 1);
  }
  assert.equal(clock.timers, 0);
});

Deno.test("Leases keep exactly the units that a model keeps, whatever is done in whatever order", async () => {
  const action = fc.oneof(
    fc.record({ act: fc.constant("register" as const), unit: fc.nat(2), ttl: fc.constantFrom(1_000, 5_000, null) }),
    fc.record({ act: fc.constantFrom("renew", "drain", "deregister"), unit: fc.nat(2) }),
    fc.record({ act: fc.constant("pass" as const), ms: fc.constantFrom(500, 999, 1_000, 4_000, 10_000) }),
    fc.record({ act: fc.constant("restart" as const) }),
  );
  await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
    await using store = memoryStore();
    const clock = new Clock();
    const options = { ...clock.options, store, drainMs: 2_000 };
    let registry = new Registry();
    let leases = await Leases.open(registry, options);
    const model = new Map<
      string,
      { state: string; byHand: string; ttl: number | null; left: number; isOver: boolean }
    >();
    for (const one of actions) {
      if (one.act === "pass") {
        clock.pass(one.ms);
        for (const [name, kept] of model) {
          if (kept.ttl === null) continue;
          kept.left -= one.ms;
          if (kept.left <= 0 && !kept.isOver) {
            Object.assign(kept, { state: "drain", isOver: true, left: kept.left + 2_000 });
          }
          if (kept.left <= 0) model.delete(name);
        }
      } else if (one.act === "restart") {
        await leases[Symbol.asyncDispose]();
        registry = new Registry();
        leases = await Leases.open(registry, options);
        for (const kept of model.values()) {
          // That its lease had ended is not kept: it begins anew, as it was before.
          Object.assign(kept, { isOver: false, left: kept.ttl ?? 0, state: kept.byHand });
        }
      } else {
        const name = `web/${one.unit}`;
        const kept = model.get(name);
        if (one.act === "register") {
          leases.register("web", { ...UNIT, unit: name }, one.ttl);
          model.set(name, { state: "ready", byHand: "ready", ttl: one.ttl, left: one.ttl ?? 0, isOver: false });
        } else if (one.act === "deregister") assert.equal(leases.deregister("web", name), model.delete(name));
        else if (kept === undefined || one.act === "renew" && kept.isOver) {
          assert.throws(() => leases[one.act === "renew" ? "renew" : "drain"]("web", name), ServiceNotFound);
        } else {
          leases[one.act === "renew" ? "renew" : "drain"]("web", name);
          if (!kept.isOver) {
            Object.assign(kept, {
              left: kept.ttl ?? 0,
              ...(one.act === "drain" ? { state: "drain", byHand: "drain" } : {}),
            });
          }
        }
      }
      const units = registry.get("web")?.units ?? [];
      assert.deepEqual(
        units.map(({ unit, state = "ready" }) => [unit, state]),
        [...model].map(([unit, { state }]) => [unit, state]).sort(),
      );
    }
    await leases[Symbol.asyncDispose]();
  }));
});

Deno.test("renew() gives a lease its whole time again", async () => {
  let now = 0;
  await using leases = await Leases.open(new Registry(), { now: () => now });
  assert.equal(leases.register("web", UNIT, 30_000).expires_at, 30_000);
  now = 10_000;
  assert.equal(leases.renew("web", "web/0").expires_at, 40_000);
  assert.equal(leases.get("web", "web/0")?.expires_at, 40_000);
});

Deno.test("renew() keeps a lease from ending", async () => {
  const [registry, clock] = [new Registry(), new Clock()];
  await using leases = await Leases.open(registry, clock.options);
  leases.register("web", UNIT, 15_000);
  for (let beats = 0; beats < 10; beats++) {
    clock.pass(14_000);
    leases.renew("web", "web/0");
  }
  assert.equal(stateOf(registry), "ready");
});

Deno.test("renew() refuses who comes too late, also while the unit is still drained and when the clock went back", async () => {
  const [registry, clock] = [new Registry(), new Clock()];
  await using leases = await Leases.open(registry, clock.options);
  leases.register("web", UNIT, 15_000);
  clock.pass(15_000);
  clock.now = 0;
  assert.throws(() => leases.renew("web", "web/0"), ServiceNotFound);
  assert.equal(leases.drain("web", "web/0").expires_at, 1_015_000);
  leases.register("web", UNIT, 30_000);
  assert.equal(stateOf(registry), "ready");
});

Deno.test("drain() takes traffic away and keeps the lease", async () => {
  const registry = new Registry();
  await using leases = await Leases.open(registry);
  leases.register("web", UNIT, 30_000);
  leases.drain("web", "web/0");
  assert.equal(leases.renew("web", "web/0").unit.state, "drain");
  assert.equal(registry.get("web")?.units[0]?.state, "drain");
  assert.throws(() => leases.drain("web", "web/1"), ServiceNotFound);
});

Deno.test("deregister() tells whether there was something to forget", async () => {
  const registry = new Registry();
  await using leases = await Leases.open(registry);
  leases.register("web", UNIT, null);
  assert.equal(leases.deregister("web", "web/0"), true);
  assert.equal(leases.deregister("web", "web/0"), false);
  assert.deepEqual(registry.list().services, []);
});

Deno.test("Leases are there after a restart, each with its whole time and as it was drained by hand", async () => {
  await using store = memoryStore();
  let now = 0;
  {
    await using leases = await Leases.open(new Registry(), { store, now: () => now });
    leases.register("web", UNIT, 30_000);
    leases.register("web", { ...UNIT, unit: "web/1", weight: 5 }, null);
    leases.register("api", { ...UNIT, unit: "api/0" }, 30_000);
    leases.drain("web", "web/0");
    leases.deregister("api", "api/0");
  }
  now = 1_000_000;
  const registry = new Registry();
  await using leases = await Leases.open(registry, { store, now: () => now });
  assert.deepEqual(registry.list().services, [{
    service: "web",
    units: [{ ...UNIT, state: "drain" }, { ...UNIT, unit: "web/1", weight: 5 }],
  }]);
  assert.equal(leases.get("web", "web/0")?.expires_at, 1_030_000);
  assert.equal(leases.get("web", "web/1")?.expires_at, null);
});

Deno.test("A lease that ended is not there after a restart", async () => {
  await using store = memoryStore();
  const clock = new Clock();
  {
    await using leases = await Leases.open(new Registry(), { ...clock.options, store });
    leases.register("web", UNIT, 15_000);
    clock.pass(60_000);
  }
  const registry = new Registry();
  await using _leases = await Leases.open(registry, { store });
  assert.equal(stateOf(registry), "gone");
});

Deno.test("Leases leave out what the store holds and nobody understands, and tell", async () => {
  await using store = memoryStore();
  await store.put("services/registered/web/a", { service: "web", unit: { unit: "a", hosts: "?" }, ttl_ms: null });
  await store.put("services/registered/web/b", "?");
  const faults: string[] = [];
  await using leases = await Leases.open(new Registry(), { store, onFault: (why) => faults.push(why) });
  assert.deepEqual(leases.list(), []);
  assert.match(faults.join(), /"hosts" must be a list/);
});

Deno.test("Leases hold although the store is lost, and tell", async () => {
  const store = memoryStore();
  const faults: string[] = [];
  const registry = new Registry();
  await using leases = await Leases.open(registry, { store, onFault: (why) => faults.push(why) });
  await store[Symbol.asyncDispose]();
  leases.register("web", UNIT, 30_000);
  await leases.flush();
  assert.equal(registry.get("web")?.units.length, 1);
  assert.equal(faults.length, 1);
  assert.equal(leases.stats().faults, 1);
});

Deno.test("register() writes nothing when it only renews", async () => {
  await using store = memoryStore();
  await using leases = await Leases.open(new Registry(), { store });
  for (let times = 0; times < 3; times++) leases.register("web", UNIT, 30_000);
  await leases.flush();
  assert.equal((await store.list("")).revision, 1);
  assert.deepEqual([leases.stats().registered, leases.stats().renewed], [1, 2]);
});

Deno.test("register() refuses times and names that do not fit, and more units than there may be", async () => {
  await using leases = await Leases.open(new Registry(), { maxUnits: 1 });
  for (const ttlMs of [0, 999, 86_400_001, NaN, Infinity]) {
    assert.throws(() => leases.register("web", UNIT, ttlMs), /a lease lasts from 1 to 86400 seconds/);
  }
  assert.throws(() => leases.register("a b", UNIT, null), InvalidUnit);
  leases.register("web", UNIT, null);
  leases.register("web", { ...UNIT, weight: 1 }, null);
  assert.throws(() => leases.register("web", { ...UNIT, unit: "web/1" }, null), TooManyUnits);
});
