import assert from "node:assert/strict";
import { toJson } from "../../../lib/cli/output/json.ts";

Deno.test("toJson() writes one line, and indents for people", () => {
  assert.equal(toJson({ a: [1, "x"] }), '{"a":[1,"x"]}\n');
  assert.equal(toJson({ a: 1 }, true), '{\n  "a": 1\n}\n');
});

Deno.test("toJson() keeps all digits of 64-bit counters", () => {
  assert.equal(toJson([{ bin: 18446744073709551615n }]), '[{"bin":18446744073709551615}]\n');
  assert.equal(toJson({ bin: 9007199254740993n }, true), '{\n  "bin": 9007199254740993\n}\n');
});

Deno.test("toJson() writes null for nothing", () => {
  assert.equal(toJson(undefined), "null\n");
  assert.equal(toJson(null), "null\n");
});
