/**
 * Feeds: everything that happens, as numbered records that any number of readers follow at their own pace.
 *
 * @module
 */
export { feedBody, type FeedBodyOptions } from "./body.ts";
export { Feed, type FeedItem, type FeedOptions, type ReadOptions } from "./feed.ts";
export { FEED_MODES, type FeedMode, feedResponse, type FeedResponseOptions, heartbeatOf } from "./http.ts";
export { beginningOf, type FeedBounds, formatId, InvalidFeedRequest } from "./resume.ts";
export { type FeedRecord } from "./ring.ts";
export { type FeedSocket, feedSocket, type FeedSocketOptions, sendFeed } from "./websocket.ts";
