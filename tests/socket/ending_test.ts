/** Calls that are closed, aborted or out of time, at every stage. */
import assert from "node:assert/strict";
import { ConnectionLost, Socket, SocketClosed, SocketTimeout } from "../../lib/socket/mod.ts";
import { FakeCli, greet } from "../peers/fake_cli.ts";

const REASON = new Error("enough");
const isReason = (thrown: unknown) => thrown === REASON;
const reused = { reuse: true } as const;

/** Something that is waited for. */
const event = () => Promise.withResolvers<void>();

for (const stage of ["connect", "greeting", "answer"] as const) {
  Deno.test(`close() during the ${stage} ends every kind of call at once`, async () => {
    const reached = event();
    let waiting = 0;
    await using peer = new FakeCli(async (c) => {
      const line = await c.line();
      if (stage === "answer" && line?.startsWith("prompt")) {
        await c.say("\n\n> ");
        await c.line();
      }
      if (++waiting === 4) reached.resolve();
      await c.gone();
    });
    const socket = new Socket(peer.path);
    const calls: Promise<unknown>[] = [
      socket.send("show version"),
      socket.send("show version", reused),
      Array.fromAsync(socket.stream("show events buf0 -w")),
      socket.batch(["show version", "show info"]).then((outcomes) => {
        for (const outcome of outcomes) if (!outcome.ok) throw outcome.error;
      }),
    ];
    const rejections = calls.map((call) => assert.rejects(call, SocketClosed));
    if (stage !== "connect") await reached.promise;
    await socket.close();
    await Promise.all(rejections);
  });

  Deno.test(`an abort during the ${stage} ends every kind of call at once, with the signal's reason`, async () => {
    const reached = event();
    let waiting = 0;
    await using peer = new FakeCli(async (c) => {
      const line = await c.line();
      if (stage === "answer" && line?.startsWith("prompt")) {
        await c.say("\n\n> ");
        await c.line();
      }
      if (++waiting === 4) reached.resolve();
      await c.gone();
    });
    await using socket = new Socket(peer.path);
    const controller = new AbortController();
    const { signal } = controller;
    const calls: Promise<unknown>[] = [
      socket.send("show version", { signal }),
      socket.send("show version", { ...reused, signal }),
      Array.fromAsync(socket.stream("show events buf0 -w", { signal })),
      socket.batch(["show version", "show info"], { signal }),
    ];
    const rejections = calls.map((call) => assert.rejects(call, isReason));
    if (stage !== "connect") await reached.promise;
    controller.abort(REASON);
    await Promise.all(rejections);
  });
}

Deno.test("a batch that runs out of time gives what it has", async () => {
  await using peer = new FakeCli(async (c) => {
    await greet(c);
    await c.line();
    await c.say("3.2\n\n> ");
    await c.gone();
  });
  await using socket = new Socket(peer.path);
  const outcomes = await socket.batch(["show version", "show info", "show map"], { timeoutMs: 50 });
  assert.deepEqual(outcomes[0], { ok: true, text: "3.2\n\n" });
  for (const outcome of outcomes.slice(1)) {
    assert.ok(!outcome.ok && outcome.error instanceof SocketTimeout);
    assert.match(outcome.error.message, /within 50 ms$/);
  }
});

Deno.test("the time of a batch is for all of it, however many connections it takes", async () => {
  await using peer = new FakeCli((c) =>
    c.number === 1 ? c.line().then(() => c.say("\na\n\n[6]: admin\n\n")) : c.gone()
  );
  await using socket = new Socket(peer.path);
  const outcomes = await socket.batch(["show stat", "show env", "show errors"], { timeoutMs: 100 });
  assert.deepEqual(outcomes[0], { ok: true, text: "a\n\n" });
  const errors = outcomes.slice(1).map((outcome) => outcome.ok ? undefined : outcome.error);
  assert.ok(errors[0] instanceof SocketTimeout);
  assert.ok(errors[1] instanceof ConnectionLost && /it was not sent/.test(errors[1].message));
  assert.equal(peer.connections, 2);
});

Deno.test("a call with all the time in the world waits, and timeouts beyond a timer's reach do not fire", async () => {
  for (const timeoutMs of [Infinity, 2 ** 31, 1e12]) {
    await using peer = new FakeCli(async (c) => {
      const line = await c.line();
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (!line?.startsWith("prompt")) return await c.say("\n3.2\n\n[6]: admin\n\n");
      await c.say("\n\n> ");
      await c.line();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await c.say("3.2\n\n> ");
      await c.gone();
    });
    await using socket = new Socket(peer.path, { timeoutMs, connectTimeoutMs: timeoutMs, writeTimeoutMs: timeoutMs });
    assert.equal(await socket.send("show version"), "3.2\n\n");
    assert.equal(await socket.send("show version", reused), "3.2\n\n");
  }
});
