/** Feeds: what readers get, whatever the pace of either side. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Feed, type FeedItem } from "../../lib/feed/mod.ts";

/** Values, and `-N` for N lost. */
function shown(items: readonly FeedItem<number>[]): (number | string)[] {
  return items.map((item) => item.kind === "record" ? item.record.value : `-${item.count}`);
}

Deno.test("read() gives a reader every record in order, or the number of those it was too slow for", async () => {
  // One step: write so many, or read so many.
  const step = fc.tuple(fc.constantFrom("push", "read"), fc.nat(20));
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 16 }), fc.array(step), async (capacity, steps) => {
    const feed = new Feed<number>({ capacity });
    const reader = feed.read({ after: 0 });
    let pushed = 0;
    let accounted = 0;
    const take = async () => {
      const { value } = await reader.next();
      assert.ok(value !== undefined);
      if (value.kind === "lost") return void (accounted += value.count);
      assert.equal(value.record.value, ++accounted, "the very next one");
      assert.equal(value.record.id, accounted);
    };
    for (const [what, count] of steps) {
      for (let index = 0; index < count; index++) {
        if (what === "push") assert.equal(feed.push(++pushed), pushed);
        else if (accounted < pushed) await take();
      }
      assert.ok(feed.latest().length <= capacity);
    }
    while (accounted < pushed) await take();
    feed.close();
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
    assert.equal(feed.readers, 0);
  }));
});

Deno.test("a feed keeps no more than its weight, but always the newest record", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (weights, maxWeight) => {
      const feed = new Feed<number>({ capacity: 8, maxWeight, weigh: (value) => value });
      for (const weight of weights) {
        feed.push(weight);
        const kept = feed.latest().map((record) => record.value);
        const total = kept.reduce((sum, one) => sum + one, 0);
        assert.ok(total <= maxWeight || kept.length === 1, `${kept} weigh ${total}`);
        assert.equal(kept.at(-1), weight);
      }
      const kept = feed.latest().length;
      const next = weights.at(-1 - kept);
      if (kept < 8 && next !== undefined) {
        const total = feed.latest().reduce((sum, one) => sum + one.value, next);
        assert.ok(total > maxWeight, "nothing was let go that had room");
      }
    }),
  );
});

Deno.test("read() waits for what comes, from now on if not said otherwise", async () => {
  const feed = new Feed<number>();
  feed.push(1);
  const reader = feed.read();
  const next = reader.next();
  feed.push(2);
  const { value } = await next;
  assert.deepEqual(value && shown([value]), [2]);
  feed.push(3);
  feed.close();
  assert.deepEqual(shown(await Array.fromAsync(reader)), [3]);
});

Deno.test("read() begins where it is told to: behind an id, with the newest, with everything", async () => {
  const feed = new Feed<number>({ capacity: 3 });
  for (let value = 1; value <= 5; value++) feed.push(value);
  feed.close();
  const from = async (options: Parameters<typeof feed.read>[0]) => shown(await Array.fromAsync(feed.read(options)));
  assert.deepEqual(await from({ tail: 2 }), [4, 5]);
  assert.deepEqual(await from({ tail: 9 }), [3, 4, 5], "a tail asks for no more than there is");
  assert.deepEqual(await from({ after: 4 }), [5]);
  assert.deepEqual(await from({ after: 0 }), ["-2", 3, 4, 5]);
  assert.deepEqual(await from({ after: 99 }), [], "what was never written is not waited for twice");
  assert.deepEqual(await from({}), []);
});

Deno.test("every reader gets all, and a slow one holds up neither the writer nor the others", async () => {
  const feed = new Feed<number>({ capacity: 2 });
  const slow = feed.read();
  const fast = feed.read();
  const seen: (number | string)[] = [];
  for (let value = 1; value <= 10; value++) {
    feed.push(value);
    const { value: item } = await fast.next();
    if (item !== undefined) seen.push(...shown([item]));
  }
  feed.close();
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(shown(await Array.fromAsync(slow)), ["-8", 9, 10]);
});

Deno.test("a signal, return() and close() each end a reader that waits", async () => {
  const feed = new Feed<number>();
  const ending = new AbortController();
  const readers = [feed.read({ signal: ending.signal }), feed.read(), feed.read()];
  const ends = readers.map((reader) => reader.next());
  assert.equal(feed.readers, 3);
  ending.abort();
  assert.equal((await ends[0])?.done, true);
  await readers[1]?.return?.();
  assert.equal((await ends[1])?.done, true);
  feed.close();
  assert.equal((await ends[2])?.done, true);
  assert.equal(feed.readers, 0);
  assert.equal((await feed.read({ signal: AbortSignal.abort() }).next()).done, true);
  assert.equal(feed.readers, 0);
});

Deno.test("onReaders() hears of the first reader and of the last one's end", async () => {
  const told: number[] = [];
  const feed = new Feed<number>({ onReaders: (readers) => told.push(readers) });
  const [one, other] = [feed.read(), feed.read()];
  await one.return?.();
  await one.return?.();
  await other.return?.();
  assert.deepEqual(told, [1, 2, 1, 0]);
});

Deno.test("calls of next() that do not wait for each other get records in order", async () => {
  const feed = new Feed<number>();
  const reader = feed.read();
  const results = Promise.all([reader.next(), reader.next(), reader.next()]);
  for (let value = 1; value <= 3; value++) feed.push(value);
  assert.deepEqual(shown((await results).flatMap(({ value }) => value ?? [])), [1, 2, 3]);
  await reader.return?.();
});

Deno.test("a closed feed takes no more records", () => {
  const feed = new Feed<number>();
  feed.close();
  assert.equal(feed.push(1), 0);
  assert.equal(feed.lastId, 0);
});
