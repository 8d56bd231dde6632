/** Many commands in one round trip, on every HAProxy. */
import assert from "node:assert/strict";
import { type Answer, cli, CommandRefused, ConnectionLost, NoSocket, Socket } from "../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

/** An outcome in short: the text's first line, or the refusal's words, or the error's class. */
function inShort(answer: Answer): string {
  if (answer.ok) return answer.text.trimEnd().split("\n")[0] ?? "";
  return answer.error instanceof CommandRefused ? `refused: ${answer.error.answer}` : answer.error.name;
}

testEachHaproxy("batch() gives each of 10,000 commands its own answer", REALISTIC, async (haproxy) => {
  const trace: string[] = [];
  await using socket = new Socket(haproxy.socketPath, { trace: (line) => trace.push(line) });
  const map = haproxy.file("hosts.map");
  await socket.send(`clear map ${map}`);
  const commands = Array.from({ length: 10_000 }, (_, index) => {
    if (index % 1000 === 500) return `disable server be_web/nope-${index}`;
    return index % 2 === 0 ? cli`add map ${map} ${`k${index}`} ${`v${index}`}` : `get map ${map} k${index - 1}`;
  });
  trace.length = 0;
  const outcomes = await socket.batch(commands);
  assert.equal(trace.filter((line) => line.startsWith("[conn]")).length, 2, "one connection");
  assert.equal(outcomes.length, commands.length);
  outcomes.forEach((outcome, index) => {
    const found = commands[index - 1]?.startsWith("add map");
    if (index % 1000 === 500) assert.equal(inShort(outcome), "refused: No such server.");
    else if (index % 2 === 0) assert.equal(inShort(outcome), "");
    else assert.match(inShort(outcome), found ? new RegExp(`value="v${index - 1}"`) : /found=no/);
  });
});

testEachHaproxy("batch() keeps the order among commands that cannot share a session", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const weight = "get weight be_web/s1";
  const stat = "show stat be_web 4 -1";
  const outcomes = await socket.batch([
    weight,
    "set weight be_web/s1 11",
    weight,
    "show env HOME",
    "set weight be_web/s1 12",
    weight,
    "frobnicate",
    stat,
    "show version; show version",
    "set weight be_web/s1 13",
    weight,
    "set weight be_web/s1 9999",
  ]);
  const short = outcomes.map(inShort);
  assert.deepEqual([short[0], short[2], short[5], short[10]], [
    "100 (initial 100)",
    "11 (initial 100)",
    "12 (initial 100)",
    "13 (initial 100)",
  ]);
  assert.match(short[6] ?? "", /^refused: Unknown command/);
  assert.match(short[7] ?? "", /^# pxname/);
  assert.match(short[11] ?? "", /^refused: Absolute weight/);
});

testEachHaproxy(
  "batch() gives the commands after a lost connection ConnectionLost, and runs them not",
  REALISTIC,
  async (haproxy) => {
    await using socket = new Socket(haproxy.socketPath);
    const map = haproxy.file("hosts.map");
    const tooLong = `show ${"x".repeat(1000)}`;
    const outcomes = await socket.batch([
      "show version",
      "quit", // ends its connection without an answer
      cli`add map ${map} ${"after"} ${"the loss"}`,
      "show version",
      tooLong,
    ]);
    assert.match(inShort(outcomes[0]!), /^\d/);
    assert.deepEqual(outcomes.slice(1).map(inShort), Array(4).fill("ConnectionLost"));
    assert.match(await socket.send(cli`get map ${map} ${"after"}`), /found=no/);
  },
);

testEachHaproxy("batch() loses only what was not answered when HAProxy is killed", REALISTIC, async (haproxy) => {
  const { promise: isUnderWay, resolve } = Promise.withResolvers<void>();
  const trace = (line: string) => line.startsWith("[send]") && resolve();
  await using socket = new Socket(haproxy.socketPath, { trace });
  const batch = socket.batch(Array.from({ length: 20_000 }, () => "show servers state"), { timeoutMs: 60_000 });
  await isUnderWay;
  await haproxy.kill();
  const outcomes = await batch;
  const lost = outcomes.findIndex((outcome) => !outcome.ok);
  assert.ok(lost >= 0);
  for (const outcome of outcomes.slice(0, lost)) assert.match(inShort(outcome), /^1$/);
  for (const outcome of outcomes.slice(lost)) assert.ok(!outcome.ok && outcome.error instanceof ConnectionLost);
  await assert.rejects(() => socket.batch(["show version", "show version"]), NoSocket);
  await assert.rejects(() => socket.batch(["show stat", "show version"]), NoSocket);
  await haproxy.start();
  assert.deepEqual((await socket.batch(["show version", "show version"])).map((outcome) => outcome.ok), [true, true]);
});

testEachHaproxy("batch() stops when its signal says so, and throws the signal's reason", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const reason = new Error("enough");
  for (const command of ["show servers state", "show stat"]) {
    const controller = new AbortController();
    const batch = socket.batch(Array.from({ length: 50_000 }, () => command), {
      signal: controller.signal,
      timeoutMs: 60_000,
    });
    await socket.send("show version");
    controller.abort(reason);
    await assert.rejects(batch, (thrown) => thrown === reason);
  }
  await assert.rejects(
    () => socket.batch(["show version"], { signal: AbortSignal.abort(reason) }),
    (e) => e === reason,
  );
  assert.deepEqual(await socket.batch([]), []);
});
