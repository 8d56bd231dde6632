/**
 * A feed as the body of an HTTP answer, whatever its records look like there.
 *
 * The reader sets the pace: nothing is taken from the feed before it is wanted, so a slow reader costs no memory. What is
 * there goes out in one piece up to 64 KiB: many small records cost about as much as a large one.
 */
import type { Feed, FeedItem, ReadOptions } from "./feed.ts";
import { Pending } from "./pending.ts";

/** How records become bytes. */
export interface FeedBodyOptions<T> {
  /** Ends the body, without an error: the server stops. */
  readonly signal?: AbortSignal;
  /** After so long without a record, a sign of life is sent, in milliseconds; 0 for none. */
  readonly heartbeatMs: number;
  /** The sign of life. */
  readonly life: Uint8Array<ArrayBuffer>;
  /** Sent at once, so that the reader knows that it reads; nothing if not given. */
  readonly opening?: Uint8Array<ArrayBuffer>;
  /** An item's bytes; `undefined` for one that is not shown. */
  readonly write: (item: FeedItem<T>) => Uint8Array<ArrayBuffer> | undefined;
  /** What is still to be sent when the feed has ended. */
  readonly closing?: () => Uint8Array<ArrayBuffer>;
  /** Ends the body after so many records that are shown; never if not given. */
  readonly records?: number;
  /** Ends the body behind the record with this number; never if not given. */
  readonly until?: number;
}

/**
 * Makes the body.
 *
 * @param feed what is read
 * @param begin where
 * @param options how records become bytes
 * @returns bytes, made when they are wanted; cancelling ends the reading
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Feed } from "./feed.ts";
 * import { feedBody } from "./body.ts";
 * const feed = new Feed<number>();
 * for (const value of [1, 2, 3]) feed.push(value);
 * feed.close();
 * const body = feedBody(feed, { tail: 2 }, {
 *   heartbeatMs: 0,
 *   life: new Uint8Array(),
 *   write: (item) => new TextEncoder().encode(item.kind === "record" ? `${item.record.value};` : "lost;"),
 * });
 * assert.equal(await new Response(body).text(), "2;3;");
 * ```
 */
export function feedBody<T>(
  feed: Feed<T>,
  begin: ReadOptions,
  options: FeedBodyOptions<T>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { signal, heartbeatMs, life, opening = NOTHING, write, closing = () => NOTHING } = options;
  const reader = feed.read({ ...begin, ...(signal === undefined ? {} : { signal }) });
  const { until = Infinity } = options;
  let left = options.records ?? Infinity;
  let next: Pending<IteratorResult<FeedItem<T>, undefined>> | undefined;
  const end = async (
    controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>,
    last: Uint8Array<ArrayBuffer>[],
  ) => {
    const rest = joined([...last, closing()]);
    if (rest.length > 0) controller.enqueue(rest);
    controller.close();
    await reader.return?.();
  };
  return new ReadableStream({
    start(controller) {
      if (opening.length > 0) controller.enqueue(opening);
    },
    async pull(controller) {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      for (let size = 0, isMore = true; size === 0 || (isMore && size < PIECE_BYTES);) {
        next ??= new Pending(reader.next());
        const result = await next.within(heartbeatMs);
        if (result === undefined) return controller.enqueue(life);
        next = undefined;
        if (result.done) return await end(controller, pieces);
        const piece = write(result.value);
        if (piece !== undefined) {
          pieces.push(piece);
          size += piece.length;
        }
        if (result.value.kind === "lost") continue;
        if (piece !== undefined) left--;
        if (left <= 0 || result.value.record.id >= until) return await end(controller, pieces);
        // What is there already comes in the same turn of the event loop.
        isMore = feed.lastId > result.value.record.id;
      }
      controller.enqueue(joined(pieces));
    },
    async cancel() {
      await reader.return?.();
    },
  }, { highWaterMark: 0 });
}

const NOTHING = new Uint8Array();
const PIECE_BYTES = 64 * 1024;

function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
