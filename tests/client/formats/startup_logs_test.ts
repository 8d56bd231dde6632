import assert from "node:assert/strict";
import { parseStartupLogs } from "../../../lib/client/formats/startup_logs.ts";
import { capture, captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseStartupLogs() reads the messages of every version", () => {
  const counts = captures("show_startup-logs").map((answer) => parseStartupLogs(answer).length);
  assert.deepEqual(counts, captures("show_startup-logs").map((answer) => answer.trimEnd().split("\n").length));
  assert.deepEqual(parseStartupLogs(capture("2.6", "show_startup-logs"))[0], {
    level: "NOTICE",
    pid: 21523,
    text: "haproxy version is 2.6.12-1+deb12u4",
  });
  assert.deepEqual(parseStartupLogs("\n"), []);
});

testHostileAnswers("parseStartupLogs", parseStartupLogs, captures("show_startup-logs"));
