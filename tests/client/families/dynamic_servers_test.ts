import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { InvalidArgument, NotFound, UnsupportedCommand } from "../../../lib/client/errors.ts";
import { CommandForbidden, CommandRefused } from "../../../lib/socket/mod.ts";
import { startBackend } from "../../../scripts/haproxy/backends.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

testEachHaproxy("addServer() adds a server that takes traffic once it is enabled", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await using backend = startBackend({ name: "new one" });
  const answer = await client.addServer("be_web/new", `127.0.0.1:${backend.port}`, {
    keywords: ["weight", "7", "check", "inter", "100ms"],
  });
  assert.equal(answer, "New server registered.");
  const find = async () => (await client.getServersState("be_web")).servers.find((one) => one.srv_name === "new");
  assert.deepEqual((await find())?.admin_states, ["forced_maint"]);
  assert.deepEqual(await client.getServerWeight("be_web/new"), { weight: 7, initial: 7 });
  await client.enableServer("be_web/new");
  assert.deepEqual((await find())?.admin_states, []);
  for (const old of ["s1", "s2", "s3"]) await client.disableServer(`be_web/${old}`);
  const response = await fetch(`http://127.0.0.1:${haproxy.port("web")}/`);
  assert.equal(await response.text(), "new one\n");
  await assert.rejects(() => client.addServer("be_web/new", "127.0.0.1:1"), /Already exists/);
  await assert.rejects(() => client.addServer("nope/new", "127.0.0.1:1"), NotFound);
  await assert.rejects(() => client.addServer("be_static/new", "127.0.0.1:1"), CommandRefused);
  await assert.rejects(() => client.addServer("be_web/x", "127.0.0.1:1", { keywords: ["nonsense"] }), /nonsense/);
  await assert.rejects(() => client.delServer("be_web/new"), /Only servers in maintenance mode/);
});

testEachHaproxy("deleteServer() takes a server out in one go", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await client.addServer("be_web/new", "127.0.0.1:1");
  await client.enableServer("be_web/new");
  const { server, waited_ms } = await client.deleteServer("be_web/new");
  assert.equal(server, "be_web/new");
  assert.ok(waited_ms < 5_000);
  await assert.rejects(() => client.getServerWeight("be_web/new"), NotFound);
  await assert.rejects(() => client.deleteServer("be_web/new"), NotFound);
});

testEachHaproxy(
  "deleteServer() shuts sessions when forced, and waits for them otherwise",
  REALISTIC,
  async (haproxy) => {
    await using client = new Client(haproxy.socketPath);
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await client.addServer("be_tcp/new", `127.0.0.1:${listener.addr.port}`);
    await client.setServerState("be_tcp/s1", "maint");
    await client.enableServer("be_tcp/new");
    using session = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
    using _accepted = await listener.accept();
    await assert.rejects(() => client.deleteServer("be_tcp/new", { timeoutMs: 150 }), /still has connections attached/);
    await client.deleteServer("be_tcp/new", { force: true });
    assert.equal(await session.read(new Uint8Array(1)), null, "the session was ended");
    await assert.rejects(() => client.getServerWeight("be_tcp/new"), NotFound);
  },
);

testEachHaproxy(
  "deleteServer() works over a master socket",
  { ...REALISTIC, master: true },
  async (haproxy) => {
    await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
    await client.addServer("be_web/new", "127.0.0.1:1");
    await client.deleteServer("be_web/new");
    await assert.rejects(() => client.getServerWeight("be_web/new"), NotFound);
  },
);

testEachHaproxy(
  "waitServerRemovable() over a master socket needs 3.2",
  { ...REALISTIC, master: true },
  async (haproxy) => {
    await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
    await client.addServer("be_tcp/new", "127.0.0.1:1");
    if (haproxy.build.version === "3.2") assert.equal(await client.waitServerRemovable("be_tcp/new", 1000), true);
    else await assert.rejects(() => client.waitServerRemovable("be_tcp/new", 1000), UnsupportedCommand);
  },
);

testEachHaproxy("waitServerRemovable() tells whether a server can go", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await client.addServer("be_tcp/new", "127.0.0.1:1");
  if (haproxy.build.version === "2.6") {
    await assert.rejects(() => client.waitServerRemovable("be_tcp/new", 1000), (thrown) => {
      assert.ok(thrown instanceof UnsupportedCommand, String(thrown));
      assert.equal(thrown.since, "3.0");
      assert.match(thrown.connected, /^2\.6/);
      return true;
    });
    return;
  }
  assert.equal(await client.waitServerRemovable("be_tcp/new", 1000), true);
  await assert.rejects(() => client.waitServerRemovable("be_tcp/nope", 1000), CommandRefused);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: haproxy.port("s1") });
  using _session = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
  using _accepted = await listener.accept();
  await client.setServerState("be_tcp/s1", "maint");
  assert.equal(await client.waitServerRemovable("be_tcp/s1", 100), false);
});

testEachHaproxy("addServer() is forbidden below level admin", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("operator.sock"));
  await assert.rejects(() => client.addServer("be_web/new", "127.0.0.1:1"), CommandForbidden);
});

Deno.test("addServer() refuses what HAProxy would swallow, before anything is sent", async () => {
  const caller = new RecordingCaller();
  for (
    const address of ["app.test:80", "localhost", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:", "300.0.0.1:80", ""]
  ) {
    await assert.rejects(call(caller, "addServer", "web/a", address), InvalidArgument, address);
  }
  const keywords = Array.from({ length: 61 }, () => "check");
  await assert.rejects(call(caller, "addServer", "web/a", "127.0.0.1:1", { keywords }), /64 words/);
  assert.deepEqual(caller.commands, []);
});

Deno.test("deleteServer() asks again while the server has connections, and gives HAProxy's words in the end", async () => {
  const busy = "Server still has connections attached to it, cannot remove it.\n";
  const caller = new RecordingCaller({ "del server": busy, wait: "Wait delay expired.\n" });
  await assert.rejects(call(caller, "deleteServer", "web/a", { timeoutMs: 100 }), /still has connections/);
  assert.deepEqual(caller.commands, [
    "set server web/a state maint",
    "wait 100ms srv-removable web/a",
    "del server web/a",
    "del server web/a",
    "del server web/a",
  ]);
  assert.deepEqual(caller.sent[1]?.options, { bidirectional: true, timeoutMs: 5_100 });
});
