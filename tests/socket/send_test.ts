/** One command on a connection of its own, on every HAProxy. */
import assert from "node:assert/strict";
import {
  AnswerTooLarge,
  cli,
  CommandForbidden,
  CommandRefused,
  ConnectionLost,
  InvalidCommand,
  NoSocket,
  Socket,
  UnknownCommand,
} from "../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

/** The refusal that a call ends in. */
async function refusalOf(call: Promise<string>): Promise<CommandRefused> {
  const thrown = await call.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(thrown instanceof CommandRefused, `not refused: ${thrown}`);
  return thrown;
}

testEachHaproxy("send() gives the answer as HAProxy gave it", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  for (
    const command of ["show version", "show info", "get weight be_web/s1", "show backend", "help", "show cli level"]
  ) {
    const expected = await haproxy.ask(command);
    const answer = await socket.send(command);
    // Counters of time and memory move between the two.
    const steady = (text: string) => text.replace(/^(?!Version|Pid|Maxconn).*: .*$/gm, "");
    assert.equal(steady(answer), steady(expected), command);
  }
  assert.equal(await socket.send("disable server be_web/s1"), "\n");
  assert.match(await socket.send("show servers state be_web"), /^1\n# be_id be_name srv_id /);
});

testEachHaproxy("send() speaks TCP", REALISTIC, async (haproxy) => {
  await using socket = new Socket(`127.0.0.1:${haproxy.port("cli")}`);
  assert.equal(await socket.send("show version"), await haproxy.ask("show version"));
  await haproxy.stop();
  await assert.rejects(() => socket.send("show version"), NoSocket);
});

testEachHaproxy("send() throws HAProxy's refusal", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const none = await refusalOf(socket.send("disable server nope/s1"));
  assert.deepEqual([none.constructor, none.answer, none.command], [
    CommandRefused,
    "No such backend.",
    "disable server nope/s1",
  ]);
  assert.equal((await refusalOf(socket.send("frobnicate"))).constructor, UnknownCommand);
  assert.equal((await refusalOf(socket.send("set weight be_web/s1 1000"))).constructor, CommandRefused);
});

testEachHaproxy("send() throws CommandForbidden where the socket's level is too low", REALISTIC, async (haproxy) => {
  await using user = new Socket(haproxy.file("user.sock"));
  await using operator = new Socket(haproxy.file("operator.sock"));
  assert.match(await user.send("show stat"), /^# pxname,/);
  for (const socket of [user, operator]) {
    for (const options of [{}, { reuse: true }]) {
      const refusal = await refusalOf(socket.send("disable server be_web/s1", options));
      assert.equal(refusal.constructor, CommandForbidden);
      assert.equal(refusal.answer, "Permission denied");
    }
  }
  // A mode that is refused does not matter to a command that needs none.
  assert.match(await user.send("show version", { modes: ["expert"] }), /^\d/);
});

testEachHaproxy("send() enters modes on the connection of the command alone", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const locked = await refusalOf(socket.send("debug dev fd"));
  assert.ok(locked instanceof CommandForbidden || locked instanceof UnknownCommand, locked.answer);
  assert.match(await socket.send("debug dev fd", { modes: ["expert"] }), /type=/);
  await refusalOf(socket.send("set var proc.happi int(7)"));
  assert.equal(await socket.send("set var proc.happi int(7)", { modes: ["experimental"] }), "\n");
  assert.match(await socket.send("get var proc.happi"), /proc\.happi: type=sint value=<7>/);
  assert.match(await socket.send("debug dev fd", { modes: ["expert", "experimental"] }), /type=/);
  await using user = new Socket(haproxy.file("user.sock"));
  const forbidden = await refusalOf(user.send("set var proc.happi int(8)", { modes: ["experimental"] }));
  assert.equal(forbidden.constructor, CommandForbidden);
});

testEachHaproxy(
  "send() takes several commands on one line and refuses when one is refused",
  REALISTIC,
  async (haproxy) => {
    await using socket = new Socket(haproxy.socketPath);
    const version = await haproxy.ask("show version");
    assert.equal(await socket.send("show version; show version"), version + version);
    const refusal = await refusalOf(socket.send("show version; disable server be_web/nope; show version"));
    assert.match(refusal.answer, /^No such server\./);
  },
);

testEachHaproxy("send() reads an answer of several MiB whole", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  const keys = Array.from({ length: 60_000 }, (_, index) => `key-${index}.example.net value-of-key-${index}`);
  for (let start = 0; start < keys.length; start += 250) {
    await socket.send(`add map ${map}`, { payload: keys.slice(start, start + 250).join("\n") });
  }
  for (const options of [{}, { reuse: true }]) {
    const lines = (await socket.send(`show map ${map}`, options)).trimEnd().split("\n").map((line) => line.slice(15));
    assert.ok(lines.join("\n").length > 2 * 1024 * 1024);
    assert.deepEqual(lines.slice(2), keys);
  }
  await using small = new Socket(haproxy.socketPath, { maxAnswerBytes: 1024 * 1024 });
  for (const options of [{}, { reuse: true }]) {
    await assert.rejects(
      () => small.send(`show map ${map}`, options),
      (thrown) => thrown instanceof AnswerTooLarge && /raise maxAnswerBytes/.test(thrown.message),
    );
    assert.match(await small.send("show version", options), /^\d/);
  }
});

testEachHaproxy(
  "send() says that a line is too long for HAProxy, and the next call works",
  REALISTIC,
  async (haproxy) => {
    await using socket = new Socket(haproxy.socketPath);
    const isOld = haproxy.build.version === "2.6"; // it resets the connection without a word
    for (const length of [17_000, 1_000_000]) {
      const command = cli`add acl ${haproxy.file("deny.acl")} ${"x".repeat(length)}`;
      for (const options of [{}, { reuse: true }]) {
        await assert.rejects(() => socket.send(command, options), (thrown) => {
          return isOld
            ? thrown instanceof ConnectionLost && /tune\.bufsize/.test(thrown.message)
            : thrown instanceof CommandRefused && /too big/.test(thrown.answer);
        });
      }
      const [first, lost] = await socket.batch(["show version", command]);
      assert.ok(first?.ok && lost && !lost.ok);
    }
    assert.match(await socket.send("show version"), /^\d/);
    assert.match(await socket.send("show version", { reuse: true }), /^\d/);
  },
);

Deno.test("send() refuses what would hang or run as another command, before it connects", async () => {
  const trace: string[] = [];
  await using socket = new Socket("/nowhere/haproxy.sock", { trace: (line) => trace.push(line) });
  const map = "/etc/haproxy/hosts.map";
  for (const line of ["", "show version\nshow info", "show version\\", `add map ${map} <<`, `add map ${map}<<`]) {
    await assert.rejects(() => socket.send(line), InvalidCommand);
    await assert.rejects(() => socket.send(line, { payload: "a b" }), InvalidCommand);
    await assert.rejects(() => socket.send(line, { reuse: true }), InvalidCommand);
    await assert.rejects(() => socket.batch(["show version", line]), InvalidCommand);
    assert.throws(() => socket.stream(line), InvalidCommand);
  }
  assert.deepEqual(trace, []);
});

testEachHaproxy("send() tells its trace of connect, send, read and close", REALISTIC, async (haproxy) => {
  const trace: string[] = [];
  await using socket = new Socket(haproxy.socketPath, { trace: (line) => trace.push(line) });
  await socket.send("show version");
  assert.equal(trace.length, 5);
  assert.match(trace[0] ?? "", /^\[conn\]: connection \/.*haproxy\.sock is open$/);
  assert.match(trace[1] ?? "", /^\[send\]: .*show version/);
  assert.equal(trace[2], "[read]: reading response");
  assert.match(trace[3] ?? "", /^\[read\]: \d+ bytes$/);
  assert.match(trace[4] ?? "", /^\[conn\]: connection to .* is closed$/);
});

testEachHaproxy("send() does not tell its trace a secret", REALISTIC, async (haproxy) => {
  const trace: string[] = [];
  await using socket = new Socket(haproxy.socketPath, { trace: (line) => trace.push(line) });
  await socket.send(cli`set dynamic-cookie-key backend be_web ${"hush; hush"}`, { secret: "hush; hush" });
  assert.match(trace.join("\n"), /be_web \*\*\*/);
  assert.doesNotMatch(trace.join("\n"), /hush/);
});
