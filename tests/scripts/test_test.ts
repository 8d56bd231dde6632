/** The closing summary of `deno task test`. */

import assert from "node:assert/strict";
import { readJunit, type Results, summarize, type TestCase } from "../../scripts/test.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="8" failures="3" errors="0" time="0.210">
    <testsuite name="./a_test.ts" tests="7" disabled="2" errors="0" failures="3">
        <testcase name="good &amp; &lt;ok&gt; &quot;q&quot;" classname="./a_test.ts" time="0.001" line="1" col="6">
        </testcase>
        <testcase name="bad" classname="./a_test.ts" time="0.001" line="2" col="6">
            <failure message="Uncaught Error: x &lt;y&gt;">Error: x &lt;skipped/&gt;</failure>
        </testcase>
        <testcase name="filtered out" classname="./a_test.ts" line="2" col="6">
            <skipped/>
        </testcase>
        <testcase name="ignored" classname="./a_test.ts" time="0.000" line="3" col="6">
            <skipped/>
        </testcase>
        <testcase name="steps" classname="./a_test.ts" time="0.002" line="4" col="6">
        </testcase>
        <testcase name="steps &gt; one" classname="./a_test.ts" time="0.000" line="4" col="57">
        </testcase>
        <testcase name="steps &gt; two" classname="./a_test.ts" time="0.000" line="4" col="88">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("readJunit() tells tests from steps, and ignored from filtered out", () => {
  assert.deepEqual(readJunit(REPORT), [
    { name: 'good & <ok> "q"', outcome: "passed", isStep: false },
    { name: "bad", outcome: "failed", isStep: false },
    { name: "ignored", outcome: "ignored", isStep: false },
    { name: "steps", outcome: "passed", isStep: false },
    { name: "steps > one", outcome: "passed", isStep: true },
    { name: "steps > two", outcome: "ignored", isStep: true },
  ]);
});

Deno.test("readJunit() finds nothing in an empty report", () => assert.deepEqual(readJunit(""), []));

const build = { version: "3.2", release: "3.2.26-1", command: ["haproxy"] };

function results(changes: Partial<Results>): Results {
  return {
    cases: [],
    versions: { present: [build], missing: [] },
    failedChecks: [],
    mayBeIgnored: {},
    ...changes,
  };
}

const ignored: TestCase = { name: "x", outcome: "ignored", isStep: false };

Deno.test("summarize() counts tests for each HAProxy and names the missing ones", () => {
  const cases: TestCase[] = [
    { name: "a [HAProxy 3.2]", outcome: "passed", isStep: false },
    { name: "a [HAProxy 3.2] > step", outcome: "passed", isStep: true },
    { name: "b", outcome: "passed", isStep: false },
  ];
  const missing = [{ version: "2.6", reason: "no network" }];
  assert.deepEqual(summarize(results({ cases, versions: { present: [build], missing } })), {
    lines: ["HAProxy 3.2.26-1: 1 test", "HAProxy 2.6: skipped, no network", "2 passed, 0 failed, 0 skipped"],
    failed: 0,
  });
});

Deno.test("summarize() counts a failed check and a failed test", () => {
  const cases: TestCase[] = [{ name: "b", outcome: "failed", isStep: false }];
  const { lines, failed } = summarize(results({ cases, failedChecks: ["deno lint"] }));
  assert.equal(failed, 2);
  assert.deepEqual(lines.slice(1), ["failed: deno lint", 'failed: "b"', "0 passed, 2 failed, 0 skipped"]);
});

Deno.test("summarize() fails an ignored test unless there is a reason", () => {
  assert.equal(summarize(results({ cases: [ignored] })).failed, 1);
  const allowed = summarize(results({ cases: [ignored], mayBeIgnored: { x: "needs two hosts" } }));
  assert.deepEqual(allowed.lines.slice(1), ['skipped: "x", needs two hosts', "0 passed, 0 failed, 1 skipped"]);
  assert.equal(allowed.failed, 0);
  const peer: TestCase = { ...ignored, name: "x [etcd]" };
  const away = summarize(results({ cases: [peer], mayBeIgnored: { "[etcd]": "it cannot be had" } }));
  assert.deepEqual(away.lines.slice(1), ['skipped: "x [etcd]", it cannot be had', "0 passed, 0 failed, 1 skipped"]);
});

Deno.test("summarize() fails when there is no HAProxy at all", () => {
  assert.equal(summarize(results({ versions: { present: [], missing: [] } })).failed, 1);
});
