import assert from "node:assert/strict";
import { Pending } from "../../lib/feed/pending.ts";

Deno.test("within() leaves nothing behind in the promise, however often it is waited for", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let reactions = 0;
  const then = promise.then.bind(promise);
  Object.defineProperty(promise, "then", {
    value: (...both: Parameters<typeof then>) => {
      reactions++;
      return then(...both);
    },
  });
  const pending = new Pending(promise);
  for (let turn = 0; turn < 20; turn++) assert.equal(await pending.within(1), undefined);
  assert.equal(reactions, 1);
  const last = pending.within(60_000);
  resolve("here");
  assert.equal(await last, "here");
  assert.equal(await pending.within(60_000), "here");
});

Deno.test("within() hands on what the promise throws", async () => {
  const broken = new Pending(Promise.reject(new Error("broken")));
  await assert.rejects(broken.within(60_000), /broken/);
  await assert.rejects(broken.within(0), /broken/);
});
