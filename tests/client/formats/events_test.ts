import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseEvent, parseEvents } from "../../../lib/client/formats/events.ts";
import { capture, captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseEvents() keeps every line and decodes priority and time in every version", () => {
  for (const answer of captures("show_events_evring")) {
    const events = parseEvents(answer);
    assert.deepEqual(events.map(({ line }) => line), answer.trimEnd().split("\n"));
    assert.ok(
      events.every(({ facility, timestamp }) => facility === "local0" && timestamp?.startsWith("Nov 21 00:20:")),
    );
    assert.equal(events[0]?.severity, "alert");
    assert.match(String(events[0]?.message), /^localhost haproxy[^ ]*\[\d+\]: Server be_web\/web2 is DOWN/);
  }
});

Deno.test("parseEvents() splits at NUL when events were asked for with -0", () => {
  for (const answer of captures("show_events_evring_-0", ["3.2", "3.4"])) {
    const events = parseEvents(answer);
    assert.ok(events.length > 5);
    assert.ok(events.every(({ severity }) => severity !== undefined));
  }
  assert.deepEqual(parseEvents("<6>a\nb\0<6>c\0\n").map(({ message }) => message), ["a\nb", "c"]);
});

Deno.test("parseEvents() refuses an unknown ring, an unknown option and the list of rings", () => {
  const answers = [
    ...captures("show_events_nope"),
    ...captures("show_events"),
    capture("2.6", "show_events_evring_-0"),
  ];
  for (const answer of answers) assert.throws(() => parseEvents(answer), UnexpectedAnswer, answer);
});

Deno.test("parseEvent() reads RFC 5424 and lines without anything before the message", () => {
  const event = parseEvent("<30>1 2026-11-21T00:20:08.123456+00:00 host haproxy 1 - - text");
  assert.deepEqual([event.facility, event.severity], ["daemon", "info"]);
  assert.equal(event.timestamp, "2026-11-21T00:20:08.123456+00:00");
  assert.equal(event.message, "host haproxy 1 - - text");
  assert.deepEqual(parseEvent("plain"), { line: "plain", message: "plain" });
  assert.deepEqual(parseEvent("<192>x"), { line: "<192>x", message: "<192>x" });
});

testHostileAnswers(
  "parseEvents",
  // With NUL there may be many events in one line.
  (answer) => answer.includes("\0") ? void parseEvents(answer) : parseEvents(answer),
  captures("show_events_evring"),
);
