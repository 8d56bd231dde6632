/** Connections as they should not be. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { CheckAgentOptions } from "../../lib/agent/agent.ts";
import type { CheckListener } from "../../lib/agent/listener.ts";
import { parseReply } from "../../lib/agent/reply.ts";
import { stubAgent, stubCheck, StubKind } from "./stub_kind.ts";

/** An agent with the check `web`, listening. */
async function listening(options: Partial<CheckAgentOptions> = {}, kind = new StubKind()) {
  const agent = stubAgent(kind, [stubCheck("web")], options);
  const listener = await agent.listen("127.0.0.1:0");
  return { agent, listener, kind, [Symbol.asyncDispose]: () => agent.close() };
}

async function connect(listener: CheckListener): Promise<Deno.Conn> {
  const { address } = listener;
  assert.ok(address.transport === "tcp");
  const conn = await Deno.connect(address);
  conn.setNoDelay(true);
  return conn;
}

/** Sends these pieces, then reads to the end. */
async function exchange(listener: CheckListener, pieces: readonly (string | Uint8Array)[]): Promise<string> {
  using conn = await connect(listener);
  for (const piece of pieces) {
    const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  }
  return await readAll(conn);
}

async function readAll(conn: Deno.Conn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(1024);
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return text;
}

const REQUESTS: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["whole", ["web\n"], /^up\n$/],
  ["with CRLF", ["web\r\n"], /^up\n$/],
  ["with blanks", ["  web \t\n"], /^up\n$/],
  ["in pieces", ["w", "e", "b", "\n"], /^up\n$/],
  ["without a newline", ["web"], /^up\n$/],
  ["with more behind it", ["web\nnobody\nweb\n"], /^up\n$/],
  ["of nothing", [], /^fail # the request is empty/],
  ["of an empty line", ["\n"], /^fail # the request is empty/],
  ["as long as may be", ["stub|".padEnd(4095, "x"), "\n"], /^up\n$/],
  ["too long", ["x".repeat(5000), "\n"], /^fail # the request is longer than 4095 bytes\n$/],
  ["far too long", ["x".repeat(200_000)], /^fail # the request is longer/],
  ["with a NUL", ["web\0\n"], /^fail # there is no check "web\?"\n$/],
];

for (const [how, pieces, answer] of REQUESTS) {
  Deno.test(`a request ${how} is answered with one line`, async () => {
    await using one = await listening({ silentMs: 50 });
    assert.match(await exchange(one.listener, pieces), answer);
  });
}

Deno.test("an end of the stream ends the request", async () => {
  await using one = await listening({ idleMs: 600_000 });
  using conn = await connect(one.listener);
  await conn.write(new TextEncoder().encode("web"));
  await conn.closeWrite();
  assert.equal(await readAll(conn), "up\n");
});

Deno.test("anything in any pieces is answered with one line that HAProxy understands", async () => {
  await using one = await listening({ idleMs: 1, silentMs: 1 });
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc.constantFrom("web", "\n", "stub|a", "|", ":", "\r", "\0"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
      using conn = await connect(one.listener);
      try {
        for (const part of pieces) await conn.write(typeof part === "string" ? new TextEncoder().encode(part) : part);
      } catch {
        // The agent had its line already, and has closed.
        return;
      }
      const line = await readAll(conn).catch(() => undefined);
      // What is sent behind the first line resets the connection.
      if (line === undefined) return;
      assert.match(line, /^[^\n]+\n$/);
      const { reply, unknown, warnings } = parseReply(line);
      assert.ok(reply.health === "up" || reply.health === "fail");
      assert.deepEqual([unknown, warnings], [[], []]);
    }),
    { numRuns: 150 },
  );
  assert.equal(await exchange(one.listener, ["web\n"]), "up\n");
});

Deno.test("a connection that is reset does no harm", async () => {
  const kind = new StubKind();
  const { promise, resolve } = Promise.withResolvers<void>();
  kind.does("web", async () => {
    await promise;
    return { reply: { health: "up" }, reason: "" };
  });
  await using one = await listening({}, kind);
  const conns = await Promise.all(Array.from({ length: 20 }, () => connect(one.listener)));
  for (const [index, conn] of conns.entries()) {
    if (index % 2 === 0) await conn.write(new TextEncoder().encode("web\n"));
    conn.close();
  }
  resolve();
  assert.equal(await exchange(one.listener, ["web\n"]), "up\n");
  await one.listener.finish();
  assert.equal(one.agent.stats().connections, 0);
});

Deno.test("a connection ends at its deadline, answered or not", async () => {
  const kind = new StubKind();
  kind.does("web", () => new Promise(() => {}));
  await using one = await listening({ connectionMs: 60 }, kind);
  assert.equal(await exchange(one.listener, ["web\n"]).catch(() => ""), "");
  assert.equal(one.agent.stats().unanswered, 1);
});

Deno.test("no more connections are served at once than may, and the others have their turn", async () => {
  const kind = new StubKind();
  const { promise, resolve } = Promise.withResolvers<void>();
  kind.does("web", async () => {
    await promise;
    return { reply: { health: "up" }, reason: "" };
  });
  await using one = await listening({ maxConnections: 2 }, kind);
  const answers = Array.from({ length: 5 }, () => exchange(one.listener, ["web\n"]));
  while (one.agent.check("web")?.is_running !== true) await new Promise((next) => setTimeout(next, 1));
  assert.ok(one.listener.connections <= 2);
  resolve();
  assert.deepEqual(await Promise.all(answers), Array.from({ length: 5 }, () => "up\n"));
});

Deno.test("finish() answers who has connected already", async () => {
  await using one = await listening();
  const answers = Array.from({ length: 30 }, () => exchange(one.listener, ["web\n"]));
  await Promise.race(answers);
  await one.listener.finish();
  const lines = await Promise.all(answers);
  assert.deepEqual(new Set(lines), new Set(["up\n"]));
});

Deno.test("a unix socket is answered as well, and its file goes with the listener", async () => {
  const path = await Deno.makeTempFile();
  await Deno.remove(path);
  await using agent = stubAgent(new StubKind(), [stubCheck("web")]);
  const listener = await agent.listen(`unix:${path}`);
  {
    using conn = await Deno.connect({ transport: "unix", path });
    await conn.write(new TextEncoder().encode("web\n"));
    assert.equal(await readAll(conn), "up\n");
  }
  await listener.close();
  await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
});

Deno.test("close() ends open connections", async () => {
  await using one = await listening();
  using conn = await connect(one.listener);
  await conn.write(new TextEncoder().encode("we"));
  while (one.listener.connections === 0) await new Promise((next) => setTimeout(next, 1));
  await one.listener.close();
  assert.equal(await readAll(conn).catch(() => ""), "");
});

Deno.test("a request that trickles in for ever ends soon", async () => {
  await using one = await listening({ idleMs: 600_000, silentMs: 60 });
  using conn = await connect(one.listener);
  const answer = readAll(conn);
  let isAnswered = false;
  void answer.finally(() => isAnswered = true);
  while (!isAnswered) {
    await conn.write(new TextEncoder().encode("x")).catch(() => {});
    await new Promise((next) => setTimeout(next, 5));
  }
  assert.match(await answer.catch(() => "fail # "), /^fail # /);
});

Deno.test("an agent that has stood still takes nobody for slow", async () => {
  await using one = await listening({ silentMs: 50, idleMs: 50 });
  using conn = await connect(one.listener);
  await conn.write(new TextEncoder().encode("w"));
  while (one.agent.stats().bytes_in === 0) await new Promise((next) => setTimeout(next, 1));
  const answer = readAll(conn);
  // The rest of the request comes while nothing is read.
  const rest = conn.write(new TextEncoder().encode("eb\n"));
  const until = performance.now() + 400;
  while (performance.now() < until);
  await rest;
  assert.equal(await answer, "up\n");
});
