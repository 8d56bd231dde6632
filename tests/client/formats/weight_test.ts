import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseWeight } from "../../../lib/client/formats/weight.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseWeight() gives both weights in every version", () => {
  for (const answer of captures("get_weight_be_web_web1")) {
    assert.deepEqual(parseWeight(answer), { weight: 75, initial: 100 });
  }
});

Deno.test("parseWeight() refuses HAProxy's refusals", () => {
  for (const answer of captures("get_weight_be_web_nope")) assert.throws(() => parseWeight(answer), UnexpectedAnswer);
});

testHostileAnswers("parseWeight", parseWeight, captures("get_weight_be_web_web1"));
