import assert from "node:assert/strict";
import fc from "fast-check";
import { Ip } from "../../../lib/spop/codec/mod.ts";
import { createRate, type RateOptions } from "../../../lib/spop/policies/rate.ts";
import { TokenBuckets } from "../../../lib/spop/policies/token_buckets.ts";
import { decide, defaultsOf } from "./verdict.ts";

/** A bucket as it is described in books: tokens, and when they were counted last. */
class BookBucket {
  tokens: number;
  #at = 0;
  constructor(readonly rate: number, readonly burst: number) {
    this.tokens = burst;
  }
  take(cost: number, now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + (now - this.#at) * this.rate / 1000);
    this.#at = now;
    if (this.tokens < cost - INEXACT) return false;
    this.tokens -= cost;
    return true;
  }
}

/** The book's sums of fractions are not exact. */
const INEXACT = 1e-6;

Deno.test("TokenBuckets does what a bucket in a book does, for every key by itself", () => {
  const options = fc.record({ rate: fc.constantFrom(1, 8, 125, 1000), burst: fc.integer({ min: 1, max: 20 }) });
  const take = fc.record({ key: fc.nat(4), cost: fc.nat(6), pause: fc.constantFrom(0, 0, 8, 64, 1000) });
  fc.assert(
    fc.property(options, fc.array(take, { maxLength: 100 }), ({ rate, burst }, takes) => {
      const buckets = new TokenBuckets({ rate, burst, buckets: 64 });
      const books = new Map<number, BookBucket>();
      let now = 0;
      for (const { key, cost, pause } of takes) {
        now += pause;
        const book = books.get(key) ?? new BookBucket(rate, burst);
        books.set(key, book);
        const isAllowed = book.take(cost, now);
        buckets.take(key * 0x9e3779b1 >>> 0, key, cost, now);
        assert.equal(buckets.isAllowed, isAllowed);
        assert.equal(buckets.remaining, Math.floor(book.tokens + INEXACT));
        if (isAllowed) assert.equal(buckets.retryMs, 0);
        else if (cost > burst) assert.equal(buckets.retryMs, -1);
        else assert.equal(buckets.retryMs, Math.ceil((cost - book.tokens) * 1000 / rate - INEXACT));
      }
    }),
  );
});

Deno.test("TokenBuckets allows a take after as long as it said, and not before", () => {
  const case_ = fc.record({
    rate: fc.double({ min: 0.1, max: 5000, noNaN: true }),
    burst: fc.double({ min: 1, max: 100, noNaN: true }),
    cost: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(fc.property(case_, ({ rate, burst, cost }) => {
    fc.pre(cost <= burst);
    const buckets = new TokenBuckets({ rate, burst, buckets: 8 });
    for (let takes = 0; buckets.isAllowed; takes++) {
      buckets.take(1, 1, cost, 0);
      assert.ok(takes <= burst / cost + 1);
    }
    const { retryMs } = buckets;
    assert.ok(retryMs >= 1);
    buckets.take(1, 1, cost, retryMs - 1.001);
    assert.equal(buckets.isAllowed, false);
    buckets.take(1, 1, cost, retryMs);
    assert.equal(buckets.isAllowed, true);
  }));
});

Deno.test("TokenBuckets keeps its size, and forgets the fullest bucket first", () => {
  const buckets = new TokenBuckets({ rate: 1, burst: 10, buckets: 8 });
  const { bytes } = buckets;
  assert.equal(bytes, 8 * 16);
  for (let key = 0; key < 8; key++) buckets.take(key, key, key === 5 ? 1 : 9, 0);
  assert.equal(buckets.inUse(0), 8);
  assert.equal(buckets.evictions, 0);
  buckets.take(100, 100, 9, 0);
  assert.equal(buckets.evictions, 1);
  for (const key of [0, 1, 2, 3, 4, 6, 7]) {
    buckets.take(key, key, 0, 0);
    assert.equal(buckets.remaining, 1, `key ${key}`);
  }
  assert.equal(buckets.bytes, bytes);
  assert.equal(buckets.inUse(10_000), 0, "in time, all are full again");
});

Deno.test("TokenBuckets takes any number of keys", () => {
  const buckets = new TokenBuckets({ rate: 1000, burst: 1, buckets: 1000 });
  for (let key = 0; key < 100_000; key++) buckets.take(Math.imul(key, 0x9e3779b1) >>> 0, key, 1, key / 100);
  assert.equal(buckets.bytes, 1024 * 16);
});

async function policyAt(options: Omit<RateOptions, "clock">) {
  const clock = { now: 0 };
  return { clock, policy: await createRate({ ...options, clock: () => clock.now }) };
}

Deno.test("createRate() allows what a key has tokens for, and tells when to come back", async () => {
  const { clock, policy } = await policyAt({ rate: 2, burst: 2 });
  const ask = (key: string, cost?: number) => decide(policy, { key: Ip.parse(key), cost });
  assert.deepEqual(await ask("192.0.2.1"), {
    "transaction.rate_allowed": true,
    "transaction.rate_remaining": 1,
    "transaction.rate_retry_ms": 0,
  });
  await ask("192.0.2.1");
  assert.deepEqual(await ask("::ffff:192.0.2.1"), {
    "transaction.rate_allowed": false,
    "transaction.rate_remaining": 0,
    "transaction.rate_retry_ms": 500,
  });
  assert.equal((await ask("192.0.2.2"))["transaction.rate_allowed"], true, "another key has its own");
  clock.now = 500;
  assert.equal((await ask("192.0.2.1"))["transaction.rate_allowed"], true);
  assert.equal((await ask("192.0.2.3", 3))["transaction.rate_retry_ms"], -1);
  assert.deepEqual(policy.stats?.(), {
    decisions: 6,
    denied: 2,
    no_key: 0,
    bytes: 65_536 * 16,
    evictions: 0,
    buckets_in_use: 1,
  });
});

Deno.test("createRate() allows what has no key, and what it cannot decide in time", async () => {
  const { policy } = await policyAt({ rate: 1, burst: 5, prefix: "api", scope: "request" });
  const allowed = { "request.api_allowed": true, "request.api_remaining": 5, "request.api_retry_ms": 0 };
  assert.deepEqual(await decide(policy, { key: null }), allowed);
  assert.deepEqual(await decide(policy, {}), allowed);
  assert.deepEqual(defaultsOf(policy), allowed);
});

Deno.test("createRate() ignores a cost that makes no sense", async () => {
  const { policy } = await policyAt({ rate: 1, burst: 10, cost: 2 });
  for (const [cost, left] of [[-5, 8], ["3", 6], [null, 4], [0, 4], [1n, 3]] as const) {
    assert.equal((await decide(policy, { key: "k", cost }))["transaction.rate_remaining"], left);
  }
});

Deno.test("createRate() refuses options that make no sense", async () => {
  const wrong: [string, RegExp][] = [
    ["{}", /option "rate" is missing/],
    ['{"rate": 0}', /option "rate" is "0"/],
    ['{"rate": 1, "burst": 0.5}', /option "burst" is "0.5" and must be a number from 1/],
    ['{"rate": 1, "buckets": 1.5}', /option "buckets"/],
    ['{"rate": "10"}', /option "rate" is "10" and must be a number/],
  ];
  for (const [options, why] of wrong) {
    await assert.rejects(async () => await createRate(JSON.parse(options)), why);
  }
});
