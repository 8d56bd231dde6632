import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { InvalidArgument, NotFound, UnsupportedCommand } from "../../../lib/client/errors.ts";
import { compareBranch, parseVersion } from "../../../lib/client/formats/version.ts";
import { CommandForbidden } from "../../../lib/socket/mod.ts";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

/** A TCP session through HAProxy. */
async function openSession(haproxy: RunningHaproxy): Promise<{ readonly connection: Deno.TcpConn } & Disposable> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: haproxy.port("s1") });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
  const server = await listener.accept();
  return {
    connection,
    [Symbol.dispose]: () => [connection, server, listener].forEach((one) => one.close()),
  };
}

const hasFilters = (haproxy: RunningHaproxy) => compareBranch(parseVersion(haproxy.build.version).branch, "3.1") >= 0;

testEachHaproxy("getSessions() lists who is connected to what", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("operator.sock"));
  using _session = await openSession(haproxy);
  const found = (await client.getSessions()).filter((one) => one.fe === "fe_tcp");
  assert.deepEqual(found.map((one) => [one.be, one.srv, one.proto]), [["be_tcp", "s1", "tcpv4"]]);
  const [{ id } = { id: "" }] = found;
  const detail = await client.getSession(id);
  assert.deepEqual([detail.id, detail.frontend, detail.backend, detail.server], [id, "fe_tcp", "be_tcp", "s1"]);
  assert.ok((await client.getSessionsInFull()).some((one) => one.id === id));
});

testEachHaproxy("getSessions() filters where HAProxy can, and says so where it cannot", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  using _session = await openSession(haproxy);
  if (!hasFilters(haproxy)) {
    await assert.rejects(() => client.getSessions({ backend: "be_tcp" }), (thrown) => {
      assert.ok(thrown instanceof UnsupportedCommand, String(thrown));
      assert.deepEqual([thrown.since, thrown.connected.startsWith(haproxy.build.version)], ["3.1", true]);
      return true;
    });
    await assert.rejects(() => client.getSessionsInFull({ frontend: "fe_tcp" }), UnsupportedCommand);
    return;
  }
  for (const filter of [{ frontend: "fe_tcp" }, { backend: "be_tcp" }, { server: "be_tcp/s1", showUri: true }]) {
    assert.deepEqual((await client.getSessions(filter)).map((one) => one.fe), ["fe_tcp"]);
  }
  assert.deepEqual((await client.getSessionsInFull({ backend: "be_tcp" })).map((one) => one.server), ["s1"]);
  assert.deepEqual(await client.getSessions({ suspicious: true }), []);
  assert.deepEqual(await client.getSessions({ suspicious: true, backend: "be_tcp" }), []);
  assert.deepEqual(await client.getSessions({ backend: "be_web" }), []);
  assert.deepEqual(await client.getSessionsInFull({ backend: "be_tcp", olderThan: 1000, suspicious: true }), []);
  await assert.rejects(() => client.getSessions({ backend: "nope" }), NotFound);
  await assert.rejects(() => client.getSessions({ server: "be_tcp/nope" }), NotFound);
});

testEachHaproxy("session methods leave out what is too young, on every version", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  using _session = await openSession(haproxy);
  assert.equal((await client.getSessions({ olderThan: 3600 })).some((one) => one.fe === "fe_tcp"), false);
  assert.equal((await client.getSessionsInFull({ olderThan: 3600 })).some((one) => one.frontend === "fe_tcp"), false);
});

testEachHaproxy("shutdownSession() and shutdownServerSessions() end sessions", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  for (
    const shut of [
      async () => {
        const id = (await client.getSessions()).find((one) => one.fe === "fe_tcp")?.id ?? "";
        await client.shutdownSession(id);
      },
      () => client.shutdownServerSessions("be_tcp/s1"),
    ]
  ) {
    using session = await openSession(haproxy);
    await shut();
    assert.equal(await session.connection.read(new Uint8Array(1)), null);
  }
  await assert.rejects(() => client.getSession("0x1234"), NotFound);
  await assert.rejects(() => client.shutdownSession("0x1234"), NotFound);
  await assert.rejects(() => client.shutdownServerSessions("be_tcp/nope"), NotFound);
});

testEachHaproxy("sessions are not for level user", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("user.sock"));
  await assert.rejects(() => client.getSessions(), CommandForbidden);
  await assert.rejects(() => client.getSession("0x1234"), CommandForbidden);
  await assert.rejects(() => client.shutdownServerSessions("be_tcp/s1"), CommandForbidden);
});

Deno.test("session methods refuse what is no reference", async () => {
  const caller = new RecordingCaller();
  for (const id of ["", "all", "1234", "0xZZ", "0x1 susp", 0x1234]) {
    await assert.rejects(call(caller, "shutdownSession", id), InvalidArgument);
    await assert.rejects(call(caller, "getSession", id), InvalidArgument);
  }
  await assert.rejects(call(caller, "getSessions", { frontend: "a", backend: "b" }), InvalidArgument);
  assert.deepEqual(caller.commands, []);
});

Deno.test("session filters name the version that they need", async () => {
  const since = async (branch: "2.6" | "2.9" | "3.1", name: "getSessions" | "getSessionsInFull", filter: object) => {
    const caller = new RecordingCaller({}, branch);
    const thrown = await call(caller, name, filter).catch((one) => one);
    return thrown instanceof UnsupportedCommand ? thrown.since : caller.commands[0];
  };
  assert.equal(await since("2.6", "getSessionsInFull", { olderThan: 5 }), "show sess all");
  assert.equal(await since("2.6", "getSessionsInFull", { suspicious: true }), "2.9");
  assert.equal(await since("2.9", "getSessionsInFull", { suspicious: true }), "show sess susp");
  assert.equal(await since("2.9", "getSessionsInFull", { suspicious: true, backend: "web" }), "3.1");
  assert.equal(await since("2.9", "getSessions", { olderThan: 5 }), "show sess");
  assert.equal(await since("2.9", "getSessions", { suspicious: true }), "3.1");
  assert.equal(await since("3.1", "getSessions", { suspicious: true }), "show sess show-uri susp");
});

Deno.test("session methods keep what is older than it has to be", async () => {
  const ages = ["0s", "59s", "1m1s", "1h0m", "2d3h", "?"];
  const short = ages.map((age, n) => `0x${n}: proto=tcpv4 src=127.0.0.1:1 fe=web be=web srv=s1 age=${age} calls=1\n`);
  const full = ages.map((age, n) =>
    `0x${n}: [21/Nov/2026:00:20:10.633849] id=${n} proto=tcpv4\n  flags=0x2\n  task=0x1 (state=0x00 tid=0(1/0) age=${age})\n`
  );
  const caller = new RecordingCaller({ "show sess": `${short.join("")}\n`, "show sess all": `${full.join("")}\n` });
  const ids = async (name: "getSessions" | "getSessionsInFull", olderThan?: number) => {
    const found = await call(caller, name, olderThan === undefined ? {} : { olderThan });
    assert.ok(Array.isArray(found));
    return found.map(({ id }) => id);
  };
  for (const name of ["getSessions", "getSessionsInFull"] as const) {
    assert.equal((await ids(name)).length, ages.length);
    assert.deepEqual(await ids(name, 59), ["0x2", "0x3", "0x4", "0x5"]);
    assert.deepEqual(await ids(name, 3_600), ["0x4", "0x5"], "an age that cannot be read is kept");
  }
});
