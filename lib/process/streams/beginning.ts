/**
 * Where a reader of output begins. The records of an output are blocks as they came out of the pipe, which mean nothing to
 * anybody: `?tail=` counts lines.
 */
import { beginningOf, type Feed, type FeedItem, InvalidFeedRequest } from "../../feed/mod.ts";
import type { Chunk } from "../output.ts";

/** A place in an output. */
export interface Beginning {
  /** The first block that is read. */
  readonly id: number;
  /** How many bytes of it are left out. */
  readonly skip: number;
  /** How many blocks that were asked for are gone. */
  readonly lost: number;
  /** Whether somebody comes back who has read up to here. */
  readonly isResumed: boolean;
}

/**
 * Reads where to begin: behind the block of `Last-Event-ID` or `?after=`, with the last lines of `?tail=`, or with what comes
 * next. `?after=0` begins with the oldest that is kept.
 *
 * @param usual where to begin if the request says nothing
 * @throws {InvalidFeedRequest} when `tail` is no number
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Feed } from "../../feed/mod.ts";
 * import { readBeginning } from "./beginning.ts";
 * const feed = new Feed<Uint8Array<ArrayBuffer>>({ epoch: "e" });
 * for (const text of ["one\ntwo\nth", "ree\n"]) feed.push(new TextEncoder().encode(text));
 * const begin = (query: string) => readBeginning(feed, new URLSearchParams(query), new Headers());
 * assert.deepEqual(begin("tail=2"), { id: 1, skip: 4, lost: 0, isResumed: false });
 * assert.deepEqual(begin("after=e-1"), { id: 2, skip: 0, lost: 0, isResumed: true });
 * assert.deepEqual(begin(""), { id: 3, skip: 0, lost: 0, isResumed: false });
 * ```
 */
export function readBeginning(
  feed: Feed<Chunk>,
  query: URLSearchParams,
  headers: Headers,
  usual: "next" | "oldest" = "next",
): Beginning {
  const tail = query.get("tail");
  if (tail !== null && !/^\d{1,9}$/.test(tail)) throw new InvalidFeedRequest("tail", tail, "a whole number of lines");
  const { after } = beginningOf(feed, new URLSearchParams([...query].filter(([name]) => name !== "tail")), headers);
  if (after !== undefined) {
    const id = Math.max(after + 1, feed.firstId);
    return { id, skip: 0, lost: id - after - 1, isResumed: true };
  }
  const lines = tail === null ? usual === "next" ? 0 : Infinity : Number(tail);
  return { ...lastLines(feed, lines), lost: 0, isResumed: false };
}

const LINE_FEED = 10;

/** Where the last lines begin; the last may be unfinished. */
function lastLines(feed: Feed<Chunk>, lines: number): { readonly id: number; readonly skip: number } {
  if (lines === 0) return { id: feed.lastId + 1, skip: 0 };
  let left = lines;
  let isEnd = true;
  for (const { id, value } of feed.latest().reverse()) {
    // The line feed at the very end belongs to the last line, and begins none.
    let end = isEnd && value.at(-1) === LINE_FEED ? value.length - 1 : value.length;
    isEnd = false;
    while (end > 0) {
      const at = value.lastIndexOf(LINE_FEED, end - 1);
      if (at < 0) break;
      if (--left === 0) return at + 1 < value.length ? { id, skip: at + 1 } : { id: id + 1, skip: 0 };
      end = at;
    }
  }
  return { id: feed.firstId, skip: 0 };
}

/** An item without the lines of the first block that were not asked for. */
export function skipping(item: FeedItem<Chunk>, { id, skip }: Beginning): FeedItem<Chunk> {
  if (skip === 0 || item.kind === "lost" || item.record.id !== id) return item;
  return { kind: "record", record: { ...item.record, value: item.record.value.subarray(skip) } };
}
