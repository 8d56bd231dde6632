import assert from "node:assert/strict";
import { parseThreads } from "../../../lib/client/formats/threads.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseThreads() reads the threads of every version, blank lines or not", () => {
  const current = captures("show_threads").map((answer) => {
    const threads = parseThreads(answer);
    assert.deepEqual(threads.map(({ thread }) => thread), [1, 2]);
    assert.ok(threads.every(({ fields, lines }) => fields["wq"] === "1" && lines.length > 2));
    return threads.findIndex(({ is_current }) => is_current) + 1;
  });
  assert.ok(current.every((thread) => thread > 0));
});

testHostileAnswers("parseThreads", parseThreads, captures("show_threads"));
