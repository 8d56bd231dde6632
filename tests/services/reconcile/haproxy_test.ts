import assert from "node:assert/strict";
import { formatPlan, route } from "../../../lib/services/reconcile/mod.ts";
import { memoryStore } from "../../../lib/store/mod.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { answerFor, CONFIGURATION, Known, Setting, startUnits, unitAt } from "./on_haproxy.ts";

const WEB = route({ service: "web", backend: "web" });
const TCP = route({ service: "web", backend: "tcp", min_share: 0 });

testEachHaproxy("Reconciler sends traffic to a unit as soon as it is known", CONFIGURATION, async (haproxy) => {
  await using units = startUnits("one", "two");
  const [one = 0, two = 0] = units.ports;
  const known = new Known();
  const routes = [route({ service: "web", backend: "web", options: { check: true, inter: "200ms", maxconn: 9 } })];
  await using setting = new Setting(haproxy, { services: known.registry, routes });
  setting.reconciler.start();
  await setting.next("pass", ({ cause }) => cause === "start");
  assert.equal(await answerFor(haproxy), "status 503");
  known.put(unitAt("web/0", one));
  assert.equal((await setting.next("pass")).cause, "change");
  assert.equal(await answerFor(haproxy), "one");
  known.put(unitAt("web/0", one), unitAt("web/1", two, { weight: 5 }));
  const { failed, differences } = await setting.next("pass");
  assert.deepEqual([failed, differences], [0, 0]);
  assert.deepEqual(new Set([await answerFor(haproxy), await answerFor(haproxy)]), new Set(["one", "two"]));
  assert.deepEqual((await setting.reconciler.plan()).steps, []);
  assert.equal(await setting.server("web/theirs").then((server) => server?.state), "forced_maint");
});

testEachHaproxy("Reconciler deletes a server when its last connection has ended", CONFIGURATION, async (haproxy) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const known = new Known().put(unitAt("web/0", listener.addr.port));
  await using setting = new Setting(haproxy, { services: known.registry, routes: [TCP] });
  await setting.once();
  const held = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
  const accepted = await listener.accept();
  known.put(unitAt("web/1", listener.addr.port + 1));
  const { results } = await setting.once();
  assert.deepEqual(results.map(({ step, ok }) => [step.kind, ok]), [["add", true], ["drain", true], ["delete", true]]);
  // The held connection keeps nothing else from being done.
  known.put(unitAt("web/1", listener.addr.port + 1), unitAt("web/2", listener.addr.port + 2));
  assert.ok((await setting.once()).results.some(({ step, ok }) => step.server === "happi-web-2" && ok));
  assert.equal((await setting.server("tcp/happi-web-0"))?.state, "forced_drain");
  assert.equal(setting.reconciler.metrics.departing, 1);
  held.close();
  accepted.close();
  listener.close();
  assert.equal((await setting.next("step", ({ step }) => step === "delete")).ok, true);
  assert.equal(await setting.server("tcp/happi-web-0"), undefined);
  assert.equal(setting.reconciler.metrics.sessions_shut, 0);
});

testEachHaproxy("Reconciler shuts sessions that outlive the time for draining", CONFIGURATION, async (haproxy) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const known = new Known().put(unitAt("web/0", listener.addr.port));
  const routes = [route({ ...TCP, drain_ms: 100 })];
  await using setting = new Setting(haproxy, { services: known.registry, routes });
  await setting.once();
  const held = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
  const accepted = await listener.accept();
  known.put();
  await setting.once();
  const [ended, read] = await Promise.all([
    setting.next("step", ({ step }) => step === "delete"),
    held.read(new Uint8Array(1)).catch(() => null),
  ]);
  assert.equal(ended.ok, true);
  assert.equal(read, null, "HAProxy has ended the connection");
  assert.equal(setting.reconciler.metrics.sessions_shut, 1);
  for (const one of [held, accepted, listener]) one.close();
});

testEachHaproxy(
  "Reconciler calls a server back that is wanted again while it drains",
  CONFIGURATION,
  async (haproxy) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const unit = unitAt("web/0", listener.addr.port);
    const known = new Known().put(unit);
    await using setting = new Setting(haproxy, { services: known.registry, routes: [TCP] });
    await setting.once();
    const held = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
    const accepted = await listener.accept();
    known.put();
    await setting.once();
    known.put(unit);
    const { results, differences } = await setting.once();
    assert.deepEqual([results.map(({ step }) => step.kind), differences], [["change"], []]);
    assert.equal(setting.reconciler.metrics.departing, 0);
    for (const one of [held, accepted, listener]) one.close();
    assert.equal((await setting.server("tcp/happi-web-0"))?.state, "ready");
  },
);

testEachHaproxy("Reconciler changes address, port, weight and maxconn in place", CONFIGURATION, async (haproxy) => {
  const known = new Known().put(unitAt("web/0", 8001, { weight: 3 }));
  await using setting = new Setting(haproxy, { services: known.registry, routes: [WEB] });
  await setting.once();
  known.put({ unit: "web/0", hosts: [{ hostname: "127.0.0.2", port: 8002 }], weight: 7, maxconn: 12 });
  const { results, differences } = await setting.once();
  assert.deepEqual([results.map(({ step, ok }) => [step.kind, ok]), differences], [[["change", true]], []]);
  assert.deepEqual(await setting.server("web/happi-web-0"), { at: "127.0.0.2:8002", state: "ready", weight: 7 });
  const [row] = (await setting.client.getStat({ proxy: "web" })).filter(({ svname }) => svname === "happi-web-0");
  assert.equal(row?.slim, 12);
});

testEachHaproxy("Reconciler looks names up, and takes IPv6 addresses", CONFIGURATION, async (haproxy) => {
  const known = new Known().put(
    { unit: "web/0", hosts: [{ hostname: "app.test", port: 80 }] },
    { unit: "web/1", hosts: [{ hostname: "0:0::1", port: 81 }] },
  );
  let addresses = ["127.0.0.9", "127.0.0.3"];
  const resolve = (name: string) =>
    name === "app.test" && addresses.length > 0 ? Promise.resolve(addresses) : Promise.reject(new Error("no answer"));
  await using setting = new Setting(haproxy, { services: known.registry, routes: [WEB], resolve });
  assert.deepEqual((await setting.once()).differences, []);
  assert.equal((await setting.server("web/happi-web-0"))?.at, "127.0.0.3:80");
  assert.equal((await setting.server("web/happi-web-1"))?.at, "::1:81");
  addresses = [];
  const plan = await setting.reconciler.plan();
  assert.deepEqual(plan.steps, []);
  assert.deepEqual(plan.problems.map(({ why }) => why), ['Cannot look up "app.test": no answer']);
});

testEachHaproxy("Reconciler puts units on prepared servers of a static backend", CONFIGURATION, async (haproxy) => {
  await using units = startUnits("one", "two");
  const [one = 0, two = 0] = units.ports;
  const known = new Known().put(unitAt("web/0", one, { weight: 9 }), unitAt("web/1", two));
  const map = [{ file: haproxy.file("hosts.map"), key: "web.test", value: "{backend}" }];
  const routes = [route({ service: "web", backend: "prepared", server_template: "slot", map, drain_ms: 0 })];
  await using setting = new Setting(haproxy, { services: known.registry, routes });
  const { results, differences } = await setting.once();
  assert.deepEqual(results.map(({ ok, reason }) => [ok, reason]), [[true, null], [true, null], [true, null]]);
  assert.deepEqual(differences, []);
  assert.deepEqual(new Set([await answerFor(haproxy), await answerFor(haproxy)]), new Set(["one", "two"]));
  known.put(unitAt("web/1", two));
  await setting.once();
  assert.equal((await setting.next("step", ({ step }) => step === "release")).ok, true);
  assert.equal((await setting.server("prepared/slot1"))?.state, "forced_maint");
  assert.deepEqual([await answerFor(haproxy), await answerFor(haproxy)], ["two", "two"]);
  assert.deepEqual((await setting.reconciler.plan()).steps, []);
});

testEachHaproxy(
  "Reconciler says which backends take no servers, in HAProxy's words",
  CONFIGURATION,
  async (haproxy) => {
    const known = new Known().put(unitAt("web/0", 8001));
    const routes = ["prepared", "by_source", "consistent"].map((backend) => route({ service: "web", backend }));
    await using setting = new Setting(haproxy, { services: known.registry, routes });
    const before = await haproxy.ask("show servers state");
    const { steps, problems } = await setting.reconciler.plan();
    assert.equal(await haproxy.ask("show servers state"), before, "asking changes nothing");
    assert.deepEqual(steps.map(({ backend }) => backend), ["consistent"]);
    assert.deepEqual(problems.map(({ why }) => why.split("; ")[0]), [
      'Cannot add servers to backend "by_source": Backend must use a dynamic load balancing to support dynamic servers',
      'Cannot add servers to backend "prepared": it balances by static-rr',
    ]);
  },
);

testEachHaproxy(
  "Reconciler keeps entries of maps and ACLs, and leaves other people's alone",
  CONFIGURATION,
  async (haproxy) => {
    const [hosts, from] = [haproxy.file("hosts.map"), haproxy.file("from.acl")];
    const entries = {
      map: [{ file: hosts, key: "{service}.test", value: "{backend}" }, {
        file: hosts,
        key: "file.test",
        value: "web",
      }],
      acl: [{ file: from, key: "{address}" }],
    };
    const known = new Known().put(unitAt("web/0", 8001));
    await using setting = new Setting(haproxy, { services: known.registry, routes: [route({ ...WEB, ...entries })] });
    assert.deepEqual((await setting.once()).differences, []);
    const mapNow = async () => (await setting.client.getMap(hosts)).map(({ key, value }) => `${key} ${value}`);
    const aclNow = async () => (await setting.client.getAcl(from)).map(({ pattern }) => pattern);
    assert.deepEqual(await mapNow(), ["file.test tcp", "web.test web"]);
    assert.deepEqual(await aclNow(), ["192.0.2.1", "127.0.0.1"]);
    assert.match(
      (await setting.next("problem")).why,
      /^Cannot set key "file.test" of map .* somebody else has put it in/,
    );
    setting.reconciler.setRoutes([route({ ...WEB, map: [{ file: hosts, key: "web.test", value: "tcp" }] })]);
    assert.deepEqual((await setting.once()).differences, []);
    assert.deepEqual(await mapNow(), ["file.test tcp", "web.test tcp"]);
    assert.deepEqual(await aclNow(), ["192.0.2.1"]);
  },
);

testEachHaproxy(
  "Reconciler refuses to empty a backend, says so once, and does it when forced",
  CONFIGURATION,
  async (haproxy) => {
    const known = new Known().put(...[0, 1, 2].map((one) => unitAt(`web/${one}`, 8001 + one)));
    const told: string[] = [];
    const onRefused = ({ why }: { why: string }) => void told.push(why);
    await using setting = new Setting(haproxy, { services: known.registry, routes: [WEB], onRefused });
    await setting.once();
    known.put();
    const plan = await setting.reconciler.plan();
    assert.match(
      formatPlan(plan),
      /^Refused: Cannot take backend "web" from 3 servers in traffic to 0: .*\n {2}- drain web/,
    );
    assert.deepEqual((await setting.reconciler.apply(plan)).results, []);
    await setting.once();
    assert.equal(told.length, 1);
    assert.equal((await setting.server("web/happi-web-0"))?.state, "ready");
    await setting.once({ force: true });
    await setting.reconciler.departed();
    for (let gone = 0; gone < 3; gone++) assert.ok((await setting.next("step", ({ step }) => step === "delete")).ok);
    assert.equal(await setting.server("web/happi-web-0"), undefined);
    await assert.rejects(setting.reconciler.apply(plan), /^StalePlan: Cannot carry out the plan/);
  },
);

testEachHaproxy("Reconciler mends what somebody has undone", CONFIGURATION, async (haproxy) => {
  const known = new Known().put(unitAt("web/0", 8001), unitAt("web/1", 8002));
  await using setting = new Setting(haproxy, { services: known.registry, routes: [WEB], intervalMs: 20 });
  setting.reconciler.start();
  await setting.next("pass", ({ steps }) => steps === 2);
  await haproxy.ask("set server web/happi-web-0 addr 127.0.0.9 port 1");
  await haproxy.ask("disable server web/happi-web-1");
  for (let mended = 0; mended < 2; mended++) {
    assert.ok((await setting.next("step", ({ step }) => step === "change")).ok);
  }
  await setting.next("pass", ({ cause }) => cause === "drift");
  assert.equal((await setting.server("web/happi-web-0"))?.at, "127.0.0.1:8001");
  assert.equal((await setting.server("web/happi-web-1"))?.state, "ready");
  assert.ok(setting.reconciler.metrics.drifts > 0);
});

testEachHaproxy(
  "Reconciler waits for a HAProxy that is away, and makes everything again",
  CONFIGURATION,
  async (haproxy) => {
    await using units = startUnits("one");
    const known = new Known().put(unitAt("web/0", units.ports[0] ?? 0));
    await using setting = new Setting(haproxy, { services: known.registry, routes: [WEB], intervalMs: 20 });
    setting.reconciler.start();
    await setting.next("pass", ({ steps }) => steps === 1);
    await haproxy.kill();
    await setting.next("away");
    assert.equal(setting.reconciler.metrics.is_away, true);
    await haproxy.start();
    await setting.next("pass", ({ steps }) => steps === 1);
    assert.equal(await answerFor(haproxy), "one");
  },
);

testEachHaproxy(
  "Reconciler makes everything again after a reload",
  { ...CONFIGURATION, master: true },
  async (haproxy) => {
    await using units = startUnits("one");
    const known = new Known().put(unitAt("web/0", units.ports[0] ?? 0));
    const routes = [route({ ...WEB, map: [{ file: haproxy.file("hosts.map"), key: "web.test", value: "web" }] })];
    await using setting = new Setting(haproxy, { services: known.registry, routes });
    setting.reconciler.start();
    await setting.next("pass", ({ steps }) => steps === 2);
    await haproxy.reload();
    setting.reconciler.wake("reload");
    const { cause, steps, differences } = await setting.next("pass");
    assert.deepEqual([cause, steps, differences], ["reload", 2, 0]);
    assert.equal(await answerFor(haproxy), "one");
  },
);

testEachHaproxy(
  "Reconciler knows its servers after a restart of happi, by the store",
  CONFIGURATION,
  async (haproxy) => {
    await using store = memoryStore();
    const routes = [
      route({ ...WEB, server: "{unit}", map: [{ file: haproxy.file("hosts.map"), key: "a", value: "web" }] }),
    ];
    const known = new Known().put(unitAt("web/0", 8001), unitAt("web/1", 8002));
    {
      await using before = new Setting(haproxy, { services: known.registry, routes, store });
      await before.once();
    }
    await haproxy.ask("add server web/2 127.0.0.1:8003");
    known.put(unitAt("web/1", 8002), unitAt("web/2", 8004));
    await using after = new Setting(haproxy, { services: known.registry, routes, store });
    const plan = await after.reconciler.plan();
    assert.deepEqual(plan.steps.map(({ kind, server }) => [kind, server]), [["drain", "0"], ["delete", "0"]]);
    assert.match(plan.problems[0]?.why ?? "", /^Cannot use server "web\/2" for unit "web\/2": somebody else made it$/);
    after.reconciler.setRoutes([route({ ...WEB, server: "{unit}" })]);
    const { results } = await after.once();
    assert.deepEqual(results.map(({ step }) => step.kind), ["map_delete", "drain", "delete"]);
  },
);

testEachHaproxy(
  "Reconciler does not take away while what comes in its place is refused",
  CONFIGURATION,
  async (haproxy) => {
    const known = new Known().put(unitAt("web/0", 8001));
    await using setting = new Setting(haproxy, { services: known.registry, routes: [WEB] });
    await setting.once();
    known.put(unitAt("web/1", 8002));
    setting.reconciler.setRoutes([route({ ...WEB, options: { keywords: "no-such-keyword" } })]);
    const { results, differences } = await setting.once();
    assert.deepEqual(results.map(({ step, ok }) => [step.kind, ok]), [["add", false], ["drain", false], [
      "delete",
      false,
    ]]);
    assert.match(results[0]?.reason ?? "", /unknown keyword/);
    assert.match(results[1]?.reason ?? "", /; 1 could not be added$/);
    assert.equal((await setting.server("web/happi-web-0"))?.state, "ready");
    assert.ok(differences.length > 0);
  },
);

testEachHaproxy("Reconciler leaves it to an agent what state a server is in", CONFIGURATION, async (haproxy) => {
  const agent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answer = async (words: string) => {
    using asking = await agent.accept();
    const buffer = new Uint8Array(99);
    const asked = new TextDecoder().decode(buffer.subarray(0, await asking.read(buffer) ?? 0));
    await asking.write(new TextEncoder().encode(words));
    return asked;
  };
  const agent_check = { addr: "127.0.0.1", port: agent.addr.port, send: "{service}@{unit}", inter: "50ms" };
  const routes = [route({ ...WEB, options: { agent_check, weight: 10 } })];
  const known = new Known().put(unitAt("web/0", 8001));
  await using setting = new Setting(haproxy, { services: known.registry, routes });
  assert.deepEqual((await setting.once()).differences, []);
  assert.equal(await answer("drain 50%\n"), "web@web/0");
  await answer("drain 50%\n"); // HAProxy asks again when it has taken the first answer in.
  assert.deepEqual(await setting.server("web/happi-web-0"), { at: "127.0.0.1:8001", state: "forced_drain", weight: 5 });
  assert.deepEqual((await setting.reconciler.plan()).steps, []);
  agent.close();
});

testEachHaproxy("Reconciler drains again what somebody takes back while it goes", CONFIGURATION, async (haproxy) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const known = new Known().put(unitAt("web/0", listener.addr.port));
  await using setting = new Setting(haproxy, { services: known.registry, routes: [TCP] });
  await setting.once();
  const held = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
  const accepted = await listener.accept();
  known.put();
  await setting.once();
  await haproxy.ask("set server tcp/happi-web-0 state ready");
  const { ok, reason } = await setting.next("step", ({ step }) => step === "delete");
  assert.deepEqual([ok, reason], [false, "it takes traffic again"]);
  assert.deepEqual((await setting.once()).results.map(({ step }) => step.kind), ["drain", "delete"]);
  for (const one of [held, accepted, listener]) one.close();
  await setting.reconciler.departed();
  assert.equal(await setting.server("tcp/happi-web-0"), undefined);
});

testEachHaproxy(
  "Reconciler knows its servers by their prefix when there is no store",
  CONFIGURATION,
  async (haproxy) => {
    const known = new Known().put(unitAt("web/0", 8001), unitAt("web/1", 8002));
    {
      await using before = new Setting(haproxy, { services: known.registry, routes: [WEB] });
      await before.once();
    }
    known.put(unitAt("web/1", 8003));
    await using after = new Setting(haproxy, { services: known.registry, routes: [WEB] });
    assert.deepEqual((await after.once()).results.map(({ step }) => [step.kind, step.server]), [
      ["change", "happi-web-1"],
      ["drain", "happi-web-0"],
      ["delete", "happi-web-0"],
    ]);
    assert.equal((await after.server("web/theirs"))?.state, "forced_maint");
  },
);
