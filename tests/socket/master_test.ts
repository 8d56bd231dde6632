/** The master socket, on every HAProxy. */
import assert from "node:assert/strict";
import {
  cli,
  CommandForbidden,
  CommandRefused,
  ConnectionLost,
  InvalidCommand,
  Socket,
  SocketTimeout,
  UnknownCommand,
} from "../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

const WITH_MASTER = { ...REALISTIC, master: true };

testEachHaproxy("a master socket speaks with the master, the worker and a process", WITH_MASTER, async (haproxy) => {
  await using master = new Socket(haproxy.masterSocketPath, { master: "master" });
  const worker = master.to("worker");
  const pid = await haproxy.workerPid();
  assert.match(await master.send("show proc"), new RegExp(`^#<PID>.*\\n${haproxy.pid} +master `));
  for (const socket of [worker, master.to({ pid })]) {
    assert.equal(Number(/^Pid: (\d+)$/m.exec(await socket.send("show info"))?.[1]), pid);
    assert.equal(await socket.send("show backend"), await haproxy.ask("show backend"));
    assert.equal(await socket.send("disable server be_web/s1"), "\n");
    assert.equal(await socket.send("show version", { reuse: true }), await haproxy.ask("show version"));
  }
});

testEachHaproxy("a master socket tells refusals from answers", WITH_MASTER, async (haproxy) => {
  await using master = new Socket(haproxy.masterSocketPath, { master: "master" });
  const worker = master.to("worker");
  await assert.rejects(() => master.send("frobnicate"), UnknownCommand);
  await assert.rejects(() => worker.send("frobnicate"), UnknownCommand);
  const missing = master.to({ pid: 4_000_000 });
  for (let count = 0; count < 20; count++) {
    await assert.rejects(
      () => missing.send("show version"),
      (thrown) => thrown instanceof CommandRefused && /^Can't find the target PID/.test(thrown.answer),
    );
  }
  const refused = worker.ask("disable server nope/x");
  // HAProxy before 3.0 does not mark errors behind a master.
  if (haproxy.build.version === "2.6") assert.deepEqual(await refused, { ok: true, text: "No such backend.\n\n" });
  else assert.equal((await refused).ok, false);
});

testEachHaproxy("a master socket sends every command of a line to its target", WITH_MASTER, async (haproxy) => {
  await using worker = new Socket(haproxy.masterSocketPath, { master: "worker" });
  const version = await haproxy.ask("show version");
  const backends = await haproxy.ask("show backend");
  assert.equal(await worker.send("show version; show backend;show version"), version + backends + version);
  await worker.send(`${cli`add map ${haproxy.file("hosts.map")} ${"a;show proc"} ${"b"}`};show version`);
  assert.match(await haproxy.ask(cli`get map ${haproxy.file("hosts.map")} ${"a;show proc"}`), /value="b"/);
});

testEachHaproxy("the master's own commands may answer nothing", WITH_MASTER, async (haproxy) => {
  await using master = new Socket(haproxy.masterSocketPath, { master: "master" });
  assert.equal(await master.send("operator"), "");
  assert.equal(await master.send("expert-mode on"), "");
  assert.match(await master.send("show version", { modes: ["expert"] }), /^\d/);
});

testEachHaproxy("a master socket enters modes", WITH_MASTER, async (haproxy) => {
  await using worker = new Socket(haproxy.masterSocketPath, { master: "worker" });
  assert.match(await worker.send("debug dev fd", { modes: ["expert"] }), /type=/);
  assert.equal(await worker.send("set var proc.happi int(7)", { modes: ["experimental"] }), "\n");
  assert.match(await worker.send("get var proc.happi"), /value=<7>/);
  await assert.rejects(() => worker.send("debug dev frob", { modes: ["expert"] }), CommandRefused);
  if (haproxy.build.version !== "2.6") await assert.rejects(() => worker.send("debug dev fd"), CommandForbidden);
});

testEachHaproxy("batch() on a master socket runs in order", WITH_MASTER, async (haproxy) => {
  await using worker = new Socket(haproxy.masterSocketPath, { master: "worker" });
  const outcomes = await worker.batch([
    "set weight be_web/s1 7",
    "get weight be_web/s1",
    "frobnicate",
    "set weight be_web/s1 8",
    "get weight be_web/s1",
  ]);
  assert.deepEqual(outcomes.map((outcome) => outcome.ok && outcome.text.trim()), [
    "",
    "7 (initial 100)",
    false,
    "",
    "8 (initial 100)",
  ]);
});

testEachHaproxy("send() both ways lets a command wait, where HAProxy can", WITH_MASTER, async (haproxy) => {
  await using worker = new Socket(haproxy.masterSocketPath, { master: "worker", timeoutMs: 5000 });
  const wait = worker.send("wait 50ms", { bidirectional: true });
  if (haproxy.build.version !== "3.2") {
    return await assert.rejects(wait, (thrown) => {
      return thrown instanceof CommandRefused && /^Can't find the target PID.*@@1/.test(thrown.answer);
    });
  }
  assert.equal(await wait, "Done.\n\n");
  assert.equal(
    await worker.send("wait 20ms; show version", { bidirectional: true }),
    `Done.\n\n${await haproxy.ask("show version")}`,
  );
  assert.equal(await worker.send("enable server be_web/s1", { bidirectional: true }), "\n");
  assert.match(await worker.send("debug dev hash x", { bidirectional: true, modes: ["expert"] }), /^\S+\n\n$/);
  assert.equal(await worker.send("show backend", { bidirectional: true }), await haproxy.ask("show backend"));
  await assert.rejects(() => worker.send("disable server nope/x", { bidirectional: true }), CommandRefused);
  await assert.rejects(() => worker.send("wait 60s", { bidirectional: true, timeoutMs: 100 }), SocketTimeout);
  const map = haproxy.file("hosts.map");
  assert.equal(await worker.send(`add map ${map}`, { bidirectional: true, payload: "a b\nc d" }), "\n");
  assert.match(await haproxy.ask(`get map ${map} c`), /value="d"/);
  assert.match(await worker.to("master").send("show proc", { bidirectional: true }), /^#<PID>/);
});

testEachHaproxy("send() both ways with a payload ends where HAProxy cannot", {
  ...WITH_MASTER,
  only: (build) => build.version !== "3.2",
}, async (haproxy) => {
  await using worker = new Socket(haproxy.masterSocketPath, { master: "worker", timeoutMs: 5000 });
  const map = haproxy.file("hosts.map");
  await assert.rejects(
    () => worker.send(`add map ${map}`, { bidirectional: true, payload: "show version\nshow proc" }),
    CommandRefused,
  );
});

testEachHaproxy("a master is never sent more than it takes in one piece", WITH_MASTER, async (haproxy) => {
  await using worker = new Socket(haproxy.masterSocketPath, { master: "worker" });
  const map = haproxy.file("hosts.map");
  const longest = "x".repeat(14_700);
  assert.equal(await worker.send(cli`add map ${map} ${longest} ${"long"}`), "\n");
  assert.match(await worker.send(cli`get map ${map} ${longest}`), /value="long"/);
  assert.equal(await worker.send(`add map ${map}`, { payload: `${"k v\n".repeat(3650)}last one` }), "\n");
  assert.match(await worker.send(`get map ${map} last`), /value="one"/);
  await assert.rejects(() => worker.send(cli`get map ${map} ${"x".repeat(15_000)}`), InvalidCommand);
  await assert.rejects(() => worker.send(`add map ${map}`, { payload: "k v\n".repeat(4000) }), InvalidCommand);
  await assert.rejects(() => worker.stream(cli`get map ${map} ${"x".repeat(15_000)}`).next(), InvalidCommand);
});

testEachHaproxy("a master keeps all its connections, whatever it is asked", WITH_MASTER, async (haproxy) => {
  await using master = new Socket(haproxy.masterSocketPath, { master: "master" });
  const asked: readonly [Socket, string][] = [
    [master, "show proc"],
    [master, "frobnicate"],
    [master.to("worker"), "show servers state"],
    [master.to("worker"), "disable server nope/x"],
    [master.to({ pid: 4_000_000 }), "show version"],
  ];
  for (let round = 0; round < 100; round++) { // it has ten
    for (const [socket, command] of asked) await socket.ask(command);
  }
});

testEachHaproxy("send() asks the master for a reload", WITH_MASTER, async (haproxy) => {
  await using master = new Socket(haproxy.masterSocketPath, { master: "master" });
  const before = await haproxy.workerPid();
  if (haproxy.build.version === "2.6") await assert.rejects(() => master.send("reload"), ConnectionLost); // says nothing
  else assert.match(await master.send("reload"), /^Success=1\n--\n/);
  while (await haproxy.workerPid().catch(() => before) === before);
});
