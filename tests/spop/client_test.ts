/** The client's side of a connection that the agent has ended. */

import assert from "node:assert/strict";
import { Agent, SpopClient, SpopClosed } from "../../lib/spop/mod.ts";

const ASK = [{ name: "ask" }];

Deno.test("notify() after the agent's goodbye says at once that the connection is closed, and what was said", async () => {
  const agent = new Agent().on("ask", (_message, actions) => actions.set("request", "x", 1));
  const listener = await agent.listen("127.0.0.1:0");
  await using client = await SpopClient.connect(listener.address);
  await client.notify(ASK);
  await listener.drain(1_000);
  assert.deepEqual(await client.ended, { status_code: 0, message: "normal" });
  await assert.rejects(client.notify(ASK), (thrown) => {
    assert.ok(thrown instanceof SpopClosed);
    assert.match(thrown.message, /it said "normal" \(status 0\)$/);
    return true;
  });
});

Deno.test("notify() says that the connection is closed when it was closed from here", async () => {
  const listener = await new Agent().listen("127.0.0.1:0");
  const client = await SpopClient.connect(listener.address);
  const closed = client.close();
  await assert.rejects(client.notify(ASK), SpopClosed);
  await closed;
  await assert.rejects(client.notify(ASK), SpopClosed);
  await listener.close();
});

Deno.test("notify() says that the connection is closed when the agent goes away while it waits", async () => {
  const asked = Promise.withResolvers<void>();
  const agent = new Agent().on("ask", () => {
    asked.resolve();
    return new Promise(() => {});
  });
  const listener = await agent.listen("127.0.0.1:0");
  await using client = await SpopClient.connect(listener.address);
  const answer = assert.rejects(client.notify(ASK), SpopClosed);
  await asked.promise;
  await listener.close();
  await answer;
});
