import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { Reader } from "mmdb-lib";
import { Cidr, Ip } from "../../../../lib/spop/codec/mod.ts";
import { InvalidDatabase, pathOf } from "../../../../lib/spop/policies/mmdb/data_section.ts";
import { Mmdb } from "../../../../lib/spop/policies/mmdb/mmdb.ts";
import { type MmdbOptions, type MmdbValue, Sized, writeMmdb } from "./write_mmdb.ts";

const key = fc.constantFrom(
  "country",
  "iso_code",
  "names",
  "en",
  "city",
  "a",
  "toString",
  "é".repeat(20),
  "k".repeat(300),
);
const scalar: fc.Arbitrary<MmdbValue> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ minLength: 280, maxLength: 300 }),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.nat(0xffff).map((value) => new Sized("uint16", value)),
  fc.nat(0xffffffff).map((value) => new Sized("uint32", value)),
  fc.integer().map((value) => new Sized("int32", value)),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => new Sized("uint64", value)),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => new Sized("uint128", value)),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => new Sized("float", value)),
);
const { record } = fc.letrec<{ record: MmdbValue; value: MmdbValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    tie("record"),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
  record: fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
}));
const options: fc.Arbitrary<MmdbOptions> = fc.record({
  recordSize: fc.constantFrom(24, 28, 32),
  ipVersion: fc.constantFrom(4, 6),
  hasPointers: fc.boolean(),
});

/** Networks that are not in each other: all have their own first byte. */
const networks = fc.uniqueArray(fc.integer({ min: 1, max: 254 }), { maxLength: 6 }).chain((bytes) =>
  fc.tuple(
    ...bytes.map((byte) =>
      fc.integer({ min: 8, max: 32 }).map((prefix) => new Cidr(Ip.v4(byte * 2 ** 24 + byte), prefix))
    ),
  )
);

/** Every path to a single value in what another reader has decoded. */
function leaves(value: unknown, path: readonly string[] = []): [string[], unknown][] {
  if (typeof value !== "object" || value === null) return [[[...path], value]];
  return Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]));
}

/** The same integer, however it is held. */
const plain = (value: unknown) => typeof value === "bigint" && value <= 2n ** 53n - 1n ? Number(value) : value;

Deno.test("Mmdb finds what mmdb-lib finds, at every path", () => {
  fc.assert(
    fc.property(networks, fc.array(record, { minLength: 6, maxLength: 6 }), options, (cidrs, records, options) => {
      const bytes = writeMmdb(cidrs.map((cidr, index) => [cidr, records[index] ?? {}]), options);
      const mmdb = new Mmdb(bytes);
      const oracle = new Reader(Buffer.from(bytes));
      for (const address of [...cidrs.map((cidr) => cidr.address), Ip.parse("0.0.0.1"), Ip.parse("255.1.1.1")]) {
        const expected = oracle.get(String(address));
        const place = mmdb.find(address);
        assert.equal(place >= 0, expected !== null, String(address));
        if (place < 0) continue;
        for (const [path, value] of leaves(expected)) {
          const found = mmdb.value(
            place,
            path.map((part) => /^\d+$/.test(part) ? Number(part) : new TextEncoder().encode(part)),
          );
          assert.deepEqual(plain(found), plain(value), path.join("."));
        }
        assert.equal(mmdb.value(place, pathOf("no.such")), undefined);
        assert.equal(mmdb.value(place, []), undefined, "a map is no value");
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("Mmdb finds IPv6 networks, and nothing of IPv6 in a database for IPv4", () => {
  const bytes = writeMmdb([[Cidr.parse("2001:db8::/32"), { a: "six" }], [Cidr.parse("192.0.2.0/24"), { a: "four" }]], {
    recordSize: 28,
    ipVersion: 6,
  });
  const mmdb = new Mmdb(bytes);
  const at = (ip: string) => mmdb.find(Ip.parse(ip));
  assert.equal(mmdb.value(at("2001:db8:1::1"), pathOf("a")), "six");
  assert.equal(mmdb.value(at("192.0.2.9"), pathOf("a")), "four");
  assert.equal(at("2001:db9::"), -1);
  assert.equal(at("192.0.3.1"), -1);
  const v4 = new Mmdb(writeMmdb([[Cidr.parse("32.1.0.0/16"), { a: 1 }]], { recordSize: 24, ipVersion: 4 }));
  assert.equal(v4.find(Ip.parse("2001:db8::")), -1);
});

Deno.test("Mmdb throws nothing but its own error, whatever is changed in a file", () => {
  const good = writeMmdb(
    [
      [Cidr.parse("192.0.2.0/24"), {
        country: { iso_code: "CH", names: { en: "Switzerland" } },
        list: ["a", { b: 2.5 }],
      }],
      [Cidr.parse("128.0.0.0/8"), { country: { iso_code: "DE" }, big: new Sized("uint128", 2n ** 100n) }],
    ],
    { recordSize: 28, ipVersion: 6 },
  );
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
  const paths = ["country.iso_code", "list.1.b", "big", "country.names.en"].map(pathOf);
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.option(fc.nat(good.length)), (changes, length) => {
      const bytes = good.slice(0, length ?? good.length);
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      try {
        const mmdb = new Mmdb(bytes);
        for (const ip of ["192.0.2.1", "128.1.1.1", "::", "ffff::"]) {
          const place = mmdb.find(Ip.parse(ip));
          if (place >= 0) { for (const path of paths) mmdb.value(place, path); }
        }
      } catch (thrown) {
        assert.ok(thrown instanceof InvalidDatabase, String(thrown));
      }
    }),
    { numRuns: 5000 },
  );
});

Deno.test("Mmdb refuses what is no such file", () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(1000), new TextEncoder().encode("<html>")]) {
    assert.throws(() => new Mmdb(bytes), { message: "Cannot read MMDB database: it has no metadata" });
  }
});

Deno.test("Mmdb steps over a bounded number of values", () => {
  const wide = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`k${index}`, true]));
  const mmdb = new Mmdb(writeMmdb([[Cidr.parse("10.0.0.0/8"), wide]], { recordSize: 32, ipVersion: 4 }));
  const place = mmdb.find(Ip.parse("10.1.1.1"));
  assert.equal(mmdb.value(place, pathOf("k10")), true);
  assert.throws(() => mmdb.value(place, pathOf("k59999")), { message: /a record is too large/ });
});

Deno.test("Mmdb refuses metadata whose numbers are none that can be", () => {
  for (const nodeCount of [NaN, Infinity, -1, 0.5, new Sized("int32", -1), new Sized("uint128", 2n ** 100n), "1"]) {
    const bytes = writeMmdb([[Cidr.parse("10.0.0.0/8"), { a: 1 }]], { recordSize: 24, ipVersion: 4, nodeCount });
    assert.throws(() => new Mmdb(bytes), { message: /its metadata has no whole number "node_count"/ });
  }
});
