import assert from "node:assert/strict";
import { parseHelp } from "../../../lib/client/formats/help.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const LISTS = [
  ...captures("help"),
  ...captures("help_expert_experimental"),
  ...captures("master_help"),
  ...["2.8", "3.1", "3.3", "3.5"].map((version) =>
    Deno.readTextFileSync(new URL(`../../captures/${version}/help.txt`, import.meta.url))
  ),
];

Deno.test("parseHelp() finds a command in every line of every version's list", () => {
  for (const answer of LISTS) {
    const capabilities = parseHelp(answer);
    assert.equal(capabilities.length, answer.split("\n").filter((line) => line.startsWith("  ")).length);
    for (const { command, description } of capabilities) {
      assert.match(command, /^(?:[a-z_]|@)[a-z0-9_@! -]*$/);
      assert.ok(description.length > 3, command);
    }
  }
});

Deno.test("parseHelp() parts command and arguments, also where the usage is longer than its column", () => {
  const capabilities = parseHelp(capture("3.4", "help_expert_experimental"));
  const found = (command: string) => capabilities.find((capability) => capability.command === command);
  assert.equal(found("acme challenge_ready")?.arguments, "<certfile> domain <domain>");
  assert.equal(found("acme challenge_ready")?.description, "notify HAProxy that the ACME challenge is ready");
  assert.equal(found("show ssl ca-file")?.arguments, "[<cafile>[:<index>]]");
  assert.equal(found("show stat")?.arguments, "[desc|json|no-maint|typed|up]*");
  assert.deepEqual(found("debug dev close")?.words, ["debug", "dev", "close"]);
  assert.equal(found("wait")?.arguments, "{-h|<delay_ms>} cond [args...]");
});

Deno.test("parseHelp() tells the versions apart", () => {
  const has = (command: string) =>
    VERSIONS.map((version) => parseHelp(capture(version, "help")).some((capability) => capability.command === command));
  assert.deepEqual(has("show info"), [true, true, true, true]);
  assert.deepEqual(has("wait"), [false, true, true, true]);
  assert.deepEqual(has("dump ssl cert"), [false, false, true, true]);
  assert.deepEqual(has("add backend"), [false, false, false, true]);
});

testHostileAnswers("parseHelp", parseHelp, captures("master_help"));
