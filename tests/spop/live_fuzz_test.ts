/** Mutated traffic against the live port: others go on being answered, and nothing is left behind. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Agent, SpopClient } from "../../lib/spop/mod.ts";
import { anyMutation } from "./arbitrary.ts";
import { frame, hello, join, notify } from "./wire.ts";

const SECONDS = 4;
const AT_ONCE = 16;

const GOOD = join(
  hello(),
  notify(1, { name: "ask", args: { x: "text", n: -5, b: true } }),
  notify(300, { name: "slow", args: { x: new Uint8Array(2000) } }, { name: "ask" }),
  frame("notify", (writer) => writer.text("a piece"), { flags: 0, stream: 5, id: 1 }),
  frame("unset", (writer) => writer.byte(0), { flags: 1, stream: 5, id: 1 }),
  frame("haproxy_disconnect"),
);

/** Says something mutated, reads a part of the answer or nothing, and leaves. */
async function misbehave(port: number, bytes: Uint8Array, turn: number): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const cut = turn % 3 === 0 ? Math.floor(bytes.length / 2) : bytes.length;
  await conn.write(bytes.subarray(0, cut));
  if (turn % 4 === 1) await conn.closeWrite();
  if (turn % 2 === 0) await conn.read(new Uint8Array(100));
  if (cut < bytes.length) await conn.write(bytes.subarray(cut));
}

Deno.test(`a live agent stands ${SECONDS} seconds of mutated traffic while others are answered`, async () => {
  const agent = new Agent({ handshakeMs: 200, idleMs: 1000, processingMs: 100, maxConnections: 64 });
  agent.on("ask", (message, actions) => actions.set("request", "x", message.args["x"] ?? null));
  agent.on("slow", () => new Promise(() => {}));
  const listener = await agent.listen("127.0.0.1:0");
  assert.ok(listener.address.transport === "tcp");
  const { port } = listener.address;
  const mutations = fc.sample(anyMutation, 2000);
  const end = performance.now() + SECONDS * 1000;
  let turns = 0;

  const bad = Array.from({ length: AT_ONCE }, async () => {
    while (performance.now() < end) {
      const turn = turns++;
      const mutated = mutations[turn % mutations.length]?.(GOOD) ?? GOOD;
      await misbehave(port, mutated, turn).catch(() => {}); // cut off, as it should be
    }
  });
  const good = (async () => {
    await using client = await SpopClient.connect(listener.address);
    let answers = 0;
    for (; performance.now() < end; answers++) {
      const actions = await client.notify([{ name: "ask", args: { x: answers } }]);
      assert.deepEqual(actions.map((one) => one.type === "set_var" && one.value.value), [answers]);
    }
    return answers;
  })();

  await Promise.all(bad);
  assert.ok(await good >= 50, "the good client was not starved");
  await listener.drain();
  const stats = agent.stats();
  assert.deepEqual([stats.connections, stats.in_flight], [0, 0]);
  assert.ok(turns >= 200 && Object.keys(stats.disconnects).length >= 3, JSON.stringify(stats.disconnects));
  assert.ok(Object.keys(stats.disconnects).every((code) => Number(code) <= 13 || code === "99"));
});
