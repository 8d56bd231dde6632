/**
 * The routes of services, to be mounted at `/api/v1`: who serves what, units that register themselves, and plans by hand.
 */
import { type Context, Hono } from "hono";
import { feedResponse, feedSocket } from "../feed/mod.ts";
import { readFields, readFlag, readSeconds } from "./bodies.ts";
import { InvalidServiceRequest, NoReconciler, ServiceNotFound } from "./errors.ts";
import { httpInterface } from "./http_interface.ts";
import type { Planner } from "./planner.ts";
import { readUnit } from "./read_unit.ts";
import type { ServiceList } from "./registry.ts";
import { type ServicesView, shownService } from "./view.ts";

/** What the routes need. */
export interface ServicesRoutesOptions {
  /** The services. */
  readonly view: ServicesView;
  /** Aborted when the server stops: feeds and waiting end. */
  readonly stopping?: AbortSignal;
}

/**
 * Makes the routes.
 *
 * | route | gives |
 * |---|---|
 * | `GET /services?since=REVISION&wait=SECONDS` | `{revision, services}`, with an ETag; `since` waits until it is newer |
 * | `GET /services?format=http-interface`, `GET /services-interface` | `[{service_name, hosts: [{hostname, port}]}]` as Juju's interface; `private_address=true` adds it |
 * | `GET /services/NAME`, `GET /services/NAME/units` | one service, its units with their leases |
 * | `PUT /services/NAME/units/UNIT` | registers, changes or renews: `{hostname, port}` or `{hosts}`, `weight`, `maxconn`, `state`, `meta`, `ttl` in seconds |
 * | `POST /services/NAME/units/UNIT/renew`, `…/drain` | renews a lease; takes the traffic away |
 * | `DELETE /services/NAME/units/UNIT` | forgets it |
 * | `GET /services/changes` | the feed of changes |
 * | `GET /services/plan`, `POST /services/plan/apply` | what would be done to HAProxy; does it, `{force}` also what is held back |
 * | `GET /services-sources` | the sources of truth and how they stand |
 *
 * A name is percent-encoded: `web%2F0`. A service called `plan` or `changes` is found at `/services/plan/units`.
 *
 * @param options the services
 * @returns an app to be mounted at `/api/v1`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Leases } from "./leases.ts";
 * import { Registry } from "./registry.ts";
 * import { servicesRoutes } from "./routes.ts";
 * const registry = new Registry();
 * await using leases = await Leases.open(registry);
 * const routes = servicesRoutes({ view: { registry, leases, sources: () => [] } });
 * await routes.request("/services/web/units/web%2F0", {
 *   method: "PUT",
 *   headers: { "content-type": "application/json" },
 *   body: '{"hostname": "10.0.0.1", "port": 80, "ttl": 30}',
 * });
 * const response = await routes.request("/services-interface");
 * assert.deepEqual(await response.json(), [{ service_name: "web", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]);
 * ```
 */
export function servicesRoutes({ view, stopping }: ServicesRoutesOptions): Hono {
  const { registry, leases } = view;
  const routes = new Hono();
  const signal = stopping === undefined ? {} : { signal: stopping };

  const service = (c: Context, name: string) => {
    const found = shownService(view, name);
    if (found === undefined) throw new ServiceNotFound("service", name);
    return c.json(found);
  };
  const answer = (c: Context, { revision, services }: ServiceList) => {
    const format = c.req.query("format");
    if (format !== undefined && format !== "http-interface" && format !== "services") {
      throw new InvalidServiceRequest('query parameter "format"', 'it must be "services" or "http-interface"');
    }
    const isPrivate = c.req.query("private_address") === "true";
    const isInterface = format === "http-interface";
    const etag = `"${revision}${isInterface ? isPrivate ? "-p" : "-h" : ""}"`;
    const headers = { etag, "cache-control": "no-cache", "x-revision": String(revision) };
    const known = c.req.header("if-none-match")?.split(",").map((one) => one.trim().replace(/^W\//, ""));
    if (known?.includes(etag)) return c.body(null, 304, headers);
    return c.json(isInterface ? httpInterface(services, isPrivate) : { revision, services }, 200, headers);
  };

  routes.get("/services", async (c) => {
    const since = c.req.query("since");
    if (since === undefined) return answer(c, registry.list());
    const waitMs = readWait(c.req.query("wait"));
    if (!/^\d{1,15}$/.test(since)) {
      throw new InvalidServiceRequest('query parameter "since"', "it must be a revision, such as an earlier answer's");
    }
    grantTime(c, waitMs);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), waitMs);
    const ends = [patience.signal, ...(stopping === undefined ? [] : [stopping])];
    try {
      return answer(c, await registry.since(Number(since), AbortSignal.any(ends)));
    } finally {
      clearTimeout(timer);
    }
  });
  routes.get("/services-interface", (c) => {
    const isPrivate = c.req.query("private_address") === "true";
    return c.json(httpInterface(registry.list().services, isPrivate));
  });
  routes.get("/services-sources", (c) => c.json({ sources: view.sources() }));

  routes.get("/services/changes", async (c) => {
    const { raw } = c.req;
    const { changes } = registry;
    if (raw.headers.get("upgrade")?.toLowerCase() === "websocket") return feedSocket(changes, raw, signal);
    // Nobody would read the stream of a HEAD, nor end it.
    if (raw.method === "HEAD") return c.body(null, 200);
    grantTime(c, FEED_WAIT_MS);
    const response = await feedResponse(changes, raw, { ...signal, waitMs: FEED_WAIT_MS });
    return c.newResponse(response.body, 200, Object.fromEntries(response.headers));
  });

  routes.get("/services/plan", async (c) => c.json(await plannerOf(view).plan()));
  routes.post("/services/plan/apply", async (c) => {
    const { force } = await readFields(c.req.raw, ["force"]);
    return c.json(await plannerOf(view).apply(readFlag("force", force)));
  });

  routes.get("/services/:service", (c) => service(c, c.req.param("service")));
  routes.get("/services/:service/units", (c) => service(c, c.req.param("service")));
  routes.put("/services/:service/units/:unit", async (c) => {
    const { ttl, ...fields } = await readFields(c.req.raw);
    const unit = readUnit(c.req.param("unit"), fields);
    return c.json(leases.register(c.req.param("service"), unit, readSeconds("ttl", ttl)));
  });
  routes.post("/services/:service/units/:unit/renew", async (c) => {
    await readFields(c.req.raw, []);
    return c.json(leases.renew(c.req.param("service"), c.req.param("unit")));
  });
  routes.post("/services/:service/units/:unit/drain", async (c) => {
    await readFields(c.req.raw, []);
    return c.json(leases.drain(c.req.param("service"), c.req.param("unit")));
  });
  routes.delete("/services/:service/units/:unit", (c) => {
    const { service: name, unit } = c.req.param();
    if (!leases.deregister(name, unit)) throw new ServiceNotFound("unit", `${name}/${unit}`);
    return c.json({ service: name, unit });
  });
  return routes;
}

/** Routes that wait by design may take longer than others, where the server bounds their time. */
function grantTime(c: Context, ms: number): void {
  const deadline: unknown = c.get("deadline");
  if (typeof deadline !== "object" || deadline === null || !("extend" in deadline)) return;
  if (typeof deadline.extend === "function") deadline.extend(ms);
}

/** How long a long poll of the feed waits. */
const FEED_WAIT_MS = 30_000;
/** The longest that somebody may wait for a newer revision, in seconds. */
const MOST_WAIT_S = 300;

function readWait(given = "30"): number {
  const seconds = /^\d{1,4}$/.test(given) ? Number(given) : NaN;
  if (seconds <= MOST_WAIT_S) return seconds * 1000;
  throw new InvalidServiceRequest('query parameter "wait"', `it must be whole seconds from 0 to ${MOST_WAIT_S}`);
}

function plannerOf({ planner }: ServicesView): Planner {
  if (planner === undefined) throw new NoReconciler();
  return planner;
}
