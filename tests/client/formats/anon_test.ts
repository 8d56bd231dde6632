import assert from "node:assert/strict";
import { parseAnonymizedMode } from "../../../lib/client/formats/anon.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseAnonymizedMode() reads the mode of 3.0 and later", () => {
  for (const answer of captures("show_anon", ["3.0", "3.2", "3.4"])) {
    assert.deepEqual(parseAnonymizedMode(answer), { enabled: false });
  }
  assert.deepEqual(parseAnonymizedMode("Anonymized mode enabled\nKey : 4294967295\n"), {
    enabled: true,
    key: 4294967295,
  });
});

testHostileAnswers("parseAnonymizedMode", parseAnonymizedMode, ["Anonymized mode enabled\nKey : 123\n\n"]);
