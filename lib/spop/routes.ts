/**
 * The routes of SPOE agents, to be mounted at `/api/v1`: what they answer, how fast, and their last verdicts as a feed.
 */
import { Hono } from "hono";
import { feedResponse, feedSocket } from "../feed/mod.ts";
import { LATENCY_BOUNDS_US } from "./histogram.ts";
import type { SpoaView } from "./view.ts";

/** What the routes need. */
export interface SpoaRoutesOptions {
  /** The agent. */
  readonly view: SpoaView;
  /** Aborted when the server stops: feeds end. */
  readonly stopping?: AbortSignal;
}

/**
 * Makes the routes.
 *
 * @param options the agent
 * @returns an app to be mounted at `/api/v1`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Feed } from "../feed/mod.ts";
 * import { Agent } from "./agent.ts";
 * import type { VerdictRecord } from "./policies/verdict_tap.ts";
 * import { spoaRoutes } from "./routes.ts";
 * const agent = new Agent().on("get-ip-reputation", () => {});
 * const view = {
 *   workers: 1,
 *   verdicts: new Feed<VerdictRecord>(),
 *   listeners: () => Promise.resolve([]),
 *   policies: () => Promise.resolve([]),
 *   stats: () => Promise.resolve(agent.stats()),
 * };
 * const response = await spoaRoutes({ view }).request("/spoa/messages");
 * assert.deepEqual(Object.keys((await response.json()).messages), ["get-ip-reputation"]);
 * ```
 */
export function spoaRoutes({ view, stopping }: SpoaRoutesOptions): Hono {
  const routes = new Hono();
  const signal = stopping === undefined ? {} : { signal: stopping };
  routes.get("/spoa", async (c) => {
    const [listeners, policies, stats] = await Promise.all([view.listeners(), view.policies(), view.stats()]);
    const { messages: _, engines: __, ...counters } = stats;
    return c.json({ workers: view.workers, ...counters, listeners, policies });
  });
  routes.get("/spoa/messages", async (c) => {
    const { messages, engines } = await view.stats();
    return c.json({ latency_bounds_us: LATENCY_BOUNDS_US, messages, engines });
  });
  routes.get("/spoa/verdicts", async (c) => {
    const { raw } = c.req;
    if (raw.headers.get("upgrade")?.toLowerCase() === "websocket") return feedSocket(view.verdicts, raw, signal);
    // Nobody would read the stream of a HEAD, nor end it.
    if (raw.method === "HEAD") return c.body(null, 200);
    const response = await feedResponse(view.verdicts, raw, signal);
    return c.newResponse(response.body, 200, Object.fromEntries(response.headers));
  });
  return routes;
}
