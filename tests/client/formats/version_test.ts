import assert from "node:assert/strict";
import { compareBranch, parseVersion } from "../../../lib/client/formats/version.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseVersion() reads what every version calls itself", () => {
  const read = captures("show_version").map(parseVersion);
  assert.deepEqual(read.map(({ branch, patch }) => [branch, patch]), [["2.6", 12], ["3.0", 11], ["3.2", 26], [
    "3.4",
    0,
  ]]);
});

Deno.test("parseVersion() reads development versions and suffixes", () => {
  assert.deepEqual(parseVersion("3.5-dev5"), { text: "3.5-dev5", major: 3, minor: 5, patch: 0, dev: 5, branch: "3.5" });
  assert.equal(parseVersion("3.5-dev12-ab12cd-7").dev, 12);
  assert.deepEqual([parseVersion("2.8.16-0ubuntu0.24.04.1").patch, parseVersion("3.3.0-ge1f2d3").patch], [16, 0]);
});

Deno.test("compareBranch() orders by number, not by letter", () => {
  const branches = (["3.10", "2.6", "3.2", "3.0"] as const).toSorted(compareBranch);
  assert.deepEqual(branches, ["2.6", "3.0", "3.2", "3.10"]);
});

testHostileAnswers("parseVersion", parseVersion, captures("show_version"));
