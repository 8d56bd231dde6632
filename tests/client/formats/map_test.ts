import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseAclEntries, parseMapEntries, parseNewVersion } from "../../../lib/client/formats/map.ts";
import { captures, exchanges, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseMapEntries() keeps blanks in a value", () => {
  for (const answer of captures("show_map_FILE_hosts.map")) {
    assert.deepEqual(parseMapEntries(answer).map(({ key, value }) => [key, value]), [
      ["www.example.test", "be_web"],
      ["static.example.test", "be_static"],
      ["spaced.example.test", "value with  spaces"],
    ]);
  }
});

Deno.test("parseAclEntries() keeps blanks in a pattern", () => {
  for (const answer of captures("show_acl_FILE_ua.acl")) {
    assert.deepEqual(parseAclEntries(answer).map(({ pattern }) => pattern), ["badbot", "evil crawler"]);
  }
});

Deno.test("parseMapEntries() and parseAclEntries() give nothing when the answer is empty, and refuse an unknown map", () => {
  assert.deepEqual(parseMapEntries("\n"), []);
  assert.deepEqual(parseAclEntries("\n"), []);
  for (const answer of captures("show_map_nope")) {
    assert.throws(() => parseMapEntries(answer), UnexpectedAnswer);
    assert.throws(() => parseAclEntries(answer), UnexpectedAnswer);
  }
});

Deno.test("parseNewVersion() reads what prepare map answers in every version", () => {
  for (const version of VERSIONS) {
    const answers = exchanges(version, "error-texts").map(({ answer }) => answer);
    const created = answers.filter((answer) => answer.startsWith("New version"));
    assert.ok(created.length > 0);
    assert.ok(created.map(parseNewVersion).every((number) => number > 0));
  }
});

testHostileAnswers("parseMapEntries", parseMapEntries, captures("show_map_FILE_hosts.map"));
testHostileAnswers("parseAclEntries", parseAclEntries, captures("show_acl_FILE_ua.acl"));
testHostileAnswers("parseNewVersion", parseNewVersion, ["New version created: 1\n\n"]);
