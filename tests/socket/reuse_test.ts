/** Calls that share a session, on every HAProxy. */
import assert from "node:assert/strict";
import {
  cli,
  CommandRefused,
  ConnectionLost,
  NoSocket,
  Socket,
  SocketClosed,
  SocketError,
} from "../../lib/socket/mod.ts";
import { SESSION_AGE_MS } from "../../lib/socket/session.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

/** A socket that counts its connections. */
function counting(path: string): { socket: Socket; connections: () => number } {
  let opened = 0;
  const trace = (line: string) => line.endsWith("is open") && opened++;
  return { socket: new Socket(path, { trace }), connections: () => opened };
}

testEachHaproxy(
  "send() with reuse gives each of many callers its own answer, over one connection",
  REALISTIC,
  async (haproxy) => {
    const { socket, connections } = counting(haproxy.socketPath);
    await using _socket = socket;
    const map = haproxy.file("hosts.map");
    await socket.batch(Array.from({ length: 200 }, (_, key) => cli`add map ${map} ${`k${key}`} ${`value of ${key}`}`));
    const before = connections();
    const startedAt = performance.now();
    const callers = Array.from({ length: 64 }, async (_, caller) => {
      for (let call = 0; call < 30; call++) {
        const key = (caller * 31 + call * 7) % 200;
        assert.match(
          await socket.send(cli`get map ${map} ${`k${key}`}`, { reuse: true }),
          new RegExp(`key="k${key}".*value="value of ${key}"`),
        );
        if (call % 10 !== 5) continue;
        const refused = socket.send(`disable server be_web/nope-${caller}`, { reuse: true });
        await assert.rejects(
          refused,
          (thrown) => thrown instanceof CommandRefused && thrown.command.endsWith(`-${caller}`),
        );
      }
    });
    await Promise.all(callers);
    const sessions = connections() - before;
    assert.ok(sessions <= 1 + Math.ceil((performance.now() - startedAt) / SESSION_AGE_MS), `${sessions} connections`);
  },
);

testEachHaproxy("send() with reuse gives the same text as without", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  for (
    const command of [
      "show version",
      "show backend",
      "show servers state",
      "show map",
      "show map " + haproxy.file("hosts.map"),
      "show table",
      "show table st_src",
      "get weight be_web/s1",
      "show cli level",
      "show resolvers dns1",
    ]
  ) {
    const steady = (text: string) => text.replace(/\b(?:sent|timeout|any_err|nx): +\d+/g, "").replace(/ \d+ /g, " ");
    assert.equal(steady(await socket.send(command, { reuse: true })), steady(await socket.send(command)), command);
  }
});

testEachHaproxy(
  "send() with reuse takes a new connection when the session is a second old",
  REALISTIC,
  async (haproxy) => {
    const { socket, connections } = counting(haproxy.socketPath);
    await using _socket = socket;
    const startedAt = performance.now();
    while (performance.now() - startedAt < 2.5 * SESSION_AGE_MS) {
      await Promise.all(Array.from({ length: 8 }, () => socket.send("show version", { reuse: true })));
    }
    assert.ok(connections() >= 3 && connections() <= 4, `${connections()} connections`);
  },
);

testEachHaproxy(
  "send() with reuse lets go of an idle session, so that HAProxy has its place back",
  REALISTIC,
  async (haproxy) => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const trace = (line: string) => line.endsWith("is closed") && resolve();
    await using socket = new Socket(haproxy.socketPath, { trace });
    await socket.send("show version", { reuse: true });
    const keepAlive = setInterval(() => {}, 1000); // an idle session does not keep the process alive by itself
    await closed;
    clearInterval(keepAlive);
  },
);

testEachHaproxy("send() with reuse works again after HAProxy was restarted", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  for (const restart of [() => haproxy.restart(), () => haproxy.kill().then(() => haproxy.start())]) {
    assert.match(await socket.send("show version", { reuse: true }), /^\d/);
    const before = await socket.send("show info", { reuse: true });
    await restart();
    const after = await socket.send("show info", { reuse: true });
    const pid = (text: string) => /^Pid: (\d+)$/m.exec(text)?.[1];
    assert.ok(pid(after) !== undefined && pid(after) !== pid(before));
  }
});

testEachHaproxy("send() with reuse reaches the new worker at the latest a second after a reload", {
  ...REALISTIC,
  master: true,
}, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const pidOf = async () => Number(/^Pid: (\d+)$/m.exec(await socket.send("show info", { reuse: true }))?.[1]);
  const before = await pidOf();
  const openedBy = performance.now();
  await haproxy.reload();
  let pid = before;
  while (pid === before && performance.now() - openedBy < 2 * SESSION_AGE_MS) pid = await pidOf();
  assert.notEqual(pid, before);
  assert.equal(pid, await haproxy.workerPid());
});

testEachHaproxy(
  "a call that is lost when HAProxy dies is ConnectionLost, and no command runs twice",
  REALISTIC,
  async (haproxy) => {
    const { socket } = counting(haproxy.socketPath);
    await using _socket = socket;
    const acl = haproxy.file("deny.acl");
    const outcomes = new Map<string, "done" | "lost" | "unsent">();
    const call = async (word: string) => {
      try {
        await socket.send(cli`add acl ${acl} ${word}`, { reuse: true });
        outcomes.set(word, "done");
      } catch (thrown) {
        assert.ok(thrown instanceof ConnectionLost || thrown instanceof NoSocket, String(thrown));
        outcomes.set(word, thrown instanceof NoSocket ? "unsent" : "lost");
      }
    };
    const entries = async () =>
      (await haproxy.ask(`show acl ${acl}`)).split("\n").filter((line) => line.includes(" word-"));
    // Answered calls have run exactly once, while others are on their way.
    await Promise.all(Array.from({ length: 500 }, (_, index) => call(`word-${index}`)));
    const once = (await entries()).map((line) => line.replace(/^\w+ /, ""));
    assert.equal(once.length, 500);
    assert.equal(new Set(once).size, 500);
    // A stop that answers nobody: HAProxy dies with calls on their way.
    const calls = Array.from({ length: 500 }, (_, index) => call(`late-${index}`));
    await haproxy.kill();
    await Promise.all(calls);
    await haproxy.start();
    await call("word-after");
    assert.equal(outcomes.get("word-after"), "done");
    assert.equal((await entries()).length, 1);
  },
);

testEachHaproxy("close() ends the calls that wait and the connections that are open", REALISTIC, async (haproxy) => {
  const socket = new Socket(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  await socket.batch(Array.from({ length: 5000 }, (_, key) => cli`add map ${map} ${`key-${key}`} ${"v".repeat(200)}`));
  await socket.send("show version", { reuse: true });
  const calls = [
    socket.send(`show map ${map}`, { reuse: true }),
    socket.send("show version", { reuse: true }),
    socket.send(`show map ${map}`),
    socket.batch([`show map ${map}`, `show map ${map}`]).then((outcomes) => {
      const failed = outcomes.find((outcome) => !outcome.ok);
      if (failed && !failed.ok) throw failed.error;
    }),
  ].map((call) => assert.rejects(call, SocketClosed));
  await socket.close();
  await Promise.all(calls);
  for (const options of [{}, { reuse: true }]) {
    await assert.rejects(() => socket.send("show version", options), SocketClosed);
  }
  await assert.rejects(() => socket.batch(["show version"]), SocketClosed);
  assert.throws(() => socket.stream("show events"), SocketError);
  await socket.close();
});
