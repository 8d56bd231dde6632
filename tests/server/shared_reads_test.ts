/** Reads that requests share: who shares, who must not, and what a failure does. */
import assert from "node:assert/strict";
import { SharedReads } from "../../lib/server/shared_reads.ts";
import { fakeClient } from "./fake_client.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A source whose answers come when the test says so. */
function source() {
  const waiting: PromiseWithResolvers<string>[] = [];
  return {
    read: () => {
      const one = Promise.withResolvers<string>();
      waiting.push(one);
      return one.promise;
    },
    get commands() {
      return waiting.length;
    },
    answer: (index: number, answer: string) => waiting[index]?.resolve(answer),
    fail: (index: number, error: Error) => waiting[index]?.reject(error),
  };
}

function readsAt(maxAgeMs = 0) {
  const clock = { now: 0 };
  return { reads: new SharedReads(fakeClient({}), { maxAgeMs, now: () => clock.now }), clock };
}

Deno.test("SharedReads.bytes() asks once when the same is read again before the answer is there", async () => {
  const { reads } = readsAt();
  const asked = source();
  const first = reads.bytes("a", asked.read);
  const second = reads.bytes("a", asked.read);
  asked.answer(0, "x");
  assert.equal(await first, await second, "the very same bytes");
  assert.equal(text(await first), "x");
  assert.equal(asked.commands, 1);
});

Deno.test("SharedReads.bytes() asks again once the answer is there", async () => {
  const { reads } = readsAt();
  let commands = 0;
  const read = () => Promise.resolve(`${++commands}`);
  assert.equal(text(await reads.bytes("a", read)), "1");
  assert.equal(text(await reads.bytes("a", read)), "2");
});

Deno.test("SharedReads.bytes() keeps different keys apart", async () => {
  const { reads } = readsAt(1_000);
  assert.equal(text(await reads.bytes("a", () => Promise.resolve("1"))), "1");
  assert.equal(text(await reads.bytes("b", () => Promise.resolve("2"))), "2");
});

Deno.test("SharedReads.bytes() gives an answer again until it is as old as maxAgeMs, counted from its command", async () => {
  const { reads, clock } = readsAt(100);
  let commands = 0;
  const read = () => Promise.resolve(`${++commands}`);
  assert.equal(text(await reads.bytes("a", read)), "1");
  clock.now = 99;
  assert.equal(text(await reads.bytes("a", read)), "1");
  clock.now = 100;
  assert.equal(text(await reads.bytes("a", read)), "2");
});

Deno.test("SharedReads.changed() keeps later readers off a read that is under way", async () => {
  const { reads } = readsAt();
  const asked = source();
  const before = reads.bytes("a", asked.read);
  reads.changed();
  const after = reads.bytes("a", asked.read);
  assert.equal(asked.commands, 2);
  asked.answer(1, "new");
  asked.answer(0, "old");
  assert.equal(text(await after), "new");
  assert.equal(text(await before), "old");
});

Deno.test("SharedReads.changed() keeps an answer from before it out of the cache, also when it comes late", async () => {
  const { reads } = readsAt(1_000);
  const asked = source();
  const before = reads.bytes("a", asked.read);
  reads.changed();
  asked.answer(0, "old");
  await before;
  const after = reads.bytes("a", asked.read);
  asked.answer(1, "new");
  assert.equal(text(await after), "new");
});

Deno.test("SharedReads.bytes() fails all who share it, and the next one asks anew", async () => {
  const { reads } = readsAt(1_000);
  const asked = source();
  const both = [reads.bytes("a", asked.read), reads.bytes("a", asked.read)];
  asked.fail(0, new Error("gone"));
  const outcomes = await Promise.allSettled(both);
  assert.deepEqual(outcomes.map((one) => one.status), ["rejected", "rejected"]);
  const next = reads.bytes("a", asked.read);
  asked.answer(1, "back");
  assert.equal(text(await next), "back");
});
