/**
 * A process's output as the answer to a request, in the seed's three ways (gaffer's HTTP guide, "streams").
 *
 * `continuous` is the bytes as they were written, `longpoll` the next block of them, `eventsource` text for browsers. What
 * makes them what they are is a table; how a feed is read at the reader's pace is `lib/feed`.
 */
import { getLogger } from "@logtape/logtape";
import {
  type Feed,
  FEED_MODES,
  feedBody,
  type FeedItem,
  type FeedMode,
  formatId,
  heartbeatOf,
} from "../../feed/mod.ts";
import { badValue } from "../api/refusals.ts";
import type { Chunk } from "../output.ts";
import { type Beginning, readBeginning, skipping } from "./beginning.ts";
import { outputEvents } from "./output_events.ts";

const LOG = getLogger(["happi", "process"]);

/** The seed's: a sign of life each minute of silence. */
const HEARTBEAT_MS = 60_000;

/**
 * Answers with an output, until the process has ended.
 *
 * | `feed` | Content-Type | body |
 * |---|---|---|
 * | `longpoll` | application/octet-stream | the next block; its id in `Last-Event-ID`, for `?after=` of the next request |
 * | `continuous` | application/octet-stream | all bytes |
 * | `eventsource` | text/event-stream | `event: LABEL`, a `data:` a line; joined by line feeds they are the text |
 *
 * A sign of life, after `heartbeat` seconds of silence (`true` is 60, and what is done where nothing is said; `false` or 0 is
 * none), is a line feed, in `eventsource` a comment. Who wants nothing but the output's own bytes says `heartbeat=false`.
 *
 * `follow=false` is what is kept, or its `tail`, and then the end.
 *
 * A reader that is too slow loses the oldest blocks. `eventsource` says `event: lost` with their number; bytes that have no
 * frames cannot say it: it is logged, and `longpoll` has the number in `X-Happi-Lost`.
 *
 * @param feed the output
 * @param label its label
 * @param request `?feed=`, `?heartbeat=`, `?tail=` lines, `?follow=`, `?after=` or `Last-Event-ID`
 * @param signal ends the answer: the server stops
 * @throws {Refusal} {@linkcode InvalidFeedRequest} when the query makes no sense
 */
export function outputResponse(
  feed: Feed<Chunk>,
  label: string,
  request: Pick<Request, "url" | "headers">,
  signal?: AbortSignal,
): Response {
  const query = new URL(request.url).searchParams;
  const mode = readMode(query.get("feed"), "longpoll");
  const heartbeatMs = heartbeatOf(query.get("heartbeat"), HEARTBEAT_MS);
  const isFollowing = readFollow(query);
  const begin = readBeginning(feed, query, request.headers, isFollowing ? "next" : "oldest");
  if (!isFollowing && begin.id > feed.lastId) return new Response(null, { headers: { ...NO_CACHE, ...BYTES } });
  // To an EventSource that comes back after the end, this says not to come again.
  if (mode === "eventsource" && feed.isClosed && begin.id > feed.lastId) return new Response(null, { status: 204 });
  const { headers, ...writer } = WRITERS[mode](feed, label, begin);
  const after = begin.id - 1 - (mode === "longpoll" ? 0 : begin.lost);
  const body = feedBody(feed, { after }, {
    heartbeatMs,
    ...(signal === undefined ? {} : { signal }),
    ...(isFollowing ? {} : { until: feed.lastId }),
    ...writer,
    write: (item) => writer.write(skipping(item, begin)),
  });
  return new Response(body, { headers: { ...NO_CACHE, ...headers } });
}

/** Reads a way of handing out. @throws {Refusal} `bad_value` */
export function readMode(given: string | null, usual: FeedMode): FeedMode {
  const mode = FEED_MODES.find((one) => one === (given ?? usual));
  if (mode === undefined) throw badValue("query parameter feed", given ?? "", FEED_MODES.join(", "));
  return mode;
}

/** Reads whether what is to come is waited for. @throws {Refusal} `bad_value` */
function readFollow(query: URLSearchParams): boolean {
  const given = query.get("follow") ?? "true";
  if (given !== "true" && given !== "false") throw badValue("query parameter follow", given, "true or false");
  return given === "true";
}

/** How a way of handing out looks. */
interface Writer {
  readonly headers: Readonly<Record<string, string>>;
  readonly opening?: Chunk;
  readonly life: Chunk;
  readonly until?: number;
  readonly write: (item: FeedItem<Chunk>) => Chunk;
  readonly closing?: () => Chunk;
}

const ENCODER = new TextEncoder();
const LINE = ENCODER.encode("\n");
const NOTHING = new Uint8Array();
const NO_CACHE = { "cache-control": "no-cache" };
const BYTES = { "content-type": "application/octet-stream" };

const WRITERS: Readonly<Record<FeedMode, (feed: Feed<Chunk>, label: string, begin: Beginning) => Writer>> = {
  continuous: (_, label) => ({ headers: BYTES, life: LINE, write: rawBytes(label) }),
  longpoll: (feed, _, { id, lost }) => ({
    headers: { ...BYTES, "last-event-id": formatId(feed, id), ...(lost > 0 ? { "x-happi-lost": String(lost) } : {}) },
    life: LINE,
    until: id,
    // A block that is not the one that the header names is left for the next request.
    write: (item) => item.kind === "record" && item.record.id === id ? item.record.value : NOTHING,
  }),
  eventsource: (feed, label, begin) => ({
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    opening: ENCODER.encode(": following\n\n"),
    life: ENCODER.encode(": heartbeat\n\n"),
    ...outputEvents(feed, label, begin),
  }),
};

function rawBytes(label: string): Writer["write"] {
  let isTold = false;
  return (item) => {
    if (item.kind === "record") return item.record.value;
    if (!isTold) {
      LOG.warn("A reader of {label} is too slow, and loses output: {count} blocks", { label, count: item.count });
    }
    isTold = true;
    return NOTHING;
  };
}
