/**
 * When a drained agent says goodbye. HAProxy loses a message that crosses a goodbye (error 256 up to 3.0, 257 since 3.1),
 * so it is said where hardly any can be on its way.
 */

import assert from "node:assert/strict";
import { Dispatcher } from "../../lib/spop/dispatcher.ts";
import { Agent, SpopClient } from "../../lib/spop/mod.ts";
import { limitsOf } from "../../lib/spop/options.ts";
import { Route } from "../../lib/spop/route.ts";
import { Session } from "../../lib/spop/session.ts";
import { decodeAnswers, hello, join, notify } from "./wire.ts";

/** So many wait at most on a connection of HAProxy: `max-waiting-frames` up to 3.0, fixed since. */
const FULL = 20;
const PAUSE_MS = 30;

/** What is sent, and whether it is held, when so many NOTIFYs arrive at a session in a hurry. */
function hurried(notifies: number): { readonly isHeld: boolean; readonly said: readonly string[] } {
  const dispatcher = new Dispatcher({});
  dispatcher.add(new Route("ask", (_message, actions) => actions.set("request", "x", 1), 1000));
  const session = new Session(dispatcher, limitsOf({}), { flush() {}, resume() {}, hold() {} });
  const greeting = hello();
  session.receive(greeting, greeting.length);
  session.out.at = 0;
  session.hurry(80);
  const bytes = join(...Array.from({ length: notifies }, (_, index) => notify(2 * index + 1, { name: "ask" })));
  session.receive(bytes, bytes.length);
  return { isHeld: session.isHeld, said: decodeAnswers(session.out.written).map((one) => one.type) };
}

Deno.test("a session in a hurry leaves at once when so many wait that HAProxy sends no more", () => {
  const { isHeld, said } = hurried(FULL);
  assert.equal(isHeld, false);
  assert.deepEqual(said, [...Array.from({ length: FULL }, () => "ack"), "disconnect"]);
});

Deno.test("a session in a hurry holds its ACKs while HAProxy may send more", () => {
  const { isHeld, said } = hurried(FULL - 1);
  assert.equal(isHeld, true);
  assert.ok(!said.includes("disconnect"));
});

Deno.test("drain() does not take a pause between two messages for the end of a connection's use", async () => {
  const agent = new Agent().on("ask", (_message, actions) => actions.set("request", "x", 1));
  const listener = await agent.listen("127.0.0.1:0");
  await using client = await SpopClient.connect(listener.address);
  await client.notify([{ name: "ask" }]);
  const drained = listener.drain(60_000);
  for (let turn = 0; turn < 10; turn++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    assert.equal((await client.notify([{ name: "ask" }])).length, 1);
  }
  // Now it is quiet.
  assert.deepEqual(await client.ended, { status_code: 0, message: "normal" });
  await drained;
});
