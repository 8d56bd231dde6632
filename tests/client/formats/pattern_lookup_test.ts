import assert from "node:assert/strict";
import fc from "fast-check";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseAclLookup, parseMapLookup } from "../../../lib/client/formats/pattern_lookup.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseMapLookup() tells a hit from a miss in every version", () => {
  for (const answer of captures("get_map_hit")) {
    const strings = { type: "str", idx: "tree", value_type: "str" };
    const found = { ...strings, case: "sensitive", found: true, key: "www.example.test", value: "be_web" };
    assert.deepEqual(parseMapLookup(answer), [found]);
  }
  for (const answer of captures("get_map_miss")) {
    assert.deepEqual(parseMapLookup(answer), [{ type: "str", case: "sensitive", found: false }]);
  }
});

Deno.test("parseAclLookup() tells a hit from a miss in every version", () => {
  for (const answer of captures("get_acl_hit")) {
    const found = { type: "ip", case: "sensitive", found: true, idx: "tree", key: "198.51.100.0/24" };
    assert.deepEqual(parseAclLookup(answer), [found]);
  }
  for (const answer of captures("get_acl_miss")) {
    assert.deepEqual(parseAclLookup(answer), [{ type: "ip", case: "sensitive", found: false }]);
  }
});

Deno.test("parseMapLookup() gives a result for each place that uses the map", () => {
  const results = parseMapLookup(
    "type=str, case=insensitive, found=no\n" +
      'type=beg, case=sensitive, found=yes, idx=list, key="a", value=none\n' +
      "type=reg, case=sensitive, found=yes, idx=list, key=unknown, value=none\n",
  );
  assert.deepEqual(results.map(({ found, key, value }) => [found, key, value]), [
    [false, undefined, undefined],
    [true, "a", null],
    [true, null, null],
  ]);
});

Deno.test("parseMapLookup() reads back any key and value, or refuses those that quotes make ambiguous", () => {
  const text = fc.string({ unit: "binary" }).filter((value) => !value.includes("\n"));
  fc.assert(fc.property(text, text, (key, value) => {
    const answer = `type=str, case=sensitive, found=yes, idx=tree, key="${key}", value="${value}", type="str"\n\n`;
    const [result] = parseMapLookup(answer);
    assert.deepEqual([result?.key, result?.value], [key, value]);
  }));
  const ambiguous = 'type=str, case=sensitive, found=yes, idx=tree, key="a", value="b", value="c", type="str"\n';
  assert.throws(() => parseMapLookup(ambiguous), UnexpectedAnswer);
});

Deno.test("parseMapLookup() and parseAclLookup() refuse each other's answers and an empty one", () => {
  for (const answer of captures("get_acl_miss")) assert.throws(() => parseMapLookup(answer), UnexpectedAnswer);
  for (const answer of captures("get_map_miss")) assert.throws(() => parseAclLookup(answer), UnexpectedAnswer);
  assert.throws(() => parseMapLookup("\n"), UnexpectedAnswer);
});

testHostileAnswers("parseMapLookup", parseMapLookup, [...captures("get_map_hit"), ...captures("get_map_miss")]);
testHostileAnswers("parseAclLookup", parseAclLookup, [...captures("get_acl_hit"), ...captures("get_acl_miss")]);
