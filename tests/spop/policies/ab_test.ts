import assert from "node:assert/strict";
import { Ip } from "../../../lib/spop/codec/mod.ts";
import { createAb } from "../../../lib/spop/policies/ab.ts";
import { murmur3 } from "../../../lib/spop/policies/murmur3.ts";
import { decide, defaultsOf } from "./verdict.ts";

Deno.test("murmur3() gives the known vectors", () => {
  const hash = (text: string, seed: number) => {
    const bytes = new TextEncoder().encode(`<${text}>`);
    return murmur3(bytes, 1, bytes.length - 1, seed);
  };
  assert.equal(hash("", 0), 0);
  assert.equal(hash("", 1), 0x514e28b7);
  assert.equal(hash("hello", 0), 0x248bfa47);
  assert.equal(hash("hello, world", 0), 0x149bbb7f);
  assert.equal(hash("The quick brown fox jumps over the lazy dog", 0), 0x2e4ff723);
});

const variantOf = async (policy: Awaited<ReturnType<typeof createAb>>, key: Parameters<typeof decide>[1][string]) =>
  (await decide(policy, { key }))["transaction.ab_variant"];

Deno.test("createAb() deals by weight, and two experiments independently of each other", async () => {
  const one = await createAb({ salt: "one", variants: { a: 70, b: 0, c: 30 } });
  const two = await createAb({ salt: "two", variants: { a: 1, c: 1 } });
  const counts: Record<string, number> = {};
  for (let key = 0; key < 10_000; key++) {
    const dealt = `${await variantOf(one, `user-${key}`)}${await variantOf(two, `user-${key}`)}`;
    counts[dealt] = (counts[dealt] ?? 0) + 1;
  }
  const expected: Record<string, number> = { aa: 3500, ac: 3500, ca: 1500, cc: 1500 };
  assert.deepEqual(Object.keys(counts).sort(), Object.keys(expected));
  for (const [dealt, count] of Object.entries(expected)) {
    assert.ok(Math.abs((counts[dealt] ?? 0) - count) < 200, `${dealt}: ${counts[dealt]}`);
  }
  assert.equal(one.stats?.()["variant.b"], 0);
});

Deno.test("createAb() gives a key the same variant for ever", async () => {
  const variants = { red: 1, green: 1, blue: 1 };
  const dealt = async () => {
    const policy = await createAb({ salt: "s", variants });
    return await Promise.all(["alice", "bob", 7, "é", true, "x".repeat(1000)].map((key) => variantOf(policy, key)));
  };
  assert.deepEqual(await dealt(), await dealt());
  // Dealt once and written down: a change here moves everybody's users.
  assert.deepEqual(await dealt(), WRITTEN_DOWN);
});

const WRITTEN_DOWN: unknown[] = ["blue", "red", "green", "blue", "blue", "green"];

Deno.test("createAb() sees the same key in its text, its bytes, and an address however it came", async () => {
  const policy = await createAb({
    salt: "s",
    variants: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`v${i}`, 1])),
  });
  const text = await variantOf(policy, "192.0.2.1");
  assert.equal(await variantOf(policy, Ip.parse("192.0.2.1")), text);
  assert.equal(await variantOf(policy, Ip.parse("::ffff:192.0.2.1")), text);
  assert.equal(await variantOf(policy, new TextEncoder().encode("192.0.2.1")), text);
});

Deno.test("createAb() gives the fallback to messages without a key, and when it is late", async () => {
  const policy = await createAb({ salt: "s", variants: { a: 0, b: 1 }, variable: "v", scope: "session" });
  for (const key of [null, undefined, ""]) assert.deepEqual(await decide(policy, { key }), { "session.v": "a" });
  assert.deepEqual(defaultsOf(policy), { "session.v": "a" });
  const other = await createAb({ salt: "s", variants: { a: 1, b: 1 }, fallback: "b" });
  assert.deepEqual(defaultsOf(other), { "transaction.ab_variant": "b" });
});

Deno.test("createAb() refuses options that make no sense", async () => {
  const wrong: [string, RegExp][] = [
    ['{"variants": {"a": 1}}', /option "salt" is missing/],
    ['{"salt": "s"}', /no variant has a weight above 0/],
    ['{"salt": "s", "variants": {"a": 0}}', /no variant has a weight above 0/],
    ['{"salt": "s", "variants": {"a": -1}}', /the weight of variant "a" is "-1"/],
    ['{"salt": "s", "variants": {"a": 1}, "fallback": "b"}', /there is no variant "b"/],
    ['{"salt": "", "variants": {"a": 1}}', /option "salt"/],
  ];
  for (const [options, why] of wrong) {
    await assert.rejects(async () => await createAb(JSON.parse(options)), why);
  }
});
