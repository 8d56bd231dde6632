import assert from "node:assert/strict";
import type { Reply } from "../../../../lib/agent/reply.ts";
import { DEBUG } from "../../../../lib/agent/checks/chain/debug.ts";
import { checkContext, forever } from "../../target/peers.ts";

const SAID: readonly (readonly [text: string, reply: Reply])[] = [
  ["up", { health: "up" }],
  ["DOWN", { health: "down" }],
  ["down#msg", { health: "down", text: "msg" }],
  ["down #with two#parts", { health: "down", text: "with two#parts" }],
  ["ready,75%", { admin: "ready", weight: { percent: 75 } }],
  ["maint maxconn:10 stopped", { admin: "maint", maxconn: 10, health: "stopped" }],
];

for (const [text, reply] of SAID) {
  Deno.test(`debug says ${JSON.stringify(text)}`, async () => {
    const finding = await DEBUG.make({ reply: text }, checkContext()).run(forever());
    assert.deepEqual(finding.reply, reply);
  });
}

Deno.test("debug refuses words that HAProxy does not know", () => {
  for (const reply of ["failed", "up sideways", "300000x"]) {
    assert.throws(() => DEBUG.make({ reply }, checkContext()), /Cannot make check "debug": HAProxy has no word/, reply);
  }
  assert.throws(() => DEBUG.make({ reply: "" }, checkContext()), /option "reply" is missing/);
});

Deno.test("debug tells what it was told among its facts, as the seed logs it", async () => {
  const finding = await DEBUG.make({ reply: "down#msg" }, checkContext()).run(forever());
  assert.deepEqual(finding.facts, { response: "down#msg" });
});
