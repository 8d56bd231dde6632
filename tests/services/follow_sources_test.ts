import assert from "node:assert/strict";
import {
  followSources,
  Leases,
  Registry,
  servicesMetrics,
  type Source,
  type SourceListener,
} from "../../lib/services/mod.ts";

/** A source that says what the test says. */
function source(name: string): Source & { listener: SourceListener | undefined; isEnded: boolean } {
  return {
    ...{ name, kind: "static", target: "here", listener: undefined, isEnded: false },
    start(listener) {
      this.listener = listener;
    },
    [Symbol.asyncDispose]() {
      this.isEnded = true;
      return Promise.resolve();
    },
  };
}

const WEB = new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "a", port: 1 }] }]]]);

Deno.test("followSources() knows all when every source has spoken, and a trouble is no word", async () => {
  const [one, other] = [source("one"), source("other")];
  const registry = new Registry();
  const followed = followSources(registry, [one, other]);
  let isKnown = false;
  const known = followed.known.then(() => isKnown = true);
  one.listener?.onPicture(WEB);
  other.listener?.onTrouble("nobody listens there");
  await Promise.resolve();
  assert.equal(isKnown, false);
  other.listener?.onPicture(new Map());
  await known;
  assert.equal(registry.get("web")?.units.length, 1);
  await followed[Symbol.asyncDispose]();
  assert.deepEqual([one.isEnded, other.isEnded], [true, true]);
});

Deno.test("followSources() shows how each source stands, and tells of troubles", async () => {
  const one = source("one");
  const told: (string | undefined)[] = [];
  const registry = new Registry();
  await using followed = followSources(registry, [one], { now: () => 5, onTrouble: (_, why) => told.push(why) });
  one.listener?.onPicture(WEB);
  one.listener?.onTrouble("nobody listens there");
  assert.deepEqual(followed.list(), [{
    ...{ name: "one", kind: "static", target: "here", services: 1, units: 1, updated_at: 5 },
    ...{ trouble: "nobody listens there", pictures_total: 1, troubles_total: 1 },
  }]);
  one.listener?.onTrouble(undefined);
  assert.equal(followed.list()[0]?.trouble, null);
  assert.deepEqual(told, ["nobody listens there", undefined]);
  assert.equal(registry.get("web")?.units.length, 1, "what it said last holds");
});

Deno.test("followSources() keeps sources apart from units that have registered themselves", async () => {
  const registry = new Registry();
  await using leases = await Leases.open(registry);
  const one = source("registered");
  await using _followed = followSources(registry, [one]);
  leases.register("web", { unit: "web/1", hosts: [{ hostname: "b", port: 2 }] }, null);
  one.listener?.onPicture(WEB);
  assert.deepEqual(registry.get("web")?.units.map(({ unit }) => unit), ["web/0", "web/1"]);
});

Deno.test("servicesMetrics() counts units by state, leases, and each source", async () => {
  const registry = new Registry();
  await using leases = await Leases.open(registry);
  const one = source("one");
  await using followed = followSources(registry, [one]);
  one.listener?.onPicture(WEB);
  one.listener?.onTrouble("away");
  leases.register("web", { unit: "web/1", hosts: [{ hostname: "b", port: 2 }], state: "drain" }, 5_000);
  leases.renew("web", "web/1");
  const metrics = servicesMetrics({ registry, leases, sources: followed.list });
  const value = (name: string, labels: Record<string, string> = {}) =>
    metrics.find((one) => one.name === `happi_services_${name}`)?.samples.find((sample) =>
      Object.entries(labels).every(([key, label]) => sample.labels[key] === label)
    )?.value;
  assert.deepEqual(
    [value("units", { service: "web", state: "ready" }), value("units", { service: "web", state: "drain" })],
    [1, 1],
  );
  assert.deepEqual([value("leases"), value("registered_total"), value("renewed_total")], [1, 1, 1]);
  assert.deepEqual([value("source_up", { source: "one" }), value("source_units", { source: "one" })], [0, 1]);
  assert.equal(value("haproxy_up"), undefined, "nobody keeps HAProxy in step");
});
