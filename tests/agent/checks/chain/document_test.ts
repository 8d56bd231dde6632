import assert from "node:assert/strict";
import fc from "fast-check";
import { factsOf, fieldOf, integerOf, parseDocument } from "../../../../lib/agent/checks/chain/document.ts";

Deno.test("parseDocument() reads any JSON as JSON.parse does, but integers exactly", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value);
    if (/\d{16}/.test(text)) return;
    assert.deepEqual(parseDocument(text, "x"), JSON.parse(text));
  }));
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
    const document = parseDocument(`{"n":${value},"s":"${value}"}`, "x");
    assert.equal(integerOf(document, "n"), value);
    assert.equal(integerOf(document, "s"), value);
  }));
});

Deno.test("fieldOf() finds own fields only", () => {
  const document = parseDocument('{"a":{"b":[1]}}', "x");
  assert.equal(fieldOf(document, "a", "b", "0"), 1);
  for (const path of [["toString"], ["a", "constructor"], ["a", "b", "c"], ["x", "y"]]) {
    assert.equal(fieldOf(document, ...path), undefined);
  }
});

Deno.test("integerOf() refuses what is no integer", () => {
  for (const text of ["1.5", '"1.5"', '""', '"0x1"', "null", "true", "[1]", "1e30", '" 1"']) {
    assert.equal(integerOf(parseDocument(`{"n":${text}}`, "x"), "n"), undefined, text);
  }
});

Deno.test("factsOf() leaves out what is not known, and writes large numbers as text", () => {
  assert.deepEqual(factsOf({ a: 1n, b: 2n ** 60n, c: undefined, d: null, e: "f" }), {
    a: 1,
    b: "1152921504606846976",
    d: null,
    e: "f",
  });
});
