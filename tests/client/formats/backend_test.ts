import assert from "node:assert/strict";
import { parseBackends } from "../../../lib/client/formats/backend.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseBackends() gives the names of every version", () => {
  for (const answer of captures("show_backend")) {
    const names = parseBackends(answer);
    assert.deepEqual(names.slice(0, 3), ["li_stats", "li_both", "be_web"]);
    assert.equal(names.length, 14);
  }
});

Deno.test("parseBackends() refuses a line that is not one name", () => {
  for (const answer of ["# name\nno such backend\n", "# name\na\n\nb\n", "web\n", "# name x\n"]) {
    assert.throws(() => parseBackends(answer), UnexpectedAnswer, answer);
  }
});

testHostileAnswers("parseBackends", parseBackends, captures("show_backend"));
