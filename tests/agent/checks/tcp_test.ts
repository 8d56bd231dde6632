import assert from "node:assert/strict";
import { TCP } from "../../../lib/agent/checks/tcp.ts";
import { certificate } from "../../peers/certificates.ts";
import { checkContext, closedPort, forever } from "../target/peers.ts";

type Serve = (conn: Deno.Conn) => Promise<void> | void;

/** A server of one connection; it is closed when the function is done. */
function serveOnce(serve: Serve, listener: Deno.Listener = Deno.listen({ hostname: "127.0.0.1", port: 0 })) {
  const served = (async () => {
    const conn = await listener.accept();
    try {
      await serve(conn);
    } finally {
      conn.close();
      listener.close();
    }
  })();
  const { addr } = listener;
  return { address: `127.0.0.1:${addr.transport === "tcp" ? addr.port : 0}`, served };
}

async function say(conn: Deno.Conn, text: string): Promise<void> {
  await conn.write(new TextEncoder().encode(text));
}

/** Reads until the other side is gone. */
async function drain(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  try {
    while (await conn.read(buffer) !== null);
  } catch {
    // It was reset, which is as gone.
  }
}

async function run(address: string, options: Record<string, unknown> = {}, signal = forever()) {
  return await TCP.make({ address, ...options }, checkContext({ origin: "config" })).run(signal);
}

Deno.test("tcp is up when a connection can be made, and closes it", async () => {
  const { address, served } = serveOnce(drain);
  assert.deepEqual((await run(address)).reply, { health: "up" });
  await served;
});

Deno.test("tcp fails where nobody listens", async () => {
  await assert.rejects(run(`127.0.0.1:${closedPort()}`), { code: "check_failed", message: /connection refused/ });
});

Deno.test("tcp is up when it hears what it expects, also in pieces", async () => {
  const { address, served } = serveOnce(async (conn) => {
    await say(conn, "22");
    await say(conn, "0 mail ESMTP\r\n");
    await drain(conn);
  });
  assert.deepEqual((await run(address, { expect: "220 ", matches: "^220" })).reply, { health: "up" });
  await served;
});

Deno.test("tcp sends bytes and hears the answer", async () => {
  const { address, served } = serveOnce(async (conn) => {
    const buffer = new Uint8Array(64);
    const length = await conn.read(buffer) ?? 0;
    await say(conn, `got ${buffer.subarray(0, length).join(" ")}`);
    await drain(conn);
  });
  assert.deepEqual((await run(address, { send: "PING\\r\\n\\xff", expect: "got 80 73 78 71 13 10 255" })).reply, {
    health: "up",
  });
  await served;
});

Deno.test("tcp is down with what was said when that is something else", async () => {
  const { address, served } = serveOnce((conn) => say(conn, "554 no\r\n"));
  const { reply, reason } = await run(address, { expect: "220" });
  assert.deepEqual(reply, { health: "down" });
  assert.equal(reason, 'no "220" in the answer: it said "554 no\\r\\n"');
  await served;
});

Deno.test("tcp reads no endless answer", async () => {
  const { address, served } = serveOnce(async (conn) => {
    const flood = new Uint8Array(4096).fill(120);
    try {
      for (;;) await conn.write(flood);
    } catch {
      // The check has gone.
    }
  });
  const { reply, reason } = await run(address, { expect: "220" });
  assert.deepEqual(reply, { health: "down" });
  assert.match(reason, /^no "220" in the first \d+ bytes of the answer$/);
  await served;
});

Deno.test("tcp ends with its signal, tells what it heard, and leaves no connection behind", async () => {
  const { address, served } = serveOnce(async (conn) => {
    await say(conn, "hello");
    await drain(conn);
  });
  await assert.rejects(run(address, { expect: "220" }, AbortSignal.timeout(50)), {
    code: "check_failed",
    message: 'no "220" in time: it said "hello"',
  });
  await served;
});

Deno.test("tcp speaks TLS", async () => {
  const caFile = await Deno.makeTempFile();
  await Deno.writeTextFile(caFile, certificate("ca"));
  const listen = () =>
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate("ec"), key: certificate("ec") });
  const greeting = async (conn: Deno.Conn) => {
    await say(conn, "220 mail\r\n");
    await drain(conn);
  };
  const good = serveOnce(greeting, listen());
  assert.equal((await run(good.address, { tls: true, caFile, expect: "220" })).reply.health, "up");
  await good.served;
  const stranger = serveOnce(greeting, listen());
  await assert.rejects(run(stranger.address, { tls: true }), { code: "check_failed" });
  await stranger.served.catch(() => {});
  await Deno.remove(caFile);
});

Deno.test("tcp sends nothing that a request on the wire says", () => {
  const make = () => TCP.make({ address: "127.0.0.1:25", send: "FLUSHALL\\r\\n" }, checkContext({ origin: "wire" }));
  assert.throws(make, { message: 'Cannot make check "tcp": option "send" may only be given by the configuration' });
});

Deno.test("tcp refuses what is no address and no text with escapes", () => {
  for (
    const options of [{}, { address: "127.0.0.1" }, { address: "127.0.0.1:25", send: "\\q" }, {
      address: "127.0.0.1:25",
      caFile: "/x",
    }]
  ) {
    assert.throws(() => TCP.make(options, checkContext({ origin: "config" })), { code: "invalid_check" });
  }
});
