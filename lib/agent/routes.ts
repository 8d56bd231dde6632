/**
 * The routes of an agent, to be mounted at `/api/v1`: its checks and their verdicts, maintenance by hand, and asking it.
 */
import { type Context, Hono } from "hono";
import { feedResponse, feedSocket } from "../feed/mod.ts";
import { InvalidBody, InvalidQuery, UnknownCheck } from "./api_errors.ts";
import { readFields, readText, readWish, WISH_FIELDS } from "./bodies.ts";
import { LATENCY_BOUNDS_MS } from "./histogram.ts";
import { parseReply } from "./reply.ts";
import { type AgentView, isKnown, shownCheck, shownChecks, summaryOf } from "./view.ts";

/** What the routes need. */
export interface AgentRoutesOptions {
  /** The agent. */
  readonly view: AgentView;
  /** Aborted when the server stops: feeds end. */
  readonly stopping?: AbortSignal;
}

/**
 * Makes the routes.
 *
 * | route | gives |
 * |---|---|
 * | `GET /agent` | listeners and counters |
 * | `GET /agent/checks?origin=&limit=` | checks without their histories, those that are down first |
 * | `GET /agent/checks/NAME` | one, with its history |
 * | `PUT /agent/checks/NAME/maintenance` | `{mode, for, why, by}`: drain, maint or ready by hand |
 * | `DELETE /agent/checks/NAME/maintenance` | ends it |
 * | `POST /agent/ask` | `{request}`: answers as HAProxy would be answered |
 * | `GET /agent/verdicts` | the feed of verdicts |
 *
 * A name is percent-encoded: `http%7Chttp%3A%2F%2F10.0.0.1%2F`.
 *
 * @param options the agent
 * @returns an app to be mounted at `/api/v1`
 */
export function agentRoutes({ view, stopping }: AgentRoutesOptions): Hono {
  const routes = new Hono();
  const signal = stopping === undefined ? {} : { signal: stopping };
  routes.get("/agent", (c) => c.json({ latency_bounds_ms: LATENCY_BOUNDS_MS, ...summaryOf(view) }));
  routes.get("/agent/checks", (c) => {
    const { origin, limit } = readFilter(c);
    const checks = shownChecks(view, origin);
    return c.json({ total: checks.length, checks: checks.slice(0, limit) });
  });
  routes.get("/agent/checks/:name", (c) => {
    const name = c.req.param("name");
    const check = shownCheck(view, name);
    if (check === undefined) throw unknown(view, name);
    return c.json(check);
  });
  routes.put("/agent/checks/:name/maintenance", async (c) => {
    const name = c.req.param("name");
    const wish = readWish(await readFields(c.req.raw, WISH_FIELDS));
    if (!isKnown(view, name)) throw unknown(view, name);
    return c.json(await view.maintenance.set(name, wish));
  });
  routes.delete("/agent/checks/:name/maintenance", async (c) => {
    const name = c.req.param("name");
    if (!isKnown(view, name)) throw unknown(view, name);
    return c.json(await view.maintenance.set(name, { mode: "ready" }));
  });
  routes.post("/agent/ask", async (c) => {
    const { request } = await readFields(c.req.raw, ["request"]);
    const text = readText("request", request);
    if (text === "") throw new InvalidBody('field "request" is missing');
    const verdict = await view.agent.answer(text);
    return c.json({ ...verdict, understood: parseReply(`${verdict.said}\n`) });
  });
  routes.get("/agent/verdicts", async (c) => {
    const { raw } = c.req;
    const { verdicts } = view.agent;
    if (raw.headers.get("upgrade")?.toLowerCase() === "websocket") return feedSocket(verdicts, raw, signal);
    // Nobody would read the stream of a HEAD, nor end it.
    if (raw.method === "HEAD") return c.body(null, 200);
    const response = await feedResponse(verdicts, raw, signal);
    return c.newResponse(response.body, 200, Object.fromEntries(response.headers));
  });
  return routes;
}

function readFilter(c: Context): { readonly origin: "config" | "wire" | undefined; readonly limit: number } {
  const { origin, limit = "1000" } = c.req.query();
  if (origin !== undefined && origin !== "config" && origin !== "wire") {
    throw new InvalidQuery("origin", '"config" or "wire"');
  }
  if (!/^\d{1,6}$/.test(limit)) throw new InvalidQuery("limit", "a whole number of checks");
  return { origin, limit: Number(limit) };
}

function unknown({ agent }: AgentView, name: string): UnknownCheck {
  return new UnknownCheck(name, agent.checks("config").map((check) => check.name));
}
