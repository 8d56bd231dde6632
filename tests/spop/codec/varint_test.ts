import assert from "node:assert/strict";
import fc from "fast-check";
import {
  MAX_VARINT_BYTES,
  readVarint,
  skipVarint,
  varintSize,
  writeVarint,
  writeVarint64,
} from "../../../lib/spop/codec/mod.ts";

function encode(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(MAX_VARINT_BYTES);
  const end = typeof value === "number" ? writeVarint(bytes, 0, value) : writeVarint64(bytes, 0, value);
  return bytes.subarray(0, end);
}

const VECTORS: readonly (readonly [number | bigint, string])[] = [
  [0, "00"],
  [239, "ef"],
  [240, "f000"],
  [256, "f001"],
  [2287, "ff7f"],
  [2288, "f08000"],
  [16380, "fcf006"],
  [100500, "f4fa2f"],
  [5_000_000_000, "f091bd809400"],
  [-5n, "fbf0fefefefefefefe0e"],
  [-1n, "fff0fefefefefefefe0e"],
  [2n ** 64n - 1n, "fff0fefefefefefefe0e"],
];

Deno.test("writeVarint() writes the vectors of the spec", () => {
  for (const [value, hex] of VECTORS) assert.equal(encode(value).toHex(), hex, String(value));
});

Deno.test("readVarint() reads the vectors of the spec, negative ones as two's complement", () => {
  for (const [value, hex] of VECTORS) {
    const bytes = Uint8Array.fromHex(hex);
    assert.equal(skipVarint(bytes, 0, bytes.length), bytes.length);
    const expected = typeof value === "bigint" ? BigInt.asUintN(64, value) : value;
    assert.equal(readVarint(bytes, 0, bytes.length), expected);
  }
});

Deno.test("varintSize() steps at the boundaries that the encoding has", () => {
  for (const [size, limit] of [240, 2288, 264432, 33818864, 4328786160].entries()) {
    assert.equal(varintSize(limit - 1), size + 1);
    assert.equal(varintSize(limit), size + 2);
    assert.equal(encode(limit - 1).length, size + 1);
    assert.equal(encode(limit).length, size + 2);
  }
});

Deno.test("a number survives writing and reading, in the whole range of 64 bits", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
    const bytes = encode(value);
    const back = readVarint(bytes, 0, bytes.length);
    assert.equal(BigInt(back), BigInt.asUintN(64, value));
    assert.equal(typeof back, BigInt.asUintN(64, value) > Number.MAX_SAFE_INTEGER ? "bigint" : "number");
  }));
  fc.assert(fc.property(fc.maxSafeNat(), (value) => {
    const bytes = encode(value);
    assert.equal(bytes.toHex(), encode(BigInt(value)).toHex());
    assert.equal(bytes.length, varintSize(value));
    assert.equal(readVarint(bytes, 0, bytes.length), value);
  }));
});

Deno.test("skipVarint() finds no end in bytes that stop early or go on too long", () => {
  const bytes = new Uint8Array(20).fill(0xff);
  for (let length = 0; length < 20; length++) assert.equal(skipVarint(bytes, 0, length), -1);
});

Deno.test("readVarint() refuses what has more than 64 bits", () => {
  const bytes = Uint8Array.fromHex("fff0fefefefefefefe0f");
  assert.equal(readVarint(bytes, 0, bytes.length), -1);
});
