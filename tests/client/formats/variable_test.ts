import assert from "node:assert/strict";
import { parseVariable } from "../../../lib/client/formats/variable.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseVariable() reads a variable of every version", () => {
  for (const answer of captures("get_var_proc.mode")) {
    assert.deepEqual(parseVariable(answer), { name: "proc.mode", type: "str", value: "blue" });
  }
});

Deno.test("parseVariable() keeps line feeds and brackets in a value, and 64 bits of a number", () => {
  assert.equal(parseVariable("proc.a: type=str value=<a>\n<b>\n").value, "a>\n<b");
  assert.equal(parseVariable("proc.a: type=sint value=<-9223372036854775808>\n").value, -9223372036854775808n);
  assert.throws(() => parseVariable("Variable not found.\n"), UnexpectedAnswer);
});

testHostileAnswers("parseVariable", parseVariable, captures("get_var_proc.mode"));
