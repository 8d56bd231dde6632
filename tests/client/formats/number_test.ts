import assert from "node:assert/strict";
import fc from "fast-check";
import { parseInteger, parseNumber } from "../../../lib/client/formats/number.ts";

Deno.test("parseInteger() gives back any 64-bit integer exactly", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (integer) => {
    const value = parseInteger(String(integer));
    assert.equal(typeof value, integer >= -(2n ** 53n - 1n) && integer <= 2n ** 53n - 1n ? "number" : "bigint");
    assert.equal(String(value), String(integer));
  }));
});

Deno.test("parseInteger() gives a bigint from 2^53 on", () => {
  assert.equal(parseInteger("9007199254740991"), 9007199254740991);
  assert.equal(parseInteger("9007199254740992"), 9007199254740992n);
  assert.equal(parseInteger("-9007199254740992"), -9007199254740992n);
});

Deno.test("parseInteger() refuses what is not a canonical integer", () => {
  for (const text of ["", "-", "+1", "-0", "00", "01", " 1", "1 ", "1.0", "1e3", "0x10", "½", "٣", "1".repeat(21)]) {
    assert.equal(parseInteger(text), undefined, text);
  }
});

Deno.test("parseInteger() reads any text as itself or not at all", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 25 }), (text) => {
    const value = parseInteger(text);
    assert.ok(value === undefined || String(value) === text);
  }));
});

Deno.test("parseNumber() reads fractions as show info float prints them, and nothing else beside integers", () => {
  assert.equal(parseNumber("1795220403.068395"), 1795220403.068395);
  assert.equal(parseNumber("-1"), -1);
  for (const text of ["2.6.12", ".5", "5.", "1e5", "nan", "inf", "0d 0h00m08s", ""]) {
    assert.equal(parseNumber(text), undefined, text);
  }
});
