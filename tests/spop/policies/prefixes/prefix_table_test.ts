import assert from "node:assert/strict";
import fc from "fast-check";
import { Cidr, Ip } from "../../../../lib/spop/codec/mod.ts";
import { PrefixSet } from "../../../../lib/spop/policies/prefixes/prefix_set.ts";
import { PrefixTable } from "../../../../lib/spop/policies/prefixes/prefix_table.ts";
import { Slices } from "../../../../lib/spop/policies/slices.ts";

type Entry = readonly [cidr: Cidr, score: number];

/** The longest prefix that has the address, and of equal ones the lowest score: by looking at every entry. */
function naiveScore(entries: readonly Entry[], ip: Ip): number {
  const plain = ip.unmapped();
  let best = -1;
  let score = -1;
  for (const [cidr, own] of entries) {
    const [network, prefix] = unmapped(cidr);
    if (network.version !== plain.version || !new Cidr(network, prefix).has(plain)) continue;
    if (prefix > best || (prefix === best && own < score)) [best, score] = [prefix, own];
  }
  return score;
}

function unmapped({ address, prefix }: Cidr): [Ip, number] {
  const v4 = address.unmapped();
  return v4.version === address.version || prefix < 96 ? [address, prefix] : [v4, prefix - 96];
}

function setOf(entries: readonly Entry[]): PrefixSet {
  const set = new PrefixSet();
  for (const [{ address, prefix }, score] of entries) {
    if (address.version === 4) set.add4(address.word(0), prefix, score);
    else set.add6(address.word(0), address.word(1), address.word(2), address.word(3), prefix, score);
  }
  set.trim();
  return set;
}

function entriesOf(text: Record<string, number>): Entry[] {
  return Object.entries(text).map(([cidr, score]) => [Cidr.parse(cidr), score]);
}

/** Words with few different values, so that prefixes nest and touch. */
const word = fc.oneof(
  fc.constantFrom(0, 1, 0xffff, 0x80000000, 0xffffffff, 0xfffffffe),
  fc.integer({ min: 0, max: 7 }),
);
const ip4 = word.map((one) => Ip.v4(one));
const ip6 = fc.tuple(word, word, word, word).map((words) => Ip.v6(...words));
const mapped = word.map((one) => Ip.v6(0, 0, 0xffff, one));
const ip = fc.oneof(ip4, ip6, mapped);
const entry: fc.Arbitrary<Entry> = ip.chain((address) =>
  fc.tuple(
    fc.integer({ min: 0, max: address.version === 4 ? 32 : 128 }).map((prefix) => new Cidr(address, prefix)),
    fc.integer({ min: 0, max: 100 }),
  )
);

/** The addresses at the ends of a network and beside them. */
function corners({ address, prefix }: Cidr): Ip[] {
  const bits = address.version === 4 ? 32 : 128;
  const first = address.toBigInt();
  const last = first | ((1n << BigInt(bits - prefix)) - 1n);
  return [first - 1n, first, last, last + 1n]
    .filter((value) => value >= 0n && value < 1n << BigInt(bits))
    .map((value) => {
      const at = (shift: bigint) => Number(value >> shift & 0xffffffffn);
      return bits === 32 ? Ip.v4(at(0n)) : Ip.v6(at(96n), at(64n), at(32n), at(0n));
    });
}

Deno.test("PrefixTable gives what looking at every prefix gives", async () => {
  const sets = fc.array(fc.array(entry, { maxLength: 40 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(sets, fc.array(ip, { maxLength: 20 }), async (lists, addresses) => {
      const table = await PrefixTable.build(lists.map(setOf));
      const all = lists.flat();
      for (const address of [...addresses, ...all.flatMap(([cidr]) => corners(cidr))]) {
        assert.equal(table.score(address), naiveScore(all, address), String(address));
        assert.equal(
          table.scoreAt(Uint8Array.of(9, ...address.bytes), 1, address.version === 4 ? 4 : 16),
          table.score(address),
        );
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("PrefixTable gives what looking at every prefix gives with more blocks, buckets and directories than one", async () => {
  const random = fc.sample(fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.nat(128), fc.nat(100)), {
    numRuns: 40_000,
    seed: 1,
  });
  const entries = random.map(([a, b, length, score], index): Entry => [
    index % 2 === 0
      ? new Cidr(Ip.v4(a % 0x1000000 + 0x0a000000), 20 + length % 13)
      : new Cidr(Ip.v6(0x20010000 + a % 8, b, a, b), 30 + length % 99),
    score,
  ]);
  const table = await PrefixTable.build([setOf(entries)]);
  const byPrefix = new Map<string, number>();
  for (const [cidr, score] of entries) {
    byPrefix.set(String(cidr), Math.min(score, byPrefix.get(String(cidr)) ?? 100));
  }
  const longest = (address: Ip): number => {
    for (let prefix = address.version === 4 ? 32 : 128; prefix >= 0; prefix--) {
      const score = byPrefix.get(String(new Cidr(address, prefix)));
      if (score !== undefined) return score;
    }
    return -1;
  };
  for (let index = 0; index < entries.length; index += 41) {
    for (const address of corners(entries[index]?.[0] ?? Cidr.parse("::/0"))) {
      assert.equal(table.score(address), longest(address), String(address));
    }
  }
});

Deno.test("PrefixTable knows nothing when nothing is in it", async () => {
  const table = await PrefixTable.build([]);
  for (const text of ["0.0.0.0", "255.255.255.255", "::", "ffff::"]) assert.equal(table.score(Ip.parse(text)), -1);
});

Deno.test("PrefixTable takes networks of everything", async () => {
  const table = await PrefixTable.build([setOf(entriesOf({ "0.0.0.0/0": 1, "::/0": 2, "255.255.255.255": 3 }))]);
  assert.equal(table.score(Ip.parse("0.0.0.0")), 1);
  assert.equal(table.score(Ip.parse("255.255.255.254")), 1);
  assert.equal(table.score(Ip.parse("255.255.255.255")), 3);
  assert.equal(table.score(Ip.parse("::")), 2);
  assert.equal(table.score(Ip.parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), 2);
});

Deno.test("PrefixTable looks IPv4-mapped addresses and prefixes up as IPv4", async () => {
  const table = await PrefixTable.build([setOf(entriesOf({ "::ffff:192.0.2.0/120": 5, "::/0": 9 }))]);
  assert.equal(table.score(Ip.parse("192.0.2.77")), 5);
  assert.equal(table.score(Ip.parse("::ffff:192.0.2.77")), 5);
  assert.equal(table.score(Ip.parse("::ffff:192.0.3.1")), -1);
});

Deno.test("PrefixTable makes one range of neighbours with one score", async () => {
  const same = await PrefixTable.build([setOf(entriesOf({ "10.0.0.0/9": 7, "10.128.0.0/9": 7, "10.1.0.0/16": 7 }))]);
  assert.equal(same.parts.v4.scores.length, 3, "before, 10.0.0.0/8, behind");
});

Deno.test("PrefixTable made of shared parts answers like the one that they are of", async () => {
  const table = await PrefixTable.build([setOf(entriesOf({ "10.0.0.0/8": 7, "2001:db8::/32": 8 }))], {
    isShared: true,
  });
  assert.ok(table.parts.v6.blocks.buffer instanceof SharedArrayBuffer);
  const copy = new PrefixTable(table.parts);
  assert.equal(copy.score(Ip.parse("10.1.2.3")), 7);
  assert.equal(copy.score(Ip.parse("2001:db8::1")), 8);
});

Deno.test("PrefixTable.build() lets others have their turn, and gives up when told", async () => {
  let turns = 0;
  const end = new AbortController();
  let time = 0;
  const slices = new Slices(4, () => time++, () => {
    if (++turns === 5) end.abort();
    return Promise.resolve();
  });
  const set = setOf(Array.from({ length: 100_000 }, (_, index): Entry => [new Cidr(Ip.v4(index * 7919), 32), 1]));
  await assert.rejects(PrefixTable.build([set], { slices, signal: end.signal }), { name: "AbortError" });
  assert.equal(turns, 5);
});
