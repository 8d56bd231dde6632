/** A peer that sends too much, or too slowly, or in odd pieces, or takes nothing. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { AnswerTooLarge, ConnectionLost, Socket, SocketTimeout } from "../../lib/socket/mod.ts";
import { FakeCli, type FakeConnection, greet, speakOnce, speakSession } from "../peers/fake_cli.ts";

/** 100 MiB of `x`, sent as fast as they are taken. */
async function flood(connection: FakeConnection): Promise<void> {
  const chunk = new Uint8Array(1024 * 1024).fill(120);
  for (let sent = 0; sent < 100; sent++) await connection.say(chunk);
}

Deno.test("100 MiB without a line feed are AnswerTooLarge, whichever way they come", async (t) => {
  const isTooLarge = (thrown: unknown) =>
    thrown instanceof AnswerTooLarge &&
    /it is larger than \d+ bytes; raise maxAnswerBytes to allow it$/.test(thrown.message);
  await t.step("send()", async () => {
    await using peer = new FakeCli(async (c) => {
      if (c.number > 1) return await speakOnce(c);
      await c.line();
      await c.say("\n");
      await flood(c);
    });
    await using socket = new Socket(peer.path);
    await assert.rejects(() => socket.send("show version"), isTooLarge);
    assert.equal(await socket.send("show version"), "3.2\n\n");
  });
  await t.step("send() with reuse", async () => {
    await using peer = new FakeCli(async (c) => {
      if (c.number > 1) return await speakSession(c, () => "3.2\n\n");
      await greet(c);
      await c.line();
      await flood(c);
    });
    await using socket = new Socket(peer.path);
    const second = socket.send("show info", { reuse: true }).catch((thrown) => thrown);
    await assert.rejects(() => socket.send("show version", { reuse: true }), (thrown) => {
      return thrown instanceof ConnectionLost && /its turn/.test(thrown.message);
    });
    assert.ok(isTooLarge(await second));
    assert.equal(await socket.send("show version", { reuse: true }), "3.2\n\n");
  });
  await t.step("stream()", async () => {
    await using peer = new FakeCli(async (c) => {
      await c.line();
      await flood(c);
    });
    await using socket = new Socket(peer.path);
    await assert.rejects(() => socket.stream("show events buf0 -w").next(), AnswerTooLarge);
  });
});

Deno.test("an answer may come in any pieces", async () => {
  const text = "1 > 2\n>no prompt\n>\n>\\\n >  \né€😀\n\n";
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length }), { maxLength: 6 }), async (cuts) => {
      /** Sends the bytes in pieces, with time in between for each to be read alone. */
      const inPieces = async (connection: FakeConnection, all: Uint8Array) => {
        const edges = [...new Set([0, ...cuts.map((cut) => cut % all.length), all.length])].sort((a, b) => a - b);
        for (let index = 1; index < edges.length; index++) {
          await connection.say(all.subarray(edges[index - 1], edges[index]));
          await new Promise((resolve) => setTimeout(resolve));
        }
      };
      const encode = (whole: string) => new TextEncoder().encode(whole);
      await using peer = new FakeCli(async (c) => {
        if (c.number > 1) {
          await c.line();
          return await inPieces(c, encode(`\n${text}[6]: admin\n\n`));
        }
        await c.line();
        await inPieces(c, encode("\n> \n> "));
        while (await c.line() !== undefined) await inPieces(c, encode(`${text}> `));
      });
      await using socket = new Socket(peer.path);
      const calls = [1, 2, 3].map(() => socket.send("show version", { reuse: true }));
      for (const answer of await Promise.all(calls)) assert.equal(answer, text);
      assert.equal(await socket.send("show version"), text);
    }),
    { numRuns: 40 },
  );
});

Deno.test("an answer may come byte by byte, on a stream too", async () => {
  await using peer = new FakeCli(async (c) => {
    await c.line();
    for (const byte of new TextEncoder().encode("\n\n[6]: é one\n\ntwo\n")) {
      await c.say(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (c.number > 1) await c.say("half a li");
  });
  await using socket = new Socket(peer.path);
  assert.deepEqual(await Array.fromAsync(socket.stream("show events buf0")), ["é one", "two"]);
  const lines = socket.stream("show events buf0");
  assert.equal((await lines.next()).value, "é one");
  assert.equal((await lines.next()).value, "two");
  await assert.rejects(
    () => lines.next(),
    (thrown) => thrown instanceof ConnectionLost && thrown.partialAnswer === "half a li",
  );
});

Deno.test("a write that is not taken is SocketTimeout", async () => {
  await using peer = new FakeCli((c) => c.number === 1 ? c.stall() : speakOnce(c));
  await using socket = new Socket(peer.path, { writeTimeoutMs: 50 });
  await assert.rejects(
    () => socket.send(`add map #0`, { payload: "k v\n".repeat(1_000_000) }),
    (thrown) => thrown instanceof SocketTimeout && thrown.step === "write",
  );
  assert.equal(await socket.send("show version"), "3.2\n\n");
});
