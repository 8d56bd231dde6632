/**
 * Output as events (`text/event-stream`), with characters whole, and line ends of two bytes too.
 *
 * What a block becomes depends on nothing but the block and the few bytes that the one before has left unfinished: it is made
 * once for all who read it (`deno task bench:process`, "eventsource").
 */
import { type Feed, type FeedItem, type FeedRecord, formatId } from "../../feed/mod.ts";
import type { Chunk } from "../output.ts";
import type { Beginning } from "./beginning.ts";
import { bytesBefore, partialCharacter } from "./output_text.ts";

/** What one reader gets. */
export interface OutputEvents {
  readonly write: (item: FeedItem<Chunk>) => Chunk;
  /** What was left unfinished: nothing more comes. */
  readonly closing: () => Chunk;
}

/**
 * Makes the events of an output for one reader.
 *
 * @param feed the output
 * @param label its label, the name of its events
 * @param begin where the reader begins
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Feed } from "../../feed/mod.ts";
 * import { outputEvents } from "./output_events.ts";
 * const feed = new Feed<Uint8Array<ArrayBuffer>>({ epoch: "e" });
 * feed.push(new TextEncoder().encode("one\r\ntwo"));
 * const { write } = outputEvents(feed, "out", { id: 1, skip: 0, lost: 0, isResumed: false });
 * const [record] = feed.latest();
 * assert.ok(record !== undefined);
 * const text = new TextDecoder().decode(write({ kind: "record", record }));
 * assert.equal(text, "id: e-1\nevent: out\ndata: one\ndata: two\n\n");
 * ```
 */
export function outputEvents(feed: Feed<Chunk>, label: string, { id, skip, isResumed }: Beginning): OutputEvents {
  const before = skip === 0 ? bytesBefore(feed, id) : NOTHING;
  let rest: Uint8Array = isResumed ? unfinished(before) : partialCharacter(before);
  let lastId = id - 1;
  const event = (bytes: Uint8Array) => {
    const lines = DECODER.decode(bytes).replace(LINE_ENDS, "\ndata: ");
    return ENCODER.encode(`id: ${formatId(feed, lastId)}\nevent: ${label}\ndata: ${lines}\n\n`);
  };
  return {
    write(item) {
      if (item.kind === "lost") {
        rest = NOTHING;
        return ENCODER.encode(`event: lost\ndata: {"lost":${item.count}}\n\n`);
      }
      lastId = item.record.id;
      let written = WRITTEN.get(item.record);
      if (written === undefined || !isSame(written.before, rest)) {
        const bytes = rest.length === 0 ? item.record.value : joined(rest, item.record.value);
        const after = unfinished(bytes);
        const whole = bytes.subarray(0, bytes.length - after.length);
        written = { before: rest, after, event: whole.length === 0 ? NOTHING : event(whole) };
        WRITTEN.set(item.record, written);
      }
      rest = written.after;
      return written.event;
    },
    closing: () => rest.length === 0 ? NOTHING : event(rest),
  };
}

/** A block as it was written. */
interface Written {
  /** What the block before it had left unfinished. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly event: Chunk;
}

/** For as long as the blocks are kept. */
const WRITTEN = new WeakMap<FeedRecord<Chunk>, Written>();

const NOTHING = new Uint8Array();
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const LINE_ENDS = /\r\n|\r|\n/g;
const CARRIAGE_RETURN = 13;

/** The bytes at an end that what comes next may belong to: of a character, or a line end's first. */
function unfinished(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.slice(-1) : partialCharacter(bytes).slice();
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function isSame(some: Uint8Array, others: Uint8Array): boolean {
  return some.length === others.length && some.every((byte, at) => byte === others[at]);
}
