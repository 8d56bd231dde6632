/**
 * The plain API under `/api/v1`: one resource a file, JSON without an envelope.
 */
import { Hono } from "hono";
import type { Backing, ServerEnv } from "../env.ts";
import { backendRoutes } from "./backends.ts";
import { certificateRoutes } from "./certificates.ts";
import { eventRoutes } from "./events.ts";
import { infoRoutes } from "./info.ts";
import { patternRoutes } from "./patterns.ts";
import { serverRoutes } from "./servers.ts";
import { sessionRoutes } from "./sessions.ts";
import { statRoutes } from "./stats.ts";
import { tableRoutes } from "./tables.ts";

/** Every resource. */
const RESOURCES = [
  infoRoutes,
  statRoutes,
  backendRoutes,
  serverRoutes,
  sessionRoutes,
  tableRoutes,
  patternRoutes,
  certificateRoutes,
  eventRoutes,
];

/**
 * Makes the routes of every resource.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/api/v1`
 */
export function apiRoutes(backing: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  for (const make of RESOURCES) routes.route("/", make(backing));
  return routes;
}
