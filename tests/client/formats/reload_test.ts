import assert from "node:assert/strict";
import { parseReload } from "../../../lib/client/formats/reload.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const FAILED =
  "Success=0\n--\n[NOTICE]   (21567) : Initializing new worker (27524)\n[ALERT]    (27524) : config : bad\n\n";

Deno.test("parseReload() tells a reload that worked from one that did not", () => {
  assert.equal(parseReload("Success=1\n--\n[NOTICE]   (21539) : Loading success.\n\n").success, true);
  const failed = parseReload(FAILED);
  assert.equal(failed.success, false);
  assert.deepEqual(failed.startup_logs.map(({ level }) => level), ["NOTICE", "ALERT"]);
  assert.deepEqual(parseReload("Success=1\n"), { success: true, startup_logs: [] });
});

Deno.test("parseReload() refuses the silence of 2.6", () => {
  assert.throws(() => parseReload(""), UnexpectedAnswer);
});

testHostileAnswers("parseReload", parseReload, [FAILED]);
