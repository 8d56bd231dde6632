/**
 * `/metrics`: what every surface tells of itself, for Prometheus.
 */
import { Hono } from "hono";
import type { ServerEnv } from "../env.ts";
import type { Collect } from "../metrics/metric.ts";
import { METRICS_TYPE, metricsText } from "../metrics/text.ts";

/**
 * Makes the route.
 *
 * @param collectors one a surface
 * @returns an app to be mounted at `/`
 */
export function metricsRoutes(collectors: readonly Collect[]): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get("/metrics", async (c) => {
    const metrics = (await Promise.all(collectors.map((collect) => collect()))).flat();
    return c.body(metricsText(metrics), 200, { "content-type": METRICS_TYPE });
  });
}
