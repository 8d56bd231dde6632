/**
 * Events of HAProxy's rings: what is in them, and what comes, as a stream.
 */
import { Hono } from "hono";
import * as v from "valibot";
import { answerShared, asJson } from "../answers.ts";
import { checked, query } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { describeError } from "../error_answer.ts";
import { eventStream } from "../event_stream.ts";
import { flag, text } from "./schemas.ts";

const oneSink = v.object({ sink: text });

const following = query({
  /** Goes on with what comes, as `text/event-stream`. */
  follow: v.optional(flag, "0"),
  /** Where a stream starts: with what is in the ring, or with what comes from now on. */
  from: v.optional(v.picklist(["start", "now"], 'it must be "start" or "now"'), "start"),
});

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function eventRoutes({ client, reads, stopping, heartbeatMs }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/events", (c) => answerShared(c, reads, ["events"], asJson((client) => client.getEventSinks())));
  routes.get("/events/:sink", checked("param", oneSink), checked("query", following), async (c) => {
    const { sink } = c.req.valid("param");
    const { follow, from } = c.req.valid("query");
    if (!follow) return answerShared(c, reads, ["events", sink], asJson((client) => client.getEvents(sink)));
    const type = { "content-type": "text/event-stream; charset=utf-8" };
    // Nobody would read the stream of a HEAD, nor end it.
    if (c.req.method === "HEAD") return c.body(null, 200, type);
    // The stream outlives the request's deadline: it has a signal of its own.
    const source = (signal: AbortSignal) => client.with({ signal }).followEvents(sink, { from });
    const stream = await eventStream({ source, stopping, heartbeatMs, describe: describeError });
    return c.body(stream, 200, type);
  });
  return routes;
}
