import assert from "node:assert/strict";
import { Client } from "../../../lib/client/mod.ts";
import { Reconciler, route } from "../../../lib/services/reconcile/mod.ts";
import { restore, type RunTimeDocument } from "../../../lib/services/reload/mod.ts";
import { Registry } from "../../../lib/services/registry.ts";
import { memoryStore } from "../../../lib/store/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { Kept } from "./on_haproxy.ts";

const MASTER = { ...REALISTIC, master: true };

testEachHaproxy("restore() does what is lacking, and tells what HAProxy refuses", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const documents: RunTimeDocument[] = [
    { kind: "server", name: "be_web/s1", weight: 100 },
    { kind: "server", name: "be_static/s1", weight: 5 },
    { kind: "server", name: "be_tcp/s1", weight: "40%", agent_send: "x" },
    { kind: "map", name: "/none.map", base: "file", entries: [["a", ["b"]]], without: [] },
    { kind: "crt_list", name: "/none.list", added: [{ certificate: "/a.pem" }], removed: [] },
    { kind: "certificate", name: "/none.pem", parts: { "/none.pem": "no PEM" } },
    { kind: "limit", name: "frontend none", method: "disableFrontend", args: ["none"] },
  ];
  const { made, same, failed, missing, differences } = await restore(client, documents);
  assert.deepEqual([made, same, differences], [[], 1, []]);
  assert.deepEqual(failed, [
    {
      subject: "server be_static/s1",
      why: "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.",
    },
    { subject: "server be_tcp/s1", why: "Agent was not configured on this server, cannot enable." },
  ]);
  assert.deepEqual(missing.map(({ subject }) => subject), [
    "map /none.map",
    "limit frontend none",
    "certificate /none.pem",
    "crt_list /none.list",
  ]);
});

testEachHaproxy("Keeper deletes servers again that were deleted", MASTER, async (haproxy) => {
  const store = memoryStore();
  await using kept = await Kept.open(haproxy, { store });
  await kept.client.deleteServer("be_web/s2", { timeoutMs: 1_000 });
  await kept.seen(store);
  await haproxy.reload();
  const { made, failed, differences } = await kept.next("restored");
  assert.deepEqual([made.map(({ subject }) => subject), failed, differences], [["server be_web/s2"], [], []]);
  const { servers } = await kept.plain.getServersState("be_web");
  assert.deepEqual(servers.map(({ srv_name }) => srv_name), ["s1", "s3"]);
});

testEachHaproxy("Keeper and Reconciler bring back what each of them made", MASTER, async (haproxy) => {
  const store = memoryStore();
  const hosts = haproxy.file("hosts.map");
  const registry = new Registry();
  registry.put("test", new Map([["app", [{ unit: "app/0", hosts: [{ hostname: "127.0.0.1", port: 8125 }] }]]]));
  const routes = [
    route({ service: "app", backend: "be_web", map: [{ file: hosts, key: "app.test", value: "be_web" }] }),
  ];
  const woken = Promise.withResolvers<void>();
  await using kept = await Kept.open(haproxy, { store, onRestored: () => woken.resolve() });
  await kept.seen(store);
  await using reconciler = new Reconciler({
    ...{ client: kept.plain, services: registry, routes, store, intervalMs: 60_000 },
    held: (backend, server) => kept.remembered.held(backend, server),
  });
  // The map is somebody's, replaced by hand; the reconciler's entry stands upon it.
  await kept.client.replaceMap(hosts, [{ key: "by.hand", value: "be_tcp" }]);
  await reconciler.apply(await reconciler.plan());
  await kept.client.setServerState("be_web/happi-app-0", "drain");
  const shown = async () => {
    await using client = new Client(haproxy.socketPath);
    const { servers } = await client.getServersState("be_web");
    const own = servers.find(({ srv_name }) => srv_name === "happi-app-0");
    const entries = (await client.getMap(hosts)).map(({ key, value }) => `${key} ${value}`);
    return [own?.admin_states, entries.sort()];
  };
  assert.deepEqual(await shown(), [["forced_drain"], ["app.test be_web", "by.hand be_tcp"]]);
  await haproxy.reload();
  await woken.promise;
  for (let pass = 0; pass < 2; pass++) await reconciler.apply(await reconciler.plan());
  assert.deepEqual(await shown(), [["forced_drain"], ["app.test be_web", "by.hand be_tcp"]]);
});

testEachHaproxy("restore() makes what it can beside what no command can say", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const documents: RunTimeDocument[] = [
    { kind: "server", name: "be_web/s1", address: "10.0.0.1 ; shutdown frontend fe_web" },
    { kind: "server", name: "be_web/s2", weight: 7 },
  ];
  const { made, missing } = await restore(client, documents);
  assert.deepEqual(made.map(({ subject }) => subject), ["server be_web/s2"]);
  assert.deepEqual(missing.map(({ subject }) => subject), ["server be_web/s1"]);
  assert.match(missing[0]?.why ?? "", /^Cannot use "10\.0\.0\.1 ; shutdown frontend fe_web" as address/);
});
