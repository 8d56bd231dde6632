import assert from "node:assert/strict";
import { parseCliLevel } from "../../../lib/client/formats/cli_level.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseCliLevel() reads the level of every version", () => {
  for (const answer of captures("show_cli_level_oper")) assert.equal(parseCliLevel(answer), "operator");
  assert.throws(() => parseCliLevel("root\n\n"), UnexpectedAnswer);
});

testHostileAnswers("parseCliLevel", parseCliLevel, captures("show_cli_level_oper"));
