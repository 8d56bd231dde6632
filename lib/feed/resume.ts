/**
 * Where a reader wants to begin, as a request says it: an id that it was given before, or so many of the newest.
 */
import { HappiError } from "../errors.ts";
import type { Feed, ReadOptions } from "./feed.ts";

/** A request for a feed cannot be understood. */
export class InvalidFeedRequest extends HappiError {
  /**
   * @param parameter the parameter of the query
   * @param value what was given
   * @param wanted what it must be
   */
  constructor(parameter: string, value: string, wanted: string) {
    super("invalid_request", `Cannot use query parameter "${parameter}": it is "${value}" and must be ${wanted}`);
  }
}

/** What is known of a feed, whatever its records are. */
export type FeedBounds = Pick<Feed<unknown>, "epoch" | "firstId" | "lastId">;

/** An id as readers see it: a number alone would mean another record after a restart. */
export function formatId(feed: Pick<FeedBounds, "epoch">, id: number): string {
  return `${feed.epoch}-${id}`;
}

/**
 * Where to begin by what a request says: `Last-Event-ID` or `?after=` go before `?tail=`.
 *
 * An id of an earlier process, or one that nobody gave out, begins with the oldest record that is kept.
 *
 * @throws {InvalidFeedRequest} when `tail` is no number
 */
export function beginningOf(feed: FeedBounds, query: URLSearchParams, headers: Headers): ReadOptions {
  const tail = query.get("tail");
  if (tail !== null && !/^\d{1,9}$/.test(tail)) throw new InvalidFeedRequest("tail", tail, "a whole number of records");
  const id = headers.get("last-event-id") ?? query.get("after");
  if (id === null) return tail === null ? {} : { tail: Number(tail) };
  const [, epoch, number] = /^(.*)-(\d{1,15})$/.exec(id) ?? [];
  const isKnown = epoch === feed.epoch && Number(number) <= feed.lastId;
  return { after: isKnown ? Number(number) : feed.firstId - 1 };
}
