import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { InvalidArgument, NotFound } from "../../../lib/client/errors.ts";
import { CommandForbidden } from "../../../lib/socket/mod.ts";
import type { LaunchContext } from "../../../scripts/haproxy/launch.ts";
import { realisticConfig } from "../../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

/** With rows for listeners. */
const LISTENERS = {
  ...REALISTIC,
  config: (context: LaunchContext) =>
    realisticConfig(context).replace("frontend fe_tcp\n", "frontend fe_tcp\n  option socket-stats\n"),
};

testEachHaproxy("getStat() filters by proxy, kind, server and state", LISTENERS, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const names = async (filter: Parameters<Client["getStat"]>[0]) =>
    (await client.getStat(filter)).map((row) => `${row.pxname}/${row.svname}`);
  assert.ok((await client.getStat()).length > 15);
  assert.deepEqual(await names({ proxy: "be_web" }), ["be_web/s1", "be_web/s2", "be_web/s3", "be_web/BACKEND"]);
  assert.deepEqual(await names({ proxy: "be_web", kinds: ["backend"] }), ["be_web/BACKEND"]);
  assert.deepEqual(await names({ proxy: "be_web", kinds: ["server"], sid: 2 }), ["be_web/s2"]);
  assert.deepEqual(await names({ proxy: "fe_tcp", kinds: ["listener"] }), ["fe_tcp/sock-1"]);
  assert.deepEqual(await names({ proxy: "#3", kinds: ["frontend", "listener"] }), ["fe_tcp/FRONTEND", "fe_tcp/sock-1"]);
  assert.deepEqual(await names({ proxy: "be_web", kinds: ["frontend"] }), [], "there are none, and that is no error");
  const frontends = await client.getStat({ kinds: ["frontend"] });
  assert.deepEqual([...new Set(frontends.map((row) => row.kind))], ["frontend"]);
  await client.setServerState("be_tcp/s1", "maint");
  assert.deepEqual(await names({ proxy: "be_tcp", kinds: ["server"], only: "no-maint" }), []);
  assert.deepEqual(await names({ proxy: "be_tcp", kinds: ["server"], only: "up" }), []);
});

testEachHaproxy("getStat() and getStatTyped() say when there is no such proxy", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await assert.rejects(() => client.getStat({ proxy: "nope" }), NotFound);
  await assert.rejects(() => client.getStat({ proxy: "nope", kinds: ["server"], only: "up" }), NotFound);
  await assert.rejects(() => client.getStat({ proxy: "#999" }), NotFound);
  await assert.rejects(() => client.getStatTyped({ proxy: "nope" }), NotFound);
});

testEachHaproxy("getStatTyped() gives the same objects, with explanations when asked", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("user.sock"));
  const objects = await client.getStatTyped({ proxy: "be_web", description: true });
  const names = objects.map(({ fields }) => fields.find((field) => field.name === "svname")?.value);
  assert.deepEqual(names, ["s1", "s2", "s3", "BACKEND"]);
  assert.ok(objects[0]?.fields.every((field) => field.description !== undefined));
  const [server] = await client.getStatTyped({ proxy: "be_web", kinds: ["server"], sid: 3 });
  assert.deepEqual([server?.kind, server?.sid], ["server", 3]);
  assert.ok(server?.fields.every((field) => field.description === undefined));
});

testEachHaproxy("clearCounters() resets, within what the level allows", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const [before] = await client.getStat({ proxy: "fe_web", kinds: ["frontend"] });
  assert.equal(before?.stot, 0);
  await fetch(`http://127.0.0.1:${haproxy.port("web")}/`, { headers: { "x-client": "bad-client" } }).then((r) =>
    r.text()
  );
  const count = async () => (await client.getStat({ proxy: "fe_web", kinds: ["frontend"] }))[0]?.stot;
  assert.equal(await count(), 1);
  await client.clearCounters();
  assert.equal(await count(), 1);
  await using operator = new Client(haproxy.file("operator.sock"));
  await operator.clearCounters();
  await assert.rejects(() => operator.clearCounters({ all: true }), CommandForbidden);
  await client.clearCounters({ all: true });
  assert.equal(await count(), 0);
});

testEachHaproxy("getResolverStat() lists name servers with their counters", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const section = (await client.getResolverStat()).find((one) => one.name === "dns1");
  assert.deepEqual(section?.nameservers.map((one) => one.name), ["nobody"]);
});

Deno.test("getStat() refuses kinds and proxies that cannot be", async () => {
  const caller = new RecordingCaller();
  for (
    const filter of [{ kinds: ["servers"] }, { kinds: "server" }, { proxy: "a b" }, { sid: 0 }, { only: "down" }, {
      x: 1,
    }]
  ) {
    await assert.rejects(call(caller, "getStat", filter), InvalidArgument, JSON.stringify(filter));
  }
  assert.deepEqual(caller.commands, []);
});
