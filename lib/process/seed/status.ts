/**
 * `/`, `/ping`, `/status` and `/stats`: how it is (gaffer's HTTP guide, "status" and "stats").
 */
import { heartbeatOf } from "../../feed/mod.ts";
import { badValue } from "../api/refusals.ts";
import { json, type Route } from "../api/route.ts";
import { type StatsMode, statsResponse } from "../streams/stats_stream.ts";
import { type Backing, processOf } from "./backing.ts";

/** The routes. */
export function statusRoutes(backing: Backing, version: string): Route[] {
  const { manager, facts } = backing;
  return [
    { method: "GET", path: "/", role: "read", handle: () => json({ welcome: "happi", version }) },
    { method: "GET", path: "/ping", role: "read", handle: () => new Response("OK", { headers: TEXT }) },
    {
      method: "GET",
      path: "/status/:name",
      role: "read",
      handle({ params }) {
        const { name: _, active, running, numprocesses, ...more } = manager.status(params.name ?? "");
        // The seed's documents say numprocesses, its code max_processes.
        return json({ active, running, max_processes: numprocesses, numprocesses, ...more });
      },
    },
    {
      method: "GET",
      path: "/stats",
      role: "read",
      handle: async () => json(await Promise.all(manager.names().map((name) => facts.template(name)))),
    },
    {
      method: "GET",
      path: "/stats/:name",
      role: "read",
      handle({ params, query }) {
        const { name } = manager.definition(params.name ?? "");
        return statsResponse(() => facts.template(name), readOptions(backing, query));
      },
    },
    {
      method: "GET",
      path: "/stats/:name/:pid",
      role: "read",
      handle({ params, query }) {
        const { os_pid } = processOf(backing, params.name ?? "", params.pid ?? "");
        return statsResponse(() => facts.process(os_pid), readOptions(backing, query));
      },
    },
  ];
}

const TEXT = { "content-type": "text/plain; charset=UTF-8" };

const STATS_MODES: readonly StatsMode[] = ["normal", "longpoll", "continuous", "eventsource"];

function readOptions({ stopping }: Backing, query: URLSearchParams): Parameters<typeof statsResponse>[1] {
  const feed = query.get("feed") ?? "normal";
  const mode = STATS_MODES.find((one) => one === feed);
  if (mode === undefined) throw badValue("query parameter feed", feed, STATS_MODES.join(", "));
  const interval = query.get("interval") ?? "1";
  // At most a minute: a stream of figures shows that it lives without any heartbeat.
  const isInterval = /^\d{1,2}(\.\d{1,3})?$/.test(interval) && Number(interval) >= 0.1 && Number(interval) <= 60;
  if (!isInterval) throw badValue("query parameter interval", interval, "seconds from 0.1 to 60");
  heartbeatOf(query.get("heartbeat"), 0);
  return { mode, intervalMs: Number(interval) * 1000, ...(stopping === undefined ? {} : { signal: stopping }) };
}
