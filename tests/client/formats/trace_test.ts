import assert from "node:assert/strict";
import { parseTraceSources, parseTraceStatus } from "../../../lib/client/formats/trace.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseTraceSources() reads the sources of every version", () => {
  const read = captures("show_trace").map(parseTraceSources);
  assert.deepEqual(
    read.map((sources) => sources.length),
    captures("show_trace").map((answer) => answer.trimEnd().split("\n").length - 1),
  );
  for (const sources of read) {
    assert.deepEqual(sources.find(({ name }) => name === "h2"), {
      name: "h2",
      state: "stopped",
      dropped: 0,
      description: "HTTP/2 multiplexer",
    });
  }
});

Deno.test("parseTraceStatus() reads the events of a source", () => {
  for (const answer of captures("show_trace_stream")) {
    const status = parseTraceStatus(answer);
    assert.deepEqual([status.name, status.sink, status.dropped, status.lines], ["stream", undefined, 0, []]);
    assert.equal(status.events.length, answer.trimEnd().split("\n").length - 3);
    assert.deepEqual(status.events[0], { name: "strm_new", report: true, start: false, stop: false, pause: false });
  }
});

testHostileAnswers("parseTraceSources", parseTraceSources, captures("show_trace"));
testHostileAnswers("parseTraceStatus", parseTraceStatus, captures("show_trace_stream"));
