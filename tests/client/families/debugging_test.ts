/** What goes on inside: activity, pools, tasks, profiling, traces, the CLI itself. Read from every real HAProxy. */

import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotFound } from "../../../lib/client/errors.ts";
import { CommandRefused } from "../../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

const OLD = { name: "UnsupportedCommand", since: "2.8" };

testEachHaproxy(
  "activity, pools, threads, tasks, descriptors and libraries can be read",
  REALISTIC,
  async (haproxy) => {
    await using client = new Client(haproxy.socketPath);
    const isOld = haproxy.build.version === "2.6";
    assert.ok((await client.getActivity()).counters.some((one) => one.name === "loops"));
    const { pools } = await client.getPools();
    assert.ok(pools.some((pool) => pool.name === "buffer"));
    assert.ok((await client.getThreads()).some((thread) => thread.is_current));
    assert.ok((await client.getTasks()).threads > 0);
    const descriptors = await client.getFileDescriptors();
    assert.ok(descriptors.some((one) => one.fields["fe"] === "fe_tcp"));
    const [first] = descriptors;
    assert.deepEqual((await client.getFileDescriptors({ fd: first?.fd ?? 0 })).map((one) => one.fd), [first?.fd]);
    assert.deepEqual(await client.getFileDescriptors({ fd: 99_999 }), []);
    assert.ok((await client.getLibraries()).some((one) => one.path.includes("libc")));
    if (isOld) {
      for (
        const asking of [
          () => client.getActivity(1),
          () => client.getPools({ by: "size" }),
          () => client.getPools({ match: "buf" }),
          () => client.getFileDescriptors({ kinds: "l" }),
          () => client.getProfiling({ by: "time" }),
          () => client.getQuic(),
        ]
      ) await assert.rejects(asking, OLD);
      await assert.rejects(() => client.getDevInfo(), { name: "UnsupportedCommand", since: "2.9" });
      return;
    }
    assert.equal((await client.getActivity(1)).thread_id > 0, true);
    const one = await client.getPools({ by: "usage", match: "buf", limit: 1 });
    assert.deepEqual(one.pools.map((pool) => pool.name), ["buffer"]);
    assert.ok((await client.getFileDescriptors({ kinds: "l" })).length < descriptors.length);
    assert.equal((await client.getDevInfo()).features["OPENSSL"], true);
    assert.match(await client.getQuic(), /^# conn/);
    assert.equal(await client.getQuic("full"), "");
    const detailed = client.getPools({ detailed: true });
    if (haproxy.build.version === "3.0") {
      await assert.rejects(detailed, { name: "UnsupportedCommand", since: "3.2" });
    } else assert.ok((await detailed).pools.some((pool) => pool.detail.length > 1));
  },
);

testEachHaproxy("setProfiling() turns the profiler of tasks on and off", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const state = async () => (await client.getProfiling({ what: "status" })).status[0]?.state;
  await client.setProfiling("tasks", "on");
  assert.equal(await state(), "on");
  await client.setProfiling("tasks", "off");
  assert.equal(await state(), "off");
  await assert.rejects(() => client.setProfiling("memory", "on"), /not compiled in/);
  await assert.rejects(() => client.setProfiling("tasks", "lock"), { name: "UnsupportedCommand", since: "3.3" });
  assert.ok(Array.isArray((await client.getProfiling({ what: "tasks", by: "addr", limit: 3 })).tasks));
  assert.ok((await client.getProfiling()).status.length > 0);
});

testEachHaproxy("debug counters can be read, reset and turned off", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  if (haproxy.build.version === "2.6") {
    await assert.rejects(() => client.getDebugCounters(), { name: "UnsupportedCommand", since: "3.1" });
    return;
  }
  await client.resetDebugCounters();
  assert.ok((await client.getDebugCounters()).every((one) => one.count !== 0));
  const bugs = await client.getDebugCounters({ type: "bug", all: true });
  assert.ok(bugs.length > 10 && bugs.every((one) => one.type === "BUG"));
  const turning = client.setDebugCounters("off");
  if (haproxy.build.version === "3.0") await assert.rejects(turning, { name: "UnsupportedCommand", since: "3.1" });
  else await turning;
});

testEachHaproxy("stats files can be dumped since 3.0", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  if (haproxy.build.version === "2.6") {
    await assert.rejects(() => client.getStatsFile(), { name: "UnsupportedCommand", since: "3.0" });
    await assert.rejects(() => client.dumpStatsFile(), { name: "UnsupportedCommand", since: "3.0" });
    return;
  }
  assert.deepEqual((await client.getStatsFile()).map((section) => section.type), ["fe", "be"]);
  assert.match(await client.dumpStatsFile(), /^#fe guid,[^\n]*\n\n#be guid,[^\n]*\n$/);
});

testEachHaproxy("setTrace() starts a trace and stopTraces() ends it", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const state = async () => (await client.getTraceSources()).find((one) => one.name === "h1")?.state;
  assert.equal(await state(), "stopped");
  await client.setTrace("h1", "sink", "buf0");
  await client.setTrace("h1", "level", "user");
  await client.setTrace("h1", "event", "any");
  await client.setTrace("h1", "start", "now");
  assert.equal(await state(), "running");
  assert.equal((await client.getTrace("h1")).sink, "buf0");
  await client.stopTraces();
  assert.equal(await state(), "stopped");
  await assert.rejects(() => client.setTrace("h1", "sink", "nope"), NotFound);
  await assert.rejects(() => client.setTrace("nope", "sink", "buf0"), NotFound);
  await assert.rejects(() => client.getTrace("nope"), NotFound);
  await assert.rejects(() => client.setTrace("h1", "level", "loud"), CommandRefused);
});

testEachHaproxy("level, sockets, environment, logs and anonymized mode can be read", REALISTIC, async (haproxy) => {
  for (const [socket, level] of [["user.sock", "user"], ["operator.sock", "operator"]] as const) {
    await using lower = new Client(haproxy.file(socket));
    assert.equal(await lower.getCliLevel(), level);
  }
  await using client = new Client(haproxy.socketPath);
  assert.equal(await client.getCliLevel(), "admin");
  assert.ok((await client.getCliSockets()).some((one) => one.socket === `unix@${haproxy.file("user.sock")}`));
  assert.ok((await client.getEnv()).some((one) => one.name === "PATH"));
  assert.deepEqual((await client.getEnv("PATH")).map((one) => one.name), ["PATH"]);
  await assert.rejects(() => client.getEnv("HAPPI_IS_NOT_SET"), NotFound);
  assert.ok(Array.isArray(await client.getStartupLogs()));
  if (haproxy.build.version === "2.6") {
    await assert.rejects(() => client.getAnon(), { name: "UnsupportedCommand", since: "2.7" });
  } else assert.deepEqual(await client.getAnon(), { enabled: false });
});

testEachHaproxy("peers and resolvers can be read, all or one", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const [mates] = await client.getPeers();
  assert.deepEqual(mates?.peers.map((peer) => peer.id).sort(), ["happi", "other"]);
  assert.deepEqual((await client.getPeers("mates", { dict: true })).map((one) => one.id), ["mates"]);
  await assert.rejects(() => client.getPeers("nope"), NotFound);
  assert.deepEqual((await client.getResolvers("dns1")).map((one) => one.nameservers[0]?.name), ["nobody"]);
  assert.ok((await client.getResolvers()).some((one) => one.name === "dns1"));
  await assert.rejects(() => client.getResolvers("nope"), NotFound);
});
