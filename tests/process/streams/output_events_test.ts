import assert from "node:assert/strict";
import fc from "fast-check";
import { Feed } from "../../../lib/feed/mod.ts";
import { outputEvents } from "../../../lib/process/streams/output_events.ts";

const FIRST = { id: 1, skip: 0, lost: 0, isResumed: false };

/** The text that a browser makes of events: their data, joined. */
function textOf(events: string): string {
  return events.split("\n\n").slice(0, -1).map((event) =>
    event.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n")
  ).join("");
}

function written(feed: Feed<Uint8Array<ArrayBuffer>>, begin = FIRST): string {
  const { write, closing } = outputEvents(feed, "out", begin);
  const pieces = feed.latest().filter(({ id }) => id >= begin.id).map((record) => write({ kind: "record", record }));
  return [...pieces, closing()].map((piece) => new TextDecoder().decode(piece)).join("");
}

Deno.test("outputEvents() gives every reader the whole text, wherever blocks are cut and whoever has read them before", () => {
  const piece = fc.constantFrom("a", "€", "\r", "\n", "\r\n", "😀", "é");
  fc.assert(fc.property(fc.array(piece), fc.array(fc.nat(6)), (pieces, cuts) => {
    const feed = new Feed<Uint8Array<ArrayBuffer>>();
    let rest = new TextEncoder().encode(pieces.join(""));
    for (const cut of [...cuts, rest.length]) {
      feed.push(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    const text = pieces.join("").replace(/\r\n|\r/g, "\n");
    assert.equal(textOf(written(feed)), text);
    assert.equal(textOf(written(feed)), text, "the second reader");
  }));
});

Deno.test("outputEvents() makes a block once for all, but not for a reader who has another beginning", () => {
  const feed = new Feed<Uint8Array<ArrayBuffer>>();
  feed.push(Uint8Array.of(97, 0xe2));
  feed.push(Uint8Array.of(0x82, 0xac));
  const [first, second] = feed.latest();
  assert.ok(first !== undefined && second !== undefined);
  const [one, two, late, last] = [1, 2, 3, 4].map(() => outputEvents(feed, "out", FIRST));
  const event = (events: typeof one, record: typeof first) => events?.write({ kind: "record", record });
  assert.equal(event(one, first), event(two, first));
  assert.equal(event(one, second), event(two, second));
  late?.write({ kind: "lost", count: 1 });
  assert.match(new TextDecoder().decode(event(late, second)), /data: \ufffd+\n/, "its beginning is lost");
  event(last, first);
  assert.match(new TextDecoder().decode(event(last, second)), /data: €\n/);
});
