/** The epoll loop on a thread of its own, asked by the project's own client. */

import assert from "node:assert/strict";
import { type Action, Agent, SpopClient, SpopClosed } from "../../../lib/spop/mod.ts";
import { CannotListen } from "../../../lib/net/mod.ts";
import { hello, notify } from "../wire.ts";
import { EpollAgent } from "./epoll_agent.ts";

function values(actions: readonly Action[]): unknown[] {
  return actions.map((one) => one.type === "set_var" ? one.value.value : undefined);
}

Deno.test("listen() with epoll answers over TCP, many connections and frames at once", async () => {
  await using agent = new EpollAgent();
  const { address } = await agent.tell({ listen: "127.0.0.1:0" });
  assert.ok(address.port > 0);
  const clients = await Promise.all(Array.from({ length: 10 }, () => SpopClient.connect(address)));
  const answers = await Promise.all(
    clients.flatMap((client, index) =>
      Array.from({ length: 30 }, (_, x) => client.notify([{ name: "echo", args: { x: index * 100 + x } }]))
    ),
  );
  assert.deepEqual(
    answers.flatMap(values),
    clients.flatMap((_, index) => Array.from({ length: 30 }, (_, x) => index * 100 + x)),
  );
  for (const client of clients) await client.close();
});

Deno.test("listen() with epoll answers over a unix socket and IPv6, and refuses what is taken", async () => {
  const dir = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    for (const where of [`unix:${dir}/a.sock`, "[::1]:0"]) {
      await using agent = new EpollAgent();
      const { address } = await agent.tell({ listen: where });
      if (where.startsWith("unix")) assert.equal(((await Deno.stat(`${dir}/a.sock`)).mode ?? 0) & 0o777, 0o660);
      await using client = await SpopClient.connect(address);
      assert.deepEqual(values(await client.notify([{ name: "echo", args: { x: "y" } }])), ["y"]);
      await assert.rejects(new Agent().listen(address, { io: "epoll" }), CannotListen);
    }
    await assert.rejects(Deno.stat(`${dir}/a.sock`), Deno.errors.NotFound);
    await assert.rejects(new Agent().listen("example.org:0", { io: "epoll" }), /wants an IP address, no name$/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("with epoll, handlers that throw, take their time or never end are answered", async () => {
  await using agent = new EpollAgent();
  const { address } = await agent.tell({ listen: "127.0.0.1:0" });
  await using client = await SpopClient.connect(address);
  const ask = (name: string) => client.notify([{ name, args: { x: 7 } }]).then(values);
  assert.deepEqual(await Promise.all(["throws", "later", "echo", "never"].map(ask)), [["default"], [7], [7], [
    "default",
  ]]);
});

Deno.test("with epoll, frames that come byte by byte and frames larger than others are read", async () => {
  await using agent = new EpollAgent();
  const { address } = await agent.tell({ listen: "127.0.0.1:0" });
  using conn = await Deno.connect({ port: address.port });
  conn.setNoDelay(true);
  for (const byte of hello()) await conn.write(new Uint8Array([byte]));
  for (const byte of notify(1, { name: "echo", args: { x: 1 } })) await conn.write(new Uint8Array([byte]));
  const bytes = new Uint8Array(500);
  let arrived = 0;
  while (arrived < 82 + 18) arrived += await conn.read(bytes.subarray(arrived)) ?? assert.fail("closed");

  await using client = await SpopClient.connect(address, { maxFrameSize: 64 * 1024 });
  const sizes = await Promise.all(
    [60_000, 3, 500_000].map((size) =>
      client.notify([{ name: "echo", args: { x: "y".repeat(Math.min(size, 60_000)), more: "z".repeat(size) } }])
    ),
  );
  assert.deepEqual(sizes.map((actions) => String(values(actions)[0]).length), [60_000, 3, 60_000]);
});

Deno.test("with epoll, a burst whose answers are larger than what may wait is answered whole", async () => {
  await using agent = new EpollAgent();
  const { address } = await agent.tell({ listen: "127.0.0.1:0" });
  await using client = await SpopClient.connect(address);
  const texts = Array.from({ length: 1000 }, (_, index) => `${index} `.repeat(1 + (index * 37) % 900));
  const answers = await Promise.all(texts.map((x) => client.notify([{ name: "echo", args: { x } }])));
  assert.deepEqual(answers.flatMap(values), texts);
});

Deno.test("with epoll, a reader that reads nothing stops being read, and others go on", async () => {
  await using agent = new EpollAgent();
  const { address } = await agent.tell({ listen: "127.0.0.1:0" });
  using conn = await Deno.connect({ port: address.port });
  await conn.write(hello());
  const question = notify(1, { name: "echo", args: { x: "z".repeat(10_000) } });
  let sent = 0;
  const flood = (async () => {
    for (let from = 0;; from %= question.length) {
      const written = await conn.write(question.subarray(from));
      sent += written;
      from += written;
    }
  })();
  flood.catch(() => {});
  await using client = await SpopClient.connect(address);
  for (let still = 0, before = -1; still < 20; before = sent) {
    await client.notify([{ name: "echo", args: { x: 1 } }]);
    still = sent === before ? still + 1 : 0;
  }
  const { bytes_in, bytes_out, disconnects } = (await agent.tell("stats")).stats;
  assert.ok(bytes_in - bytes_out < 1_500_000, `${bytes_in - bytes_out} bytes are held`);
  assert.deepEqual(disconnects, {});
});

Deno.test("with epoll, an HTTP request is cut off and a connection without HELLO is timed out", async () => {
  await using agent = new EpollAgent();
  const { address } = await agent.tell({ listen: "127.0.0.1:0" });
  for (const text of ["GET / HTTP/1.1\r\n\r\n", ""]) {
    using conn = await Deno.connect({ port: address.port });
    if (text !== "") await conn.write(new TextEncoder().encode(text));
    const bytes = new Uint8Array(200);
    assert.ok((await conn.read(bytes) ?? 0) > 30);
    assert.equal(bytes[4], 102);
    assert.equal(await conn.read(bytes), null);
  }
  assert.deepEqual((await agent.tell("stats")).stats.disconnects, { 2: 1, 4: 1 });
});

Deno.test("with epoll, drain() finishes what runs, says goodbye and accepts no more", async () => {
  const agent = new EpollAgent();
  const { address } = await agent.tell({ listen: "127.0.0.1:0" });
  await using client = await SpopClient.connect(address);
  const answer = client.notify([{ name: "later", args: { x: 5 } }]);
  const drained = agent.tell("drain");
  assert.deepEqual(values(await answer), [5]);
  assert.deepEqual(await client.ended, { status_code: 0, message: "normal" });
  assert.equal((await drained).stats.connections, 0);
  await assert.rejects(SpopClient.connect(address), SpopClosed);
  await agent[Symbol.asyncDispose]();
});
