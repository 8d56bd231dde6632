import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotApplied, NotFound } from "../../../lib/client/errors.ts";
import { CommandForbidden } from "../../../lib/socket/mod.ts";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

/** A TCP session through HAProxy that lasts until it is disposed. */
async function openSession(haproxy: RunningHaproxy): Promise<{ end(): void } & Disposable> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: haproxy.port("s1") });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
  const server = await listener.accept();
  let isOpen = true;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    for (const one of [client, server, listener]) one.close();
  };
  return { end, [Symbol.dispose]: end };
}

testEachHaproxy("drain() tells at once that a server without sessions is drained", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const { waited_ms, ...rest } = await client.drain("be_tcp/s1");
  assert.deepEqual(rest, { server: "be_tcp/s1", drained: true, sessions: 0, state: "drain" });
  assert.ok(waited_ms < 5_000);
  const { servers: [server] } = await client.getServersState("be_tcp");
  assert.deepEqual(server?.admin_states, ["forced_drain"]);
});

testEachHaproxy("drain() waits until the last session has gone", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  using session = await openSession(haproxy);
  const drained = client.drain("be_tcp/s1", { timeoutMs: 20_000 });
  for (;;) {
    const { servers: [server] } = await client.getServersState("be_tcp");
    if (server?.admin_states.includes("forced_drain")) break;
  }
  session.end();
  const { drained: isDrained, sessions } = await drained;
  assert.deepEqual([isDrained, sessions], [true, 0]);
});

testEachHaproxy("drain() reports sessions that outlived the timeout", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  using _session = await openSession(haproxy);
  const { waited_ms, ...rest } = await client.drain("#7/#1", { timeoutMs: 120 });
  assert.deepEqual(rest, { server: "#7/#1", drained: false, sessions: 1, state: "drain" });
  assert.ok(waited_ms >= 120);
  const after = await client.drain("be_tcp/s1", { timeoutMs: 0, until: "shutdown" });
  assert.deepEqual([after.drained, after.sessions, after.state], [false, 1, "maint"]);
  const end = await client.drain("be_tcp/s1");
  assert.deepEqual(
    [end.drained, end.state],
    [true, "maint"],
    "the session was shut, and the server stays in maintenance",
  );
  const { servers: [server] } = await client.getServersState("be_tcp");
  assert.deepEqual(server?.admin_states, ["forced_maint"]);
});

testEachHaproxy("drain() names what there is not, and what the socket forbids", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await assert.rejects(() => client.drain("be_tcp/s9"), NotFound);
  await assert.rejects(() => client.drain("nope/s1"), NotFound);
  await using user = new Client(haproxy.file("user.sock"));
  await assert.rejects(() => user.drain("be_tcp/s1"), CommandForbidden);
});

testEachHaproxy("drain() ends with the client's signal", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  using _session = await openSession(haproxy);
  const ending = new AbortController();
  const drained = client.with({ signal: ending.signal }).drain("be_tcp/s1", { timeoutMs: 60_000 });
  ending.abort(new Error("enough"));
  await assert.rejects(drained, /enough/);
});

testEachHaproxy(
  "drain() does not call a server drained that a reload has put back to work",
  { ...REALISTIC, master: true },
  async (haproxy) => {
    await using client = new Client(haproxy.socketPath);
    using _session = await openSession(haproxy);
    const ending = assert.rejects(() => client.drain("be_tcp/s1", { timeoutMs: 20_000, until: "maint" }), NotApplied);
    for (;;) {
      const { servers: [server] } = await client.getServersState("be_tcp");
      if (server?.admin_states.includes("forced_drain")) break;
    }
    await haproxy.reload();
    await ending;
    await using after = new Client(haproxy.socketPath);
    assert.deepEqual((await after.getServersState("be_tcp")).servers[0]?.admin_states, []);
  },
);

const STATE = "1\n# be_id be_name srv_id srv_name srv_op_state srv_admin_state\n7 web 2 s1 2 0\n\n";
const DRAINING = STATE.replace("2 0\n\n", "2 8\n\n");
const stat = (scur: number, qcur: number) => `# pxname,svname,scur,qcur,type,\nweb,s1,${scur},${qcur},2,\n\n`;

Deno.test("drain() asks in longer and longer steps, by numbers, and never beyond its time", async () => {
  let isAsked = false;
  const state = () => {
    const text = isAsked ? DRAINING : STATE;
    isAsked = true;
    return text;
  };
  const caller = new RecordingCaller({ "show servers state": state, "show stat": stat(2, 1) });
  const result = await call(caller, "drain", "web/s1", { timeoutMs: 300, until: "maint" });
  assert.deepEqual(result, { server: "web/s1", drained: false, sessions: 3, waited_ms: 300, state: "maint" });
  assert.deepEqual(caller.slept, [50, 75, 112.5, 62]);
  assert.deepEqual(caller.commands.slice(0, 3), [
    "show servers state web",
    "set server web/s1 state drain",
    "show stat #7 4 2",
  ]);
  assert.equal(caller.commands.at(-1), "set server web/s1 state maint");
});

Deno.test("drain() does not end a maintenance", async () => {
  const caller = new RecordingCaller({
    "show servers state": STATE.replace("2 0\n\n", "0 1\n\n"),
    "show stat": stat(0, 0),
  });
  const result = await call(caller, "drain", "web/s1");
  assert.deepEqual(result, { server: "web/s1", drained: true, sessions: 0, waited_ms: 0, state: "maint" });
  assert.deepEqual(caller.commands, ["show servers state web", "show stat #7 4 2", "show servers state web"]);
});

Deno.test("drain() says so when the server takes traffic again after its time, and does no more to it", async () => {
  const caller = new RecordingCaller({ "show servers state": STATE, "show stat": stat(0, 0) });
  await assert.rejects(() => call(caller, "drain", "web/s1", { until: "shutdown" }), NotApplied);
  assert.equal(caller.commands.at(-1), "show servers state web");
});
