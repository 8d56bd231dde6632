import assert from "node:assert/strict";
import fc from "fast-check";
import { Ip, type Value } from "../../../lib/spop/codec/mod.ts";
import { KeyedHash } from "../../../lib/spop/policies/keyed_hash.ts";

const KEY = Uint8Array.from({ length: 8 }, (_, index) => index);

/** The hash as the reference implementation prints it. */
function hex(hash: KeyedHash): string {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, hash.low, true);
  bytes.setUint32(4, hash.high, true);
  return new Uint8Array(bytes.buffer).toHex();
}

Deno.test("KeyedHash gives the vectors of the reference implementation", () => {
  const input = Uint8Array.from({ length: 16 }, (_, index) => index);
  const hash = new KeyedHash(KEY);
  const vectors = ["218d1f59b9b83cc8", "be552412f8387315", "064f39ef7c50eb57", "ce0f1a45f7060679", "d5e78a175be52ea1"];
  for (const [length, vector] of vectors.entries()) {
    hash.bytes(input, 0, length);
    assert.equal(hex(hash), vector);
  }
  hash.bytes(input, 0, 8);
  assert.equal(hex(hash), "edfee820bce4858c");
});

function hashOf(value: Value, key = KEY): string {
  const hash = new KeyedHash(key);
  assert.ok(hash.value(value));
  return hex(hash);
}

Deno.test("KeyedHash tells values from others, and types from each other", () => {
  const values: Value[] = [
    "",
    "1",
    1,
    1n << 60n,
    true,
    "true",
    false,
    new Uint8Array([0x31]),
    "é",
    "e",
    "x".repeat(1000),
  ];
  values.push(Ip.parse("1.2.3.4"), Ip.parse("::1.2.3.4"), Ip.parse("::"), "1.2.3.4", new Uint8Array());
  assert.equal(new Set(values.map((value) => hashOf(value))).size, values.length);
});

Deno.test("KeyedHash hashes equal values alike, whatever was hashed before", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 200 })), (texts) => {
    const hash = new KeyedHash(KEY);
    for (const text of texts) {
      hash.value(text);
      assert.equal(hex(hash), hashOf(text));
    }
  }));
  assert.equal(hashOf(Ip.parse("::ffff:1.2.3.4")), hashOf(Ip.parse("1.2.3.4")));
});

Deno.test("KeyedHash has a key of its own when none is given, and takes no null", () => {
  const [one, two] = [new KeyedHash(), new KeyedHash()];
  one.value("x");
  two.value("x");
  assert.notEqual(hex(one), hex(two));
  assert.equal(one.value(null), false);
  assert.equal(one.value(undefined), false);
});
