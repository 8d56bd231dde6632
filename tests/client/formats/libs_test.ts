import assert from "node:assert/strict";
import { parseLibraries } from "../../../lib/client/formats/libs.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseLibraries() reads every object file of every version", () => {
  for (const answer of captures("show_libs")) {
    const libraries = parseLibraries(answer);
    assert.equal(libraries.length, answer.trimEnd().split("\n").length);
    assert.match(libraries[0]?.path ?? "", /\/haproxy$/);
  }
});

testHostileAnswers("parseLibraries", parseLibraries, captures("show_libs"));
