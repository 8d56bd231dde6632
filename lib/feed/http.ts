/**
 * A feed as the answer to an HTTP request, in the seed's three ways: `?feed=longpoll`, `continuous` or `eventsource`, with
 * `?heartbeat=` seconds, resumed by `Last-Event-ID`.
 *
 * The reader sets the pace: nothing is taken from the feed before it is wanted, so a slow reader costs no memory.
 */
import { feedBody } from "./body.ts";
import type { Feed, FeedItem, ReadOptions } from "./feed.ts";
import { Pending } from "./pending.ts";
import { beginningOf, formatId, InvalidFeedRequest } from "./resume.ts";

/** How a feed is handed out. */
export interface FeedResponseOptions<T> {
  /** The way where the request names none; `continuous`, or `eventsource` to a browser's EventSource, if not given. */
  readonly mode?: FeedMode;
  /** The signs of life where the request says nothing, in milliseconds; 15000 if not given, 0 for none. */
  readonly heartbeatMs?: number;
  /** How long a long poll waits for a first record, in milliseconds; 10000 if not given, less than a server waits for an answer. */
  readonly waitMs?: number;
  /** How many records a long poll gives at most; 1000 if not given. */
  readonly limit?: number;
  /** A record's value as one line of text; JSON if not given. */
  readonly format?: (value: T) => string;
  /** The name of an event; none if not given, which browsers call `message`. */
  readonly event?: string;
  /** Ends the answer, without an error: the server stops. */
  readonly signal?: AbortSignal;
}

/** The ways of handing out a feed. */
export const FEED_MODES = ["longpoll", "continuous", "eventsource"] as const;

/** One of {@linkcode FEED_MODES}. */
export type FeedMode = typeof FEED_MODES[number];

/**
 * Answers a request with a feed.
 *
 * `continuous` is a line of JSON a record, `{"id", "at", "value"}`, `{"lost": COUNT}` where some are missing, and an empty
 * line as a sign of life. `longpoll` is `{"records": [...], "lost", "last_id"}` as soon as there is one; `last_id` goes
 * into the next request's `?after=`. `eventsource` is what browsers read.
 *
 * @param feed what is read
 * @param request whose query and headers say how
 * @param options the server's side
 * @returns the answer; cancelling its body ends the reading
 * @throws {InvalidFeedRequest} when the query makes no sense
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Feed } from "./feed.ts";
 * import { feedResponse } from "./http.ts";
 * const feed = new Feed<number>({ epoch: "e" });
 * feed.push(7);
 * feed.close();
 * const response = await feedResponse(feed, new Request("http://localhost/?feed=eventsource&tail=10"));
 * assert.match(await response.text(), /^: following\n\nid: e-1\ndata: 7\n\n$/);
 * ```
 */
export async function feedResponse<T>(
  feed: Feed<T>,
  request: Pick<Request, "url" | "headers">,
  options: FeedResponseOptions<T> = {},
): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const mode = modeOf(query, request.headers, options.mode);
  const heartbeatMs = heartbeatOf(query.get("heartbeat"), options.heartbeatMs ?? 15_000);
  const begin = beginningOf(feed, query, request.headers);
  if (mode === "longpoll") return await longPoll(feed, begin, options);
  const writer = WRITERS[mode];
  const format = options.format ?? JSON.stringify;
  const body = feedBody(feed, begin, {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    heartbeatMs,
    opening: ENCODER.encode(writer.opening),
    life: ENCODER.encode(writer.life),
    write: (item) => ENCODER.encode(writer.item(feed, item, format, options.event)),
  });
  return new Response(body, { headers: { "content-type": writer.type, "cache-control": "no-store" } });
}

/** How a way of streaming looks. */
interface StreamWriter {
  readonly type: string;
  /** Sent at once, so that the reader knows that it reads. */
  readonly opening: string;
  /** The sign of life. */
  readonly life: string;
  item<T>(feed: Feed<T>, item: FeedItem<T>, format: (value: T) => string, event: string | undefined): string;
}

const WRITERS: Readonly<Record<Exclude<FeedMode, "longpoll">, StreamWriter>> = {
  continuous: {
    type: "application/x-ndjson; charset=utf-8",
    opening: "",
    life: "\n",
    item: (feed, item, format) => `${jsonItem(feed, item, format)}\n`,
  },
  eventsource: {
    type: "text/event-stream; charset=utf-8",
    opening: ": following\n\n",
    life: ": heartbeat\n\n",
    item(feed, item, format, event) {
      if (item.kind === "lost") return `event: lost\ndata: {"lost":${item.count}}\n\n`;
      const lines = format(item.record.value).split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`).join("");
      const name = event === undefined ? "" : `event: ${event}\n`;
      return `id: ${formatId(feed, item.record.id)}\n${name}${lines}\n`;
    },
  },
};

/** An item as a JSON object; also what a WebSocket gets. */
export function jsonItem<T>(feed: Feed<T>, item: FeedItem<T>, format: (value: T) => string): string {
  if (item.kind === "lost") return `{"lost":${item.count}}`;
  const { id, at, value } = item.record;
  return `{"id":${JSON.stringify(formatId(feed, id))},"at":${at},"value":${format(value)}}`;
}

function modeOf(query: URLSearchParams, headers: Headers, usual: FeedMode | undefined): FeedMode {
  const given = query.get("feed");
  const known = FEED_MODES.find((mode) => mode === given);
  if (given !== null && known === undefined) {
    throw new InvalidFeedRequest("feed", given, FEED_MODES.map((mode) => `"${mode}"`).join(", "));
  }
  const accepts = headers.get("accept")?.includes("text/event-stream") ?? false;
  return known ?? usual ?? (accepts ? "eventsource" : "continuous");
}

/**
 * How often a sign of life is sent. The seed's words: `true` is 60 seconds, `false` and 0 none, everything else seconds.
 *
 * @param given the parameter `heartbeat` of a query
 * @param usualMs where it says nothing, in milliseconds
 * @returns in milliseconds; 0 for never
 * @throws {InvalidFeedRequest} when it is no number
 */
export function heartbeatOf(given: string | null, usualMs: number): number {
  if (given === null) return usualMs;
  if (given === "" || given === "true") return 60_000;
  if (given === "false") return 0;
  if (!/^\d{1,5}$/.test(given)) {
    throw new InvalidFeedRequest("heartbeat", given, 'seconds up to 99999, "true" or "false"');
  }
  return Number(given) * 1000;
}

/** Waits for a first record, then gives all that are there. */
async function longPoll<T>(feed: Feed<T>, begin: ReadOptions, options: FeedResponseOptions<T>): Promise<Response> {
  const { signal, waitMs = 10_000, limit = 1000, format = JSON.stringify } = options;
  const reader = feed.read({ ...begin, ...(signal === undefined ? {} : { signal }) });
  const records: string[] = [];
  let lost = 0;
  let lastId = begin.after ?? feed.lastId;
  try {
    for (let patienceMs = waitMs; records.length < limit; patienceMs = 1) {
      // What is there comes in the same turn of the event loop; only the first may be waited for.
      if (records.length > 0 && lastId >= feed.lastId) break;
      const result = await new Pending(reader.next()).within(patienceMs);
      if (result === undefined || result.done) break;
      if (result.value.kind === "lost") {
        lost += result.value.count;
        continue;
      }
      lastId = result.value.record.id;
      records.push(jsonItem(feed, result.value, format));
    }
  } finally {
    await reader.return?.();
  }
  const body = `{"records":[${records.join(",")}],"lost":${lost},"last_id":${
    JSON.stringify(formatId(feed, lastId))
  }}\n`;
  return new Response(body, {
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  });
}

const ENCODER = new TextEncoder();
