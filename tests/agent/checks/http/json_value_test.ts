import assert from "node:assert/strict";
import fc from "fast-check";
import { isJsonPointer, valueAt, wrongInJson } from "../../../../lib/agent/checks/http/json_value.ts";

/** The document and the pointers of RFC 6901, section 5. */
const RFC = {
  "foo": ["bar", "baz"],
  "": 0,
  "a/b": 1,
  "c%d": 2,
  "e^f": 3,
  "g|h": 4,
  "i\\j": 5,
  'k"l': 6,
  " ": 7,
  "m~n": 8,
};

Deno.test("valueAt() follows the pointers of RFC 6901", () => {
  const pointers = ["/foo", "/foo/0", "/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", '/k"l', "/ ", "/m~0n"];
  assert.deepEqual(pointers.map((one) => valueAt(RFC, one)), [["bar", "baz"], "bar", 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(valueAt(RFC, ""), RFC);
});

Deno.test("valueAt() finds nothing that is not in the document", () => {
  for (
    const pointer of ["/nothing", "/foo/2", "/foo/-", "/foo/00", "/foo/length", "/toString", "/__proto__", "/foo/0/0"]
  ) {
    assert.equal(valueAt(RFC, pointer), undefined, pointer);
  }
});

Deno.test("valueAt() finds every value of any document", () => {
  const key = fc.string().map((text) => text.replaceAll("__proto__", ""));
  fc.assert(fc.property(fc.dictionary(key, fc.dictionary(key, fc.integer())), (document) => {
    for (const [outer, inner] of Object.entries(document)) {
      for (const [name, value] of Object.entries(inner)) {
        const pointer = [outer, name].map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
        assert.ok(isJsonPointer(pointer));
        assert.equal(valueAt(document, pointer), value);
      }
    }
  }));
});

Deno.test("isJsonPointer() refuses what is none", () => {
  for (const text of ["status", "/a~", "/a~2", "~0"]) assert.equal(isJsonPointer(text), false, text);
});

Deno.test("wrongInJson() compares texts, other scalars as JSON, and numbers", () => {
  const text = '{"s":"ok","b":true,"n":3,"z":null,"f":false,"big":"12"}';
  assert.equal(wrongInJson(text, "/s", { equals: "ok" }), undefined);
  assert.equal(wrongInJson(text, "/b", { equals: "true" }), undefined);
  assert.equal(wrongInJson(text, "/n", { equals: "3", above: 2, below: 4 }), undefined);
  assert.equal(wrongInJson(text, "/big", { above: 11 }), undefined);
  assert.equal(wrongInJson(text, "/n", { above: 3 }), '"/n" is 3 and not above 3');
  assert.equal(wrongInJson(text, "/s", { below: 5 }), '"/s" is "ok" and not below 5');
  assert.equal(wrongInJson(text, "/s", { equals: "up" }), '"/s" is "ok" and not "up"');
});

Deno.test("wrongInJson() without a wish wants the value there, and neither false nor null", () => {
  const wrong = (pointer: string) => wrongInJson('{"s":"","n":0,"z":null,"f":false}', pointer, {});
  assert.equal(wrong("/s"), undefined);
  assert.equal(wrong("/n"), undefined);
  assert.equal(wrong("/z"), '"/z" is null');
  assert.equal(wrong("/f"), '"/f" is false');
  assert.equal(wrong("/x"), 'there is no "/x"');
});

Deno.test("wrongInJson() shows only the beginning of a large value", () => {
  const wrong = wrongInJson(JSON.stringify({ s: "x".repeat(10_000) }), "/s", { equals: "ok" }) ?? "";
  assert.ok(wrong.length < 120);
});
