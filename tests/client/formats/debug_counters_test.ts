import assert from "node:assert/strict";
import { parseDebugCounters } from "../../../lib/client/formats/debug_counters.ts";
import { captures, exchanges } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const ALL = (["3.0", "3.2", "3.4"] as const).map((version) =>
  exchanges(version, "error-texts").find(({ command }) => command === "debug counters all")?.answer ?? ""
  // The captured answer was cut in the middle of a line.
).map((answer) => answer.slice(0, answer.lastIndexOf("\n")));

Deno.test("parseDebugCounters() reads every counter of 3.0 and later", () => {
  for (const answer of [...ALL, ...captures("debug_counters", ["3.0", "3.2", "3.4"])]) {
    assert.equal(parseDebugCounters(answer).length, Math.max(0, answer.trimEnd().split("\n").length - 1));
  }
  assert.deepEqual(parseDebugCounters(ALL[2] ?? "")[0], {
    count: 0,
    type: "CNT",
    file: "ev_epoll.c",
    line: 315,
    function: "_do_poll",
    text: '"1" [epoll report of event on a just closed fd (harmless)] (stopped)',
  });
});

Deno.test("parseDebugCounters() takes the header again, and a line feed in a comment", () => {
  const header = 'Count     Type Location function(): "condition" [comment]\n';
  const answer = `${header}0          BUG mworker.c:766 f(): "1" [by unsupported keyword.\n]\n` +
    `${header}3          BUG task.h:619 g(): "a[0] & 1"\n\n`;
  assert.deepEqual(parseDebugCounters(answer).map(({ line, text }) => [line, text]), [
    [766, '"1" [by unsupported keyword.\n]'],
    [619, '"a[0] & 1"'],
  ]);
});

testHostileAnswers("parseDebugCounters", parseDebugCounters, ALL);
