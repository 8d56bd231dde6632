import assert from "node:assert/strict";
import { parseEnvironment, parseEnvironmentValue } from "../../../lib/client/formats/env.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseEnvironment() reads the variables of every version", () => {
  for (const answer of captures("show_env")) {
    const variables = parseEnvironment(answer);
    assert.equal(variables.find(({ name }) => name === "HOME")?.value, "/root");
    assert.equal(variables.find(({ name }) => name === "APP_ENV")?.value, "demo value");
  }
});

Deno.test("parseEnvironmentValue() takes everything behind the first equals sign", () => {
  for (const answer of captures("show_env_APP_ENV")) {
    assert.deepEqual(parseEnvironmentValue(answer), { name: "APP_ENV", value: "demo value" });
  }
  assert.throws(() => parseEnvironmentValue("Variable not found\n\n"), UnexpectedAnswer);
});

testHostileAnswers("parseEnvironment", parseEnvironment, captures("show_env"));
testHostileAnswers("parseEnvironmentValue", parseEnvironmentValue, captures("show_env_APP_ENV"));
