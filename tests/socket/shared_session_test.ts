/** Callers that share a session, and what each of them feels of the others. */
import assert from "node:assert/strict";
import { ConnectionLost, Socket, SocketTimeout } from "../../lib/socket/mod.ts";
import { SESSION_AGE_MS } from "../../lib/socket/session.ts";
import { FakeCli, greet, speakSession } from "../peers/fake_cli.ts";

const REASON = new Error("enough");
const isReason = (thrown: unknown) => thrown === REASON;
const reused = { reuse: true } as const;

/** Something that is waited for. */
const event = () => Promise.withResolvers<void>();

Deno.test("callers that come while the session is being opened share it", async () => {
  await using peer = new FakeCli((c) => speakSession(c, (command) => `${command}\n\n`));
  await using socket = new Socket(peer.path);
  const answers = await Promise.all(["#0", "#1", "#2"].map((map) => socket.send(`show map ${map}`, reused)));
  assert.deepEqual(answers, ["show map #0\n\n", "show map #1\n\n", "show map #2\n\n"]);
  assert.equal(peer.connections, 1);
});

Deno.test("callers that come while the session cannot be opened all learn why, and the next one opens another", async () => {
  await using peer = new FakeCli(async (c) => {
    if (c.number > 1) return await speakSession(c, () => "3.2\n\n");
    await c.line();
  });
  await using socket = new Socket(peer.path);
  await Promise.all([1, 2, 3].map(() => assert.rejects(socket.send("show version", reused), ConnectionLost)));
  assert.equal(await socket.send("show version", reused), "3.2\n\n");
  assert.equal(peer.connections, 2);
});

Deno.test("a caller that gives up while the session is being opened leaves it to the others", async () => {
  const greeting = event();
  await using peer = new FakeCli(async (c) => {
    await greeting.promise;
    await speakSession(c, () => "3.2\n\n");
  });
  await using socket = new Socket(peer.path);
  const controller = new AbortController();
  const aborted = socket.send("show info", { ...reused, signal: controller.signal });
  const late = socket.send("show servers state", { ...reused, timeoutMs: 20 });
  const patient = socket.send("show version", reused);
  controller.abort(REASON);
  await assert.rejects(aborted, isReason);
  await assert.rejects(
    late,
    (thrown) => thrown instanceof SocketTimeout && thrown.message.includes("show servers state"),
  );
  greeting.resolve();
  assert.equal(await patient, "3.2\n\n");
  assert.deepEqual(peer.lines.slice(1), ["show version"], "the other commands were never sent");
});

Deno.test("a call that runs out of time leaves the others alone, and later ones take another connection", async () => {
  const stuck = event();
  await using peer = new FakeCli((c) =>
    speakSession(c, async (command) => {
      if (c.number === 1) await stuck.promise;
      return `${c.number}: ${command}\n\n`;
    })
  );
  await using socket = new Socket(peer.path);
  const patient = socket.send("show info", reused);
  const hurried = socket.send("show map #1", { ...reused, timeoutMs: 50 });
  const other = socket.send("show map #2", reused);
  await assert.rejects(hurried, (thrown) => {
    return thrown instanceof SocketTimeout && /"show map #1".*within 50 ms$/.test(thrown.message);
  });
  assert.equal(await socket.send("show version", reused), "2: show version\n\n");
  stuck.resolve();
  assert.equal(await patient, "1: show info\n\n");
  assert.equal(await other, "1: show map #2\n\n");
});

Deno.test("a call that is aborted leaves the others alone, and its answer is skipped", async () => {
  const asked = event();
  const stuck = event();
  await using peer = new FakeCli((c) =>
    speakSession(c, async (command) => {
      asked.resolve();
      await stuck.promise;
      return `${command}\n\n`;
    })
  );
  await using socket = new Socket(peer.path);
  const controller = new AbortController();
  const first = socket.send("show map #0", reused);
  const aborted = socket.send("show map #1", { ...reused, signal: controller.signal });
  const last = socket.send("show map #2", reused);
  await asked.promise;
  controller.abort(REASON);
  await assert.rejects(aborted, isReason);
  stuck.resolve();
  assert.deepEqual(await Promise.all([first, last]), ["show map #0\n\n", "show map #2\n\n"]);
  assert.equal(await socket.send("show map #3", reused), "show map #3\n\n");
  assert.equal(peer.connections, 1);
});

Deno.test("a call that is aborted before it was sent is never sent", async () => {
  await using peer = new FakeCli((c) => speakSession(c, (command) => `${command}\n\n`));
  await using socket = new Socket(peer.path);
  await socket.send("show version", reused);
  const controller = new AbortController();
  const aborted = socket.send("show map #1", { ...reused, signal: controller.signal });
  controller.abort(REASON);
  const kept = socket.send("show map #2", reused);
  await assert.rejects(aborted, isReason);
  assert.equal(await kept, "show map #2\n\n");
  await assert.rejects(() => socket.send("show map #3", { ...reused, signal: controller.signal }), isReason);
  assert.deepEqual(peer.lines.slice(1), ["show version", "show map #2"]);
});

Deno.test("a session ends when nobody waits for what is still to come", async () => {
  const asked = event();
  const left = event();
  await using peer = new FakeCli(async (c) => {
    await greet(c);
    await c.line();
    asked.resolve();
    await c.gone();
    left.resolve();
  });
  await using socket = new Socket(peer.path);
  const controller = new AbortController();
  const options = { ...reused, signal: controller.signal };
  const calls = [1, 2].map(() => assert.rejects(socket.send("show map #0", options), isReason));
  await asked.promise;
  controller.abort(REASON);
  await Promise.all(calls);
  await left.promise;
});

Deno.test("a call whose answer takes longer than a session's age gets it", async () => {
  const asked = event();
  const later = event();
  await using peer = new FakeCli((c) =>
    speakSession(c, async (command) => {
      if (c.number === 1) {
        asked.resolve();
        await later.promise;
      }
      return `${c.number}: ${command}\n\n`;
    })
  );
  await using socket = new Socket(peer.path);
  const openedBy = performance.now();
  const slow = socket.send("show info", reused);
  await asked.promise;
  const queued = socket.send("show map #0", reused);
  const keepAlive = setInterval(() => {}, 1000);
  while (performance.now() - openedBy < SESSION_AGE_MS + 100) await new Promise((resolve) => setTimeout(resolve, 20));
  clearInterval(keepAlive);
  assert.equal(await socket.send("show version", reused), "2: show version\n\n");
  later.resolve();
  assert.deepEqual(await Promise.all([slow, queued]), ["1: show info\n\n", "1: show map #0\n\n"]);
});

Deno.test("a session that ends by itself loses the calls on it, and no call after that", async () => {
  await using peer = new FakeCli(async (c) => {
    await greet(c);
    for (let count = 0; count < 5; count++) {
      const line = await c.line();
      if (line === undefined) return;
      await c.say(`${line}\n\n> `);
    }
  });
  await using socket = new Socket(peer.path);
  for (let round = 0; round < 50; round++) {
    const outcomes = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6].map((map) => socket.ask(`show map #${map}`, reused).catch((e) => e)),
    );
    outcomes.forEach((outcome, map) => {
      if (outcome instanceof Error) assert.ok(outcome instanceof ConnectionLost, String(outcome));
      else assert.deepEqual(outcome, { ok: true, text: `show map #${map}\n\n` });
    });
    assert.ok(outcomes.slice(5).every((outcome) => outcome instanceof ConnectionLost));
  }
});

Deno.test("lost calls name their own command each", async () => {
  await using peer = new FakeCli(async (c) => {
    await greet(c);
    await c.line();
    await c.say("half");
  });
  await using socket = new Socket(peer.path);
  const calls = [0, 1, 2].map((map) => socket.send(`show map #${map}`, reused).catch((thrown: unknown) => thrown));
  const errors = await Promise.all(calls);
  errors.forEach((thrown, map) => {
    assert.ok(thrown instanceof ConnectionLost, String(thrown));
    assert.match(thrown.message, new RegExp(`"show map #${map}"`));
    assert.equal(thrown.partialAnswer, map === 0 ? "half" : "");
  });
});
