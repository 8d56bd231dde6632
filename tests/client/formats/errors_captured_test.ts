import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseErrors } from "../../../lib/client/formats/errors_captured.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseErrors() gives both messages of every version", () => {
  for (const answer of captures("show_errors")) {
    const { total, date, errors } = parseErrors(answer);
    assert.equal(total, 2);
    assert.match(date, /^21\/Nov\/2026:/);
    assert.equal(errors.length, 2);
    const request = errors.find(({ side }) => side === "frontend");
    assert.deepEqual([request?.proxy, request?.proxy_id, request?.error], ["fe_http", 2, "invalid request"]);
    assert.deepEqual([request?.event, request?.position], [1, 29]);
    assert.match(String(request?.src), /^127\.0\.0\.1:\d+$/);
    assert.deepEqual(request?.dump, [
      "00000  GET /x HTTP/1.1\\r\\n",
      "00017  Host: a\\r\\n",
      "00026  Bad Header: v\\r\\n",
      "00041  \\r\\n",
    ]);
    assert.equal(request?.details[0]?.startsWith("backend <NONE> (#-1), server <NONE> (#-1), event #1"), true);
    const response = errors.find(({ side }) => side === "backend");
    assert.deepEqual([response?.proxy, response?.error, response?.dump.at(-1)], [
      "be_web",
      "invalid response",
      "00055  ok",
    ]);
  }
});

Deno.test("parseErrors() gives none when nothing was captured", () => {
  const { total, errors } = parseErrors("Total events captured on [21/Nov/2026:00:33:43.227] : 0\n\n");
  assert.deepEqual([total, errors], [0, []]);
});

Deno.test("parseErrors() refuses a block without its first line", () => {
  const first = "Total events captured on [21/Nov/2026:00:33:43.227] : 1\n";
  for (const block of ["  backend web\n", "[date] listener web (#2): x\n", "what\n"]) {
    assert.throws(() => parseErrors(first + block), UnexpectedAnswer, block);
  }
});

testHostileAnswers("parseErrors", parseErrors, captures("show_errors"));
