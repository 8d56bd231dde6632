/**
 * A server of single surfaces, without HAProxy's Runtime API beside them: what `happi spoa --http` listens with.
 */
import type { Hono } from "hono";
import type { Env } from "hono/types";
import { guardedApp, type GuardOptions } from "./guarded.ts";
import type { Collect } from "./metrics/metric.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { type ListenerOptions, type RunningServer, serveApp } from "./serve.ts";

/** What is served, and where. */
export interface ServeSurfacesOptions extends Omit<GuardOptions, "cut">, ListenerOptions {
  /** Makes the routes of the surfaces, which are mounted at `/api/v1`; streams end with the signal. */
  readonly routes: (stopping: AbortSignal) => readonly Hono<Env>[];
  /** What the surfaces tell of themselves at `/metrics`. */
  readonly collectors?: readonly Collect[];
}

/**
 * Starts the server: the surfaces' routes, `/metrics` and `/healthz`, behind the same guards as everything else.
 *
 * @param options the surfaces, the address and the limits
 * @throws {NonLoopbackListener} when other machines reach the address and `insecure` is not set
 * @throws {ListenFailed} when the address cannot be had
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Hono } from "hono";
 * import { formatAddress } from "../net/mod.ts";
 * import { serveSurfaces } from "./serve_surfaces.ts";
 *
 * const hello = new Hono().get("/hello", (c) => c.text("hello"));
 * await using server = await serveSurfaces({ listen: "127.0.0.1:0", routes: () => [hello] });
 * const response = await fetch(`http://${formatAddress(server.address)}/api/v1/hello`);
 * assert.equal(await response.text(), "hello");
 * ```
 */
export async function serveSurfaces(options: ServeSurfacesOptions): Promise<RunningServer> {
  return await serveApp(options, ({ stopping, ...bounds }) => {
    const app = guardedApp({ ...options, ...bounds });
    app.get("/healthz", (c) => c.json({ status: "alive" }));
    app.route("/", metricsRoutes(options.collectors ?? []));
    for (const routes of options.routes(stopping)) app.route("/api/v1", routes);
    return app;
  });
}
