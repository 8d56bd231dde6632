import assert from "node:assert/strict";
import { parseProfiling } from "../../../lib/client/formats/profiling.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseProfiling() reads states and the empty table of every version", () => {
  for (const answer of captures("show_profiling")) {
    assert.deepEqual(parseProfiling(answer), {
      status: [{ name: "Per-task CPU profiling", state: "auto-off" }, { name: "Memory usage profiling", state: "off" }],
      tasks: [],
    });
  }
});

Deno.test("parseProfiling() keeps the memory part in lines", () => {
  const { memory } = parseProfiling(
    "Alloc/Free statistics by call place:\n  Calls | Tot\n<- alloc ->\n 1 2 3 4| 0x1 main malloc(5)\n",
  );
  assert.deepEqual(memory, ["  Calls | Tot", "<- alloc ->", " 1 2 3 4| 0x1 main malloc(5)"]);
});

testHostileAnswers("parseProfiling", parseProfiling, captures("show_profiling"));
