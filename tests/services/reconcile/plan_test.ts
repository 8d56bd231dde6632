import assert from "node:assert/strict";
import fc from "fast-check";
import { desired } from "../../../lib/services/reconcile/desired.ts";
import { makePlan, type Plan } from "../../../lib/services/reconcile/plan.ts";
import { type Route, route } from "../../../lib/services/reconcile/route.ts";
import type { Held } from "../../../lib/services/reconcile/server_steps.ts";
import { differences } from "../../../lib/services/reconcile/verify.ts";
import type { Service, Unit } from "../../../lib/services/service.ts";
import type { OwnedByBackend } from "../../../lib/services/reconcile/ownership.ts";
import { actualServer, ModelHaproxy } from "./model.ts";

const NOTHING: OwnedByBackend = new Map();
const WEB = route({ service: "web", backend: "web" });

const unit = (number: number, more: Partial<Unit> = {}): Unit => ({
  ...{ unit: `web/${number}`, hosts: [{ hostname: `10.0.0.${number}`, port: 80 }] },
  ...more,
});
const web = (...units: Unit[]): Service => ({ service: "web", units });

interface Given {
  readonly services: readonly Service[];
  readonly routes?: readonly Route[];
  readonly model: ModelHaproxy;
  readonly owned?: OwnedByBackend;
  readonly held?: (backend: string, server: string) => Held | undefined;
}

const planOf = ({ services, routes = [WEB], model, owned = NOTHING, held }: Given): Plan =>
  makePlan({
    ...{ desired: desired(services, routes), actual: model.actual(), owned, prefix: "happi-" },
    ...(held ? { held } : {}),
  });
const commandsOf = (plan: Plan) => plan.steps.flatMap(({ commands, then }) => [...commands, ...then]);

Deno.test("makePlan() adds a server for each unit, enabled before its checks begin", () => {
  const model = new ModelHaproxy().backend("web");
  const routes = [route({
    ...{ service: "web", backend: "web" },
    options: { check: true, check_port: 81, agent_check: { port: 9, send: "{service}/{unit}" }, weight: 5 },
  })];
  assert.deepEqual(commandsOf(planOf({ services: [web(unit(1, { maxconn: 7 }))], routes, model })), [
    "add server web/happi-web-1 10.0.0.1:80 weight 5 maxconn 7 check port 81 agent-check agent-port 9 " +
    "agent-send web/web/1",
    "enable server web/happi-web-1",
    "enable health web/happi-web-1",
    "enable agent web/happi-web-1",
  ]);
});

Deno.test("makePlan() adds a server that somebody holds back without a moment of traffic", () => {
  const model = new ModelHaproxy().backend("web");
  const plan = planOf({ services: [web(unit(1))], model, held: () => "drain" });
  assert.deepEqual(commandsOf(plan), [
    "add server web/happi-web-1 10.0.0.1:80",
    "set server web/happi-web-1 state drain",
  ]);
  assert.deepEqual(plan.steps.map(({ traffic }) => traffic), [0]);
});

Deno.test("makePlan() changes address, port, weight and maxconn in place", () => {
  const model = new ModelHaproxy().backend("web", [actualServer({ backend: "web", server: "happi-web-1" })]);
  const moved = unit(1, { hosts: [{ hostname: "10.0.0.9", port: 81 }], weight: 3, maxconn: 0 });
  const plan = planOf({ services: [web(moved)], model });
  assert.deepEqual(commandsOf(plan), [
    "set server web/happi-web-1 addr 10.0.0.9 port 81",
    "set server web/happi-web-1 weight 3",
  ]);
  assert.deepEqual(plan.steps.map(({ why }) => why), ["10.0.0.1:80 becomes 10.0.0.9:81; weight 1 becomes 3"]);
});

Deno.test("makePlan() drains and then deletes a server whose unit is gone, after what comes", () => {
  const model = new ModelHaproxy().backend("web", [actualServer({ backend: "web", server: "happi-web-1" })]);
  const plan = planOf({ services: [web(unit(2))], model });
  assert.deepEqual(plan.steps.map(({ kind, server }) => [kind, server]), [
    ["add", "happi-web-2"],
    ["drain", "happi-web-1"],
    ["delete", "happi-web-1"],
  ]);
  assert.deepEqual(plan.shares, [{ backend: "web", before: 1, after: 1, min_share: 0.5 }]);
});

Deno.test("makePlan() drains a unit that says so, and takes it back when it is ready", () => {
  const model = new ModelHaproxy().backend(
    "web",
    [1, 2].map((one) => actualServer({ backend: "web", server: `happi-web-${one}`, address: `10.0.0.${one}` })),
  );
  const draining = planOf({ services: [web(unit(1), unit(2, { state: "drain" }))], model });
  assert.deepEqual(commandsOf(draining), ["set server web/happi-web-2 state drain"]);
  model.carryOut(draining);
  assert.deepEqual(commandsOf(planOf({ services: [web(unit(1), unit(2, { state: "drain" }))], model })), []);
  assert.deepEqual(commandsOf(planOf({ services: [web(unit(1), unit(2))], model })), [
    "set server web/happi-web-2 state ready",
  ]);
});

Deno.test("makePlan() leaves the state to an agent that speaks, unless happi drained the server", () => {
  const routes = [route({ service: "web", backend: "web", options: { agent_check: { port: 9 } } })];
  const server = { backend: "web", server: "happi-web-1", agent: "on", agent_port: 9, state: "drain" } as const;
  const model = new ModelHaproxy().backend("web", [actualServer(server)]);
  const services = [web(unit(1))];
  assert.deepEqual(commandsOf(planOf({ services, routes, model })), []);
  const owned = new Map([["web", { servers: {}, drained: ["happi-web-1"], entries: [] }]]);
  assert.deepEqual(commandsOf(planOf({ services, routes, model, owned })), ["set server web/happi-web-1 state ready"]);
});

Deno.test("makePlan() leaves a server in the state that somebody holds it in", () => {
  const server = { backend: "web", server: "happi-web-1", state: "maint" } as const;
  const model = new ModelHaproxy().backend("web", [actualServer(server)]);
  const services = [web(unit(1))];
  assert.deepEqual(commandsOf(planOf({ services, model, held: () => "maint" })), []);
  assert.deepEqual(commandsOf(planOf({ services, model, held: () => "drain" })), [
    "set server web/happi-web-1 state drain",
  ]);
});

Deno.test("makePlan() does not touch a server of somebody else, and says that it is in the way", () => {
  const routes = [route({ service: "web", backend: "web", server: "{unit}" })];
  const model = new ModelHaproxy().backend("web", [
    actualServer({ backend: "web", server: "1", address: "192.0.2.1" }),
    actualServer({ backend: "web", server: "s1" }),
  ]);
  const services = [web(unit(1))];
  const plan = planOf({ services, routes, model });
  assert.deepEqual(plan.steps, []);
  assert.match(plan.problems[0]?.why ?? "", /^Cannot use server "web\/1" for unit "web\/1": somebody else made it$/);
  const told = [route({ service: "web", backend: "web", server: "{unit}", own: ["1"] })];
  assert.deepEqual(commandsOf(planOf({ services, routes: told, model })), ["set server web/1 addr 10.0.0.1 port 80"]);
  const owned = new Map([["web", { servers: { "1": "" }, drained: [], entries: [] }]]);
  assert.deepEqual(commandsOf(planOf({ services, routes, model, owned })), ["set server web/1 addr 10.0.0.1 port 80"]);
});

Deno.test("makePlan() keeps the servers of a name that cannot be looked up", () => {
  const named = unit(1, { hosts: [{ hostname: "web.test", port: 80 }] });
  const model = new ModelHaproxy().backend("web", [actualServer({ backend: "web", server: "happi-web-1" })]);
  const addresses = { found: new Map(), failed: new Map([["web.test", "no answer"]]) };
  const wanted = desired([web(named, unit(2))], [WEB], addresses);
  const plan = makePlan({ desired: wanted, actual: model.actual(), owned: NOTHING, prefix: "happi-" });
  assert.deepEqual(plan.steps.map(({ server }) => server), ["happi-web-2"]);
  assert.deepEqual(plan.problems.map(({ why }) => why), ['Cannot look up "web.test": no answer']);
});

Deno.test("makePlan() is content with any of a name's addresses", () => {
  const named = unit(1, { hosts: [{ hostname: "web.test", port: 80 }] });
  const model = new ModelHaproxy().backend("web", [
    actualServer({ backend: "web", server: "happi-web-1", address: "10.0.0.7" }),
  ]);
  const found = (addresses: string[]) => {
    const wanted = desired([web(named)], [WEB], { found: new Map([["web.test", addresses]]), failed: new Map() });
    return commandsOf(makePlan({ desired: wanted, actual: model.actual(), owned: NOTHING, prefix: "happi-" }));
  };
  assert.deepEqual(found(["10.0.0.1", "10.0.0.7"]), []);
  assert.deepEqual(found(["10.0.0.1", "10.0.0.2"]), ["set server web/happi-web-1 addr 10.0.0.1 port 80"]);
});

Deno.test("makePlan() refuses to take a backend below its share, and adds all the same", () => {
  const servers = [1, 2, 3, 4].map((one) =>
    actualServer({ backend: "web", server: `happi-web-${one}`, address: `10.0.0.${one}` })
  );
  const routes = [route({
    ...{ service: "web", backend: "web" },
    map: [{ file: "/hosts.map", key: "web.test", value: "{backend}" }],
  })];
  const model = new ModelHaproxy().backend("web", servers).file("map", "/hosts.map", { "web.test": "web" });
  const entries = [{ kind: "map", file: "/hosts.map", key: "old.test" }] as const;
  model.file("map", "/hosts.map", { "web.test": "web", "old.test": "web" });
  const owned = new Map([["web", { servers: {}, drained: [], entries }]]);
  const plan = planOf({ services: [web(unit(9))], routes, model, owned });
  assert.deepEqual(plan.steps.map(({ kind }) => kind), ["add"]);
  const [refusal] = plan.refused;
  assert.equal(
    refusal?.why,
    'Cannot take backend "web" from 4 servers in traffic to 1: a plan has to leave 2 of them, unless it is forced',
  );
  assert.deepEqual(refusal.steps.map(({ kind }) => kind).filter((kind) => kind === "map_delete"), ["map_delete"]);
  const half = planOf({ services: [web(unit(1), unit(2))], routes, model, owned });
  assert.deepEqual(half.refused, []);
});

Deno.test("makePlan() does not count servers that are down: they may go", () => {
  const servers = [1, 2, 3, 4].map((one) => ({
    ...actualServer({ backend: "web", server: `happi-web-${one}`, address: `10.0.0.${one}` }),
    takes_traffic: one === 1,
  }));
  const plan = planOf({ services: [web(unit(1))], model: new ModelHaproxy().backend("web", servers) });
  assert.deepEqual(plan.refused, []);
  assert.equal(plan.steps.filter(({ kind }) => kind === "delete").length, 3);
});

Deno.test("makePlan() says what is in the way: no such backend, none that takes servers, a server of other options", () => {
  const model = new ModelHaproxy().backend("web", [], "it balances by static-rr");
  const gone = route({ service: "web", backend: "gone" });
  assert.deepEqual(planOf({ services: [web(unit(1), unit(2))], routes: [WEB, gone], model }).problems, [
    { about: "gone", why: 'Cannot fill backend "gone": HAProxy has none of that name' },
    {
      about: "web",
      why: 'Cannot add servers to backend "web": it balances by static-rr; prepare some with "server-template" there ' +
        "and name its prefix as server_template of the route",
    },
  ]);
  const owned = new Map([["web", { servers: { "happi-web-1": "check" }, drained: [], entries: [] }]]);
  const there = new ModelHaproxy().backend("web", [actualServer({ backend: "web", server: "happi-web-1" })]);
  assert.match(planOf({ services: [web(unit(1))], model: there, owned }).problems[0]?.why ?? "", /made with "check"/);
});

Deno.test("makePlan() puts units on prepared servers, and frees those of units that are gone", () => {
  const slots = [1, 2, 10].map((one) =>
    actualServer({ backend: "web", server: `slot${one}`, address: "127.0.0.1", port: 1, state: "maint" })
  );
  const routes = [route({ service: "web", backend: "web", server_template: "slot", min_share: 0 })];
  const model = new ModelHaproxy().backend("web", slots, "it balances by static-rr");
  const plan = planOf({ services: [web(unit(1), unit(2), unit(3), unit(4))], routes, model });
  assert.deepEqual(plan.steps.map(({ kind, server }) => [kind, server]), [
    ["take", "slot1"],
    ["take", "slot2"],
    ["take", "slot10"],
  ]);
  assert.match(plan.problems[0]?.why ?? "", /^Cannot find a server for 1 units in backend "web"/);
  model.carryOut(plan);
  const later = planOf({ services: [web(unit(2), unit(4))], routes, model, owned: plan.owned });
  assert.deepEqual(later.steps.map(({ kind, server }) => [kind, server]), [
    ["drain", "slot1"],
    ["drain", "slot10"],
    ["release", "slot1"],
    ["release", "slot10"],
  ], "unit 4 waits until one is free");
});

Deno.test("makePlan() keeps maps and ACLs: its own entries alone", () => {
  const routes = [route({
    ...{ service: "web", backend: "web" },
    map: [
      { file: "/hosts.map", key: "{service}.test", value: "{backend}" },
      { file: "/hosts.map", key: "theirs.test", value: "{backend}" },
      { file: "/none.map", key: "a", value: "b" },
    ],
    acl: [{ file: "/from.acl", key: "{address}" }],
  })];
  const model = new ModelHaproxy().backend("web").file("acl", "/from.acl");
  model.file("map", "/hosts.map", { "theirs.test": "other" });
  const plan = planOf({ services: [web(unit(1), unit(2))], routes, model });
  assert.deepEqual(commandsOf(plan).filter((one) => /map|acl/.test(one)), [
    "add map /hosts.map web.test web",
    "add acl /from.acl 10.0.0.1",
    "add acl /from.acl 10.0.0.2",
  ]);
  assert.equal(plan.problems.length, 2);
  model.carryOut(plan);
  const moved = [route({ ...routes[0], map: [{ file: "/hosts.map", key: "{service}.test", value: "b2" }] })];
  const later = planOf({ services: [web(unit(1))], routes: moved, model, owned: plan.owned });
  assert.deepEqual(commandsOf(later).filter((one) => /map|acl/.test(one)), [
    "set map /hosts.map web.test b2",
    "del acl /from.acl 10.0.0.2",
  ]);
  assert.deepEqual(later.problems, []);
});

Deno.test("makePlan() drains what it made in a backend that no route leads to any more", () => {
  const servers = [1, 2].map((one) => actualServer({ backend: "web", server: `happi-web-${one}` }));
  const model = new ModelHaproxy().backend("web", [...servers, actualServer({ backend: "web", server: "s1" })]);
  const plan = planOf({ services: [], routes: [], model });
  assert.deepEqual(plan.steps, [], "one of three is too few");
  assert.deepEqual(plan.refused[0]?.steps.map(({ kind, server }) => [kind, server]), [
    ["drain", "happi-web-1"],
    ["drain", "happi-web-2"],
    ["delete", "happi-web-1"],
    ["delete", "happi-web-2"],
  ]);
});

Deno.test("makePlan() releases no prepared server and no entry while a unit cannot be looked up", () => {
  const slots = [actualServer({ backend: "web", server: "slot1", address: "10.0.0.7" })];
  const model = new ModelHaproxy().backend("web", slots).file("acl", "/a", { "10.0.0.7": null });
  const entries = [{ kind: "acl", file: "/a", key: "10.0.0.7" }] as const;
  const owned = new Map([["web", { servers: {}, drained: [], entries }]]);
  const acl = [{ file: "/a", key: "{address}" }];
  const routes = [route({ service: "web", backend: "web", server_template: "slot", min_share: 0, acl })];
  const services = [web(unit(1, { hosts: [{ hostname: "web.test", port: 80 }] }))];
  assert.deepEqual(planOf({ services, routes, model, owned }).steps, []);
  assert.deepEqual(planOf({ services: [], routes, model, owned }).steps.map(({ kind }) => kind), [
    "acl_delete",
    "drain",
    "release",
  ]);
});

/** Units with places of their own, in a few backends, and what HAProxy may have before. */
const someUnits = fc.uniqueArray(
  fc.record({
    number: fc.integer({ min: 1, max: 12 }),
    port: fc.integer({ min: 80, max: 82 }),
    weight: fc.option(fc.integer({ min: 0, max: 256 }), { nil: undefined }),
    maxconn: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
    state: fc.constantFrom("ready", "ready", "drain"),
  }),
  { selector: ({ number }) => number, maxLength: 12 },
).map((units) =>
  web(...units.map(({ number, port, weight, maxconn, state }) => ({
    ...unit(number, { state, hosts: [{ hostname: `10.0.0.${number}`, port }] }),
    ...(weight === undefined ? {} : { weight }),
    ...(maxconn === undefined ? {} : { maxconn }),
  })))
);
const someServers = fc.uniqueArray(
  fc.record({
    server: fc.constantFrom("happi-web-1", "happi-web-2", "happi-web-99", "s1", "s2", "slot1", "slot2", "slot3"),
    address: fc.constantFrom("10.0.0.1", "10.0.0.2", "192.0.2.1"),
    port: fc.integer({ min: 80, max: 82 }),
    weight: fc.integer({ min: 0, max: 256 }),
    state: fc.constantFrom("ready", "drain", "maint"),
    check: fc.constantFrom("off", "on"),
  }),
  { selector: ({ server }) => server },
);
const someRoute = fc.record({
  options: fc.constantFrom({}, { check: true, weight: 3 }),
  slots: fc.boolean(),
}).map(({ options, slots }) =>
  route({
    ...{ service: "web", backend: "web", options },
    map: [{ file: "/m", key: "{service}.test", value: "{backend}" }],
    acl: slots ? [] : [{ file: "/a", key: "{address}" }],
    ...(slots ? { server_template: "slot" } : {}),
  })
);

Deno.test("makePlan() carried out is followed by an empty plan, has every unit in traffic, and touches nobody else's", () => {
  fc.assert(
    fc.property(someUnits, someUnits, someServers, someRoute, (first, second, servers, itsRoute) => {
      const found = servers.map((one) => actualServer({ backend: "web", ...one }));
      const model = new ModelHaproxy().backend("web", found).file("map", "/m", { x: "y" }).file("acl", "/a", {
        z: null,
      });
      const isForeign = ({ server }: { server: string }) =>
        !server.startsWith("happi-") && !(itsRoute.server_template && server.startsWith("slot"));
      const foreign = found.filter(isForeign);
      let owned = NOTHING;
      for (const service of [first, second]) {
        // A seat that is given up is free in the next plan: two plans, then nothing.
        for (let round = 0; round < 2; round++) {
          const plan = planOf({ services: [service], routes: [itsRoute], model, owned });
          model.carryOut(plan, { force: true });
          owned = plan.owned;
        }
        const pictures = {
          ...{ desired: desired([service], [itsRoute]), actual: model.actual(), owned, prefix: "happi-" },
        };
        const again = makePlan(pictures);
        assert.deepEqual([again.steps, again.refused], [[], []]);
        assert.deepEqual(differences(pictures), []);
        const after = [...model.backends.get("web")?.servers.values() ?? []];
        assert.deepEqual(after.filter(isForeign), foreign);
        const places = after.filter((one) => !isForeign(one) && one.state === "ready")
          .map(({ address, port }) => `${address}:${port}`).sort();
        const wanted = service.units.filter(({ state }) => state === "ready")
          .flatMap(({ hosts }) => hosts.map(({ hostname, port }) => `${hostname}:${port}`)).sort();
        if (!itsRoute.server_template) assert.deepEqual(places, wanted);
        else assert.ok(places.every((place) => wanted.includes(place)) && new Set(places).size === places.length);
        assert.deepEqual(model.files.get("map /m")?.get("x"), ["y"]);
        assert.equal(model.files.get("map /m")?.has("web.test"), service.units.length > 0);
        assert.ok(model.files.get("acl /a")?.has("z"));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("makePlan() leaves somebody's server alone that is called as what every object has", () => {
  const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
  const model = new ModelHaproxy().backend("web", names.map((server) => actualServer({ backend: "web", server })));
  const owned: OwnedByBackend = new Map([["web", { servers: {}, drained: [], entries: [] }]]);
  assert.deepEqual(planOf({ services: [web()], model, owned }).steps, []);
});

Deno.test("makePlan() goes on when a unit says of itself what no command can say", () => {
  const model = new ModelHaproxy().backend("web").file("map", "/m").file("acl", "/a");
  const routes = [route({
    ...{ service: "web", backend: "web", options: { agent_check: { port: 9, send: "{meta.said}" } } },
    map: [{ file: "/m", key: "{meta.said}", value: "{backend}" }, { file: "/m", key: "{unit}", value: "{meta.said}" }],
    acl: [{ file: "/a", key: "{meta.said}" }],
  })];
  for (const said of ["", "a\0b", "a\nb", "\ud800"]) {
    const plan = planOf({
      services: [web(unit(1, { meta: { said } }), unit(2, { meta: { said: "x" } }))],
      routes,
      model,
    });
    assert.deepEqual(plan.steps.map(({ commands }) => commands[0]), [
      "add server web/happi-web-1 10.0.0.1:80 agent-check agent-port 9",
      "add server web/happi-web-2 10.0.0.2:80 agent-check agent-port 9 agent-send x",
      "add map /m web/2 x",
      "add map /m x web",
      "add acl /a x",
    ]);
    assert.match(plan.problems[0]?.why ?? "", /^Cannot send its agent ".*" for unit "web\/1" of "web"/s);
    assert.equal(plan.problems.length, 4);
  }
});
