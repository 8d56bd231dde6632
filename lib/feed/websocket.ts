/**
 * A feed over a WebSocket: a text frame of JSON a record, the same as a line of `?feed=continuous`.
 *
 * A socket that does not take what it is sent is not fed: the feed goes on without it, and tells it afterwards how many
 * records it has lost.
 */
import type { Feed, FeedItem } from "./feed.ts";
import { jsonItem } from "./http.ts";
import { beginningOf } from "./resume.ts";

/** How a feed is handed out. */
export interface FeedSocketOptions<T> {
  /** A record's value as JSON; `JSON.stringify` if not given. */
  readonly format?: (value: T) => string;
  /** An item as a frame, text or bytes, `undefined` for none; JSON with id and time, by `format`, if not given. */
  readonly frame?: (item: FeedItem<T>) => string | Uint8Array<ArrayBuffer> | undefined;
  /** How the connection is closed when the feed has ended; 1001 if not given. */
  readonly ended?: { readonly code: number; readonly reason: string };
  /** The last frame, when the feed has ended; none if not given. */
  readonly closing?: () => string | Uint8Array<ArrayBuffer> | undefined;
  /** How much may wait in the socket's own buffer, in bytes; 64 KiB if not given. */
  readonly maxBufferedBytes?: number;
  /** Ends the connection: the server stops. */
  readonly signal?: AbortSignal;
}

/** What is used of a WebSocket. */
export type FeedSocket = Pick<WebSocket, "bufferedAmount" | "readyState" | "send" | "close" | "addEventListener">;

/**
 * Answers a request to upgrade.
 *
 * @param feed what is read
 * @param request an upgrade to a WebSocket, with `?tail=` and `?after=` as for {@linkcode feedResponse}
 * @param options the server's side
 * @returns the answer 101
 * @throws {InvalidFeedRequest} when the query makes no sense
 */
export function feedSocket<T>(feed: Feed<T>, request: Request, options: FeedSocketOptions<T> = {}): Response {
  const begin = beginningOf(feed, new URL(request.url).searchParams, request.headers);
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.addEventListener("open", () => void sendFeed(feed, socket, begin, options));
  return response;
}

/**
 * Sends a feed to an open socket until either ends.
 *
 * @param begin where, as for {@linkcode Feed.read}
 */
export async function sendFeed<T>(
  feed: Feed<T>,
  socket: FeedSocket,
  begin: { readonly after?: number; readonly tail?: number },
  options: FeedSocketOptions<T> = {},
): Promise<void> {
  const { format = JSON.stringify, maxBufferedBytes = 64 * 1024, signal } = options;
  const { frame = (item) => jsonItem(feed, item, format), ended = { code: 1001, reason: "the feed has ended" } } =
    options;
  const closed = new AbortController();
  for (const event of ["close", "error"] as const) {
    socket.addEventListener(event, () => closed.abort(), { once: true });
  }
  const both = signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]);
  for await (const item of feed.read({ ...begin, signal: both })) {
    if (socket.readyState !== OPEN) break;
    const message = frame(item);
    if (message !== undefined) socket.send(message);
    for (let ms = 0; socket.bufferedAmount > maxBufferedBytes && !both.aborted; ms = Math.min(1000, ms * 2 || 1)) {
      await pause(ms);
    }
  }
  if (socket.readyState !== OPEN) return;
  if (signal?.aborted) return socket.close(1001, "the server stops");
  const last = options.closing?.();
  if (last !== undefined) socket.send(last);
  socket.close(ended.code, ended.reason);
}

const OPEN = 1;

/**
 * Nobody tells when a WebSocket's buffer empties. Who reads has done so before the next turn of the event loop; who does not
 * for long is looked after less often.
 */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
