import assert from "node:assert/strict";
import { parseEventSinks } from "../../../lib/client/formats/event_sinks.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseEventSinks() reads the sinks of every version", () => {
  for (const answer of captures("show_events")) {
    const sinks = parseEventSinks(answer);
    assert.equal(sinks.length, answer.trimEnd().split("\n").length - 1);
    assert.deepEqual(sinks.find(({ name }) => name === "evring"), {
      name: "evring",
      type: "buffer",
      dropped: 0,
      description: "My ring, local",
    });
  }
});

testHostileAnswers("parseEventSinks", parseEventSinks, captures("show_events"));
