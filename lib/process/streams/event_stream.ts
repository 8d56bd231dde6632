/**
 * What happens to processes as the answer to a request (gaffer's HTTP guide, "watch"): each event once, however it was asked
 * for.
 */
import { type Feed, feedBody, type FeedItem, type FeedMode, formatId, heartbeatOf } from "../../feed/mod.ts";
import { beginningOf } from "../../feed/mod.ts";
import type { ProcessEvent } from "../manager_face.ts";
import { readMode } from "./output_stream.ts";

/** Which events, and under which name; `undefined` for one that was not asked for. */
export type Pattern = (event: ProcessEvent) => string | undefined;

const HEARTBEAT_MS = 60_000;

/**
 * Answers with events: the next (`longpoll`), or all that come, as lines of JSON (`continuous`) or for browsers
 * (`eventsource`). JSON has the event's `id` beside its members, for `?after=`; `?tail=` counts events of any kind.
 *
 * @param request `?feed=`, `?heartbeat=`, `?after=` or `Last-Event-ID`, `?tail=`
 * @throws {Refusal} {@linkcode InvalidFeedRequest} when the query makes no sense
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Feed } from "../../feed/mod.ts";
 * import type { ProcessEvent } from "../manager_face.ts";
 * import { eventResponse } from "./event_stream.ts";
 * const feed = new Feed<ProcessEvent>({ epoch: "e" });
 * for (const event of ["start", "stop"]) feed.push({ event, name: "web" });
 * const request = new Request("http://localhost/watch/stop?feed=longpoll&tail=9");
 * const response = eventResponse(feed, ({ event }) => event === "stop" ? event : undefined, request);
 * assert.deepEqual(await response.json(), { event: "stop", name: "web", id: "e-2" });
 * ```
 */
export function eventResponse(
  feed: Feed<ProcessEvent>,
  pattern: Pattern,
  request: Pick<Request, "url" | "headers">,
  signal?: AbortSignal,
): Response {
  const query = new URL(request.url).searchParams;
  const mode = readMode(query.get("feed"), "longpoll");
  const heartbeatMs = heartbeatOf(query.get("heartbeat"), HEARTBEAT_MS);
  const { type, opening, life, lost, format } = FORMATS[mode];
  const body = feedBody(feed, beginningOf(feed, query, request.headers), {
    heartbeatMs,
    life: ENCODER.encode(life),
    opening: ENCODER.encode(opening),
    ...(signal === undefined ? {} : { signal }),
    ...(mode === "longpoll" ? { records: 1 } : {}),
    write: (item) => {
      const text = item.kind === "lost" ? lost(item.count) : shown(feed, item, pattern, format);
      return text === undefined ? undefined : ENCODER.encode(text);
    },
  });
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-cache" } });
}

const ENCODER = new TextEncoder();

interface EventFormat {
  readonly type: string;
  readonly opening: string;
  readonly life: string;
  readonly lost: (count: number) => string | undefined;
  readonly format: (id: string, event: ProcessEvent) => string;
}

const LINES = {
  type: "application/json; charset=UTF-8",
  opening: "",
  life: "\n",
  format: (id: string, event: ProcessEvent) => `${JSON.stringify({ ...event, id })}\r\n`,
};

const FORMATS: Readonly<Record<FeedMode, EventFormat>> = {
  longpoll: { ...LINES, lost: () => undefined },
  continuous: { ...LINES, lost: (count) => `{"lost":${count}}\r\n` },
  eventsource: {
    type: "text/event-stream; charset=utf-8",
    opening: ": following\n\n",
    life: ": heartbeat\n\n",
    lost: (count) => `event: lost\ndata: {"lost":${count}}\n\n`,
    format: (id, event) => `id: ${id}\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`,
  },
};

function shown(
  feed: Feed<ProcessEvent>,
  { record }: FeedItem<ProcessEvent> & { readonly kind: "record" },
  pattern: Pattern,
  format: EventFormat["format"],
): string | undefined {
  const event = pattern(record.value);
  return event === undefined ? undefined : format(formatId(feed, record.id), { ...record.value, event });
}
