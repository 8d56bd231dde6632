import assert from "node:assert/strict";
import fc from "fast-check";
import {
  InvalidValue,
  Ip,
  Reader,
  readTyped,
  readValue,
  type Sendable,
  skipValue,
  typed,
  type Value,
  Writer,
  writeValue,
} from "../../../lib/spop/codec/mod.ts";
import { anyTyped, comparable } from "../arbitrary.ts";

function encode(value: Sendable): string {
  const writer = new Writer(1);
  writeValue(writer, value);
  return writer.written.toHex();
}

function reader(hex: string): Reader {
  return new Reader().reset(Uint8Array.fromHex(hex));
}

const PLAIN: readonly (readonly [Value, string])[] = [
  [null, "00"],
  [true, "11"],
  [false, "01"],
  [300, "04fc03"],
  [-5, "04fbf0fefefefefefefe0e"],
  [5_000_000_000, "04f091bd809400"],
  [-(2n ** 63n), "04f0f1fefefefefefefe06"],
  [2n ** 64n - 1n, "05fff0fefefefefefefe0e"],
  [Ip.parse("193.200.227.222"), "06c1c8e3de"],
  [Ip.parse("2001:db8::1"), "0720010db8000000000000000000000001"],
  ["plain", "0805706c61696e"],
  ["é", "0802c3a9"],
  [new Uint8Array([0x10, 0x20, 0x30]), "0903102030"],
];

Deno.test("writeValue() gives a plain value the type that suits it", () => {
  for (const [value, hex] of PLAIN) assert.equal(encode(value), hex, String(value));
});

Deno.test("readValue() gives back what was written", () => {
  for (const [value, hex] of PLAIN) assert.deepEqual(comparable(readValue(reader(hex))), comparable(value));
});

Deno.test("readValue() reads integers of every width as HAProxy and other agents write them", () => {
  const negative = "fbf0fefefefefefefe0e";
  assert.deepEqual(
    ["02", "03", "04", "05"].map((type) => readValue(reader(type + negative))),
    [-5, 4294967291, -5, 2n ** 64n - 5n],
  );
});

Deno.test("a value of each type survives writing, stepping over and reading", () => {
  fc.assert(fc.property(anyTyped, (value) => {
    const hex = encode(value);
    const stepping = reader(hex);
    skipValue(stepping);
    assert.deepEqual([stepping.at, stepping.broken], [hex.length / 2, false]);
    const back = readTyped(reader(hex));
    assert.equal(back.type, value.type);
    assert.deepEqual(comparable(back.value), comparable(value.value));
  }));
});

Deno.test("readValue() and skipValue() find the same bytes broken", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
    const stepping = new Reader().reset(bytes);
    const reading = new Reader().reset(bytes);
    skipValue(stepping);
    readValue(reading);
    // More than 64 bits are only noticed when the number is asked for.
    if (!reading.broken) assert.deepEqual([stepping.at, stepping.broken], [reading.at, reading.broken]);
    if (stepping.broken) assert.ok(reading.broken);
  }));
});

Deno.test("writeValue() refuses what SPOP has no type for", () => {
  const wrong: Sendable[] = [
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    2n ** 64n,
    -(2n ** 63n) - 1n,
    typed("int32", 2 ** 31),
    typed("uint32", -1),
    typed("uint64", -1),
    typed("int64", 2n ** 63n),
    typed("ipv4", Ip.parse("::1")),
    typed("string", 5),
    typed("bool", null),
    JSON.parse("{}"),
    JSON.parse('{"type":"float","value":1}'),
  ];
  for (const value of wrong) assert.throws(() => encode(value), InvalidValue);
  const symbol: unknown = Symbol("x");
  assert.throws(() => encode(symbol as Sendable), /SPOP has no such type/);
});
