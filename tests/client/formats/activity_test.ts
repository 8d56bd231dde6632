import assert from "node:assert/strict";
import { parseActivity } from "../../../lib/client/formats/activity.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseActivity() reads sums and threads of every version", () => {
  for (const version of VERSIONS) {
    const activity = parseActivity(capture(version, "show_activity"));
    assert.deepEqual(activity.thread_range, [1, 2]);
    assert.equal(activity.uptime_now === undefined, version === "2.6");
    const loops = activity.counters.find(({ name }) => name === "loops");
    assert.equal(loops?.threads.length, 2);
    assert.equal(loops?.total, loops?.threads.reduce((sum, value) => Number(sum) + Number(value), 0));
  }
});

Deno.test("parseActivity() reads one thread of 3.4", () => {
  const { thread_id, counters } = parseActivity(capture("3.4", "show_activity_1"));
  assert.equal(thread_id, 2);
  assert.deepEqual(counters[0], { name: "ctxsw", total: 705, threads: [] });
});

testHostileAnswers("parseActivity", parseActivity, [...captures("show_activity"), capture("3.4", "show_activity_1")]);
