/** A peer that does what HAProxy will not: each has an error of its own within its time, and the next call works. */
import assert from "node:assert/strict";
import { ConnectionLost, NotHaproxy, Socket, SocketTimeout } from "../../lib/socket/mod.ts";
import { FakeCli, type FakeConnection, greet, speakOnce, speakSession } from "../peers/fake_cli.ts";

type Script = (connection: FakeConnection) => Promise<void>;

/** What a peer does wrong to a command on a connection of its own, and what comes of it. */
const ONE_COMMAND: Readonly<Record<string, { script: Script; error: (thrown: unknown) => void }>> = {
  "closes without an answer": {
    script: async (c) => void await c.line(),
    error: isOf(ConnectionLost, /the connection ended without an answer$/),
  },
  "closes in the middle of a line": {
    script: async (c) => {
      await c.line();
      await c.say("\n# a,b\n1,");
    },
    error: isOf(ConnectionLost, /the connection ended before the answer was whole$/, "\n# a,b\n1,"),
  },
  "closes between two lines": {
    script: async (c) => {
      await c.line();
      await c.say("\n# a,b\n1,2\n");
    },
    error: isOf(ConnectionLost, /the connection ended before the answer was whole$/, "\n# a,b\n1,2\n"),
  },
  "closes after a blank line in the answer": {
    script: async (c) => {
      await c.line();
      await c.say("\n# a,b\n1,2\n\n");
    },
    error: isOf(ConnectionLost, /the connection ended before the answer was whole$/),
  },
  "resets before the answer": {
    script: (c) => Promise.resolve(c.close()),
    error: isOf(ConnectionLost, /the connection (broke before the answer|ended without an answer)$/),
  },
  "resets in the middle of the answer": {
    script: async (c) => {
      await c.say("\n# a,b\n1,");
      c.close(); // the command has not been read
    },
    error: isOf(
      ConnectionLost,
      /the connection (broke in the middle of it|ended before the answer was whole)$/,
      "\n# a,b\n1,",
    ),
  },
  "answers like a web server": {
    script: async (c) => {
      await c.line();
      await c.say("HTTP/1.1 400 Bad Request\r\n\r\n");
    },
    error: isOf(NotHaproxy, /it answered "HTTP\/1\.1 400 Bad Request[^]*", which is not HAProxy's CLI$/),
  },
  "answers noise": {
    script: async (c) => {
      await c.line();
      await c.say(Uint8Array.from({ length: 5000 }, (_, index) => (index * 7 + 1) % 256));
    },
    error: isOf(NotHaproxy, /which is not HAProxy's CLI$/),
  },
  "never answers": {
    script: (c) => c.gone(),
    error: isOf(SocketTimeout, /no answer within 100 ms$/),
  },
  "never ends its answer": {
    script: async (c) => {
      await c.line();
      await c.say("\n3.2\n\n");
      await c.gone();
    },
    error: isOf(SocketTimeout, /no answer within 100 ms$/),
  },
};

/** What a peer does wrong in a session, and what comes of it. */
const SESSION: Readonly<Record<string, { script: Script; error: (thrown: unknown) => void }>> = {
  "closes before the prompt": {
    script: async (c) => void await c.line(),
    error: isOf(ConnectionLost, /the connection ended without an answer$/),
  },
  "closes in the middle of the prompt": {
    script: async (c) => {
      await c.line();
      await c.say("\n> \n");
    },
    error: isOf(NotHaproxy, /which is not HAProxy's CLI$/),
  },
  "resets before the prompt": {
    script: (c) => Promise.resolve(c.close()),
    error: isOf(ConnectionLost, /the connection (broke before the answer|ended without an answer)$/),
  },
  "greets like a web server": {
    script: async (c) => {
      await c.line();
      await c.say("HTTP/1.1 400 Bad Request\r\n\r\n");
      await c.gone();
    },
    error: isOf(NotHaproxy, /it answered "HTTP\/1\.1 400/),
  },
  "never greets": {
    script: (c) => c.gone(),
    error: isOf(SocketTimeout, /no answer within 100 ms$/),
  },
  "never answers": {
    script: async (c) => {
      await greet(c);
      await c.gone();
    },
    error: isOf(SocketTimeout, /get an answer to "show version".*no answer within 100 ms$/),
  },
  "closes instead of an answer": {
    script: async (c) => {
      await greet(c);
      await c.line();
    },
    error: isOf(ConnectionLost, /the answer to "show version".*the connection ended$/),
  },
  "closes in the middle of an answer": {
    script: async (c) => {
      await greet(c);
      await c.line();
      await c.say("1\n2\n\n");
    },
    error: isOf(ConnectionLost, /the connection ended$/, "1\n2\n\n"),
  },
};

function isOf(kind: typeof ConnectionLost | typeof NotHaproxy | typeof SocketTimeout, words: RegExp, partial?: string) {
  return (thrown: unknown) => {
    assert.ok(thrown instanceof kind, String(thrown));
    assert.match(thrown.message, words);
    if (partial !== undefined && thrown instanceof ConnectionLost) assert.equal(thrown.partialAnswer, partial);
  };
}

for (const [what, { script, error }] of Object.entries(ONE_COMMAND)) {
  Deno.test(`send() survives a peer that ${what}`, async () => {
    await using peer = new FakeCli((c) => c.number === 1 ? script(c) : speakOnce(c));
    await using socket = new Socket(peer.path, { timeoutMs: 100 });
    await socket.send("show version").then(() => assert.fail("it was answered"), error);
    assert.equal(await socket.send("show version", { timeoutMs: 10_000 }), "3.2\n\n");
  });
}

for (const [what, { script, error }] of Object.entries(SESSION)) {
  Deno.test(`send() with reuse and batch() survive a peer that ${what}`, async () => {
    await using peer = new FakeCli((c) => c.number <= 2 ? script(c) : speakSession(c, () => "3.2\n\n"));
    await using socket = new Socket(peer.path, { timeoutMs: 100 });
    await socket.send("show version", { reuse: true }).then(() => assert.fail("it was answered"), error);
    await socket.batch(["show version", "show version"]).then((outcomes) => {
      assert.ok(outcomes.some((outcome) => !outcome.ok));
      for (const outcome of outcomes) if (!outcome.ok) throw outcome.error;
    }).then(() => assert.fail("it was answered"), error);
    assert.equal(await socket.send("show version", { reuse: true, timeoutMs: 10_000 }), "3.2\n\n");
    const outcomes = await socket.batch(["show version", "show version"], { timeoutMs: 10_000 });
    assert.deepEqual(outcomes, Array(2).fill({ ok: true, text: "3.2\n\n" }));
  });
}

Deno.test("send() with reuse trusts no answer that comes with one too many", async () => {
  await using peer = new FakeCli(async (c) => {
    if (c.number > 1) return await speakSession(c, () => "3.2\n\n");
    await greet(c);
    await c.line();
    await c.say("3.2\n\n> and more\n\n> ");
    await c.gone();
  });
  await using socket = new Socket(peer.path);
  await assert.rejects(() => socket.send("show version", { reuse: true }), NotHaproxy);
  assert.equal(await socket.send("show version", { reuse: true }), "3.2\n\n");
});

Deno.test("send() with reuse leaves a session on which something comes that nobody asked for", async () => {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  await using peer = new FakeCli(async (c) => {
    if (c.number > 1) return await speakSession(c, () => "new\n\n");
    await greet(c);
    await c.line();
    await c.say("old\n\n> ");
    await c.say("unasked\n\n> ");
    await c.gone();
    resolve();
  });
  await using socket = new Socket(peer.path);
  // Where both come in one read, already the first answer is not trusted.
  await socket.send("show version", { reuse: true }).then((text) => assert.equal(text, "old\n\n"), (thrown) => {
    assert.ok(thrown instanceof NotHaproxy, String(thrown));
  });
  await left;
  assert.equal(await socket.send("show version", { reuse: true }), "new\n\n");
});
