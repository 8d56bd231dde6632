/**
 * Routes: which service fills which backend, and how (`[[route]]` in the configuration).
 */
import type { AgentCheck, RouteEntry, RouteOptions } from "./route_options.ts";
import { readRoute } from "./read_route.ts";

/** A rule: the units of a service are servers of a backend. */
export interface Route {
  readonly service: string;
  readonly backend: string;
  /**
   * How servers are named, such as `happi-{service}-{unit}`: from {service}, {unit}, {hostname}, {port} and {meta.NAME}.
   * What HAProxy does not take in a name becomes `-`.
   */
  readonly server: string;
  /**
   * The prefix of prepared servers (`server-template PREFIX 1-20 127.0.0.1:1 disabled`): units take these, and none is
   * added. All servers of the backend that are named so are happi's.
   */
  readonly server_template?: string;
  /** Servers of the backend, by their names in HAProxy's configuration, that are happi's too. */
  readonly own: readonly string[];
  readonly options: RouteOptions;
  /** A plan that leaves less than this share of the backend's servers in traffic is refused. From 0 to 1. */
  readonly min_share: number;
  /** How long sessions of a server that goes may take to end, in milliseconds; they are shut then. */
  readonly drain_ms: number;
  /** Entries of maps. */
  readonly map: readonly RouteEntry[];
  /** Entries of ACLs. */
  readonly acl: readonly RouteEntry[];
}

export type { AgentCheck, RouteEntry, RouteOptions };

/**
 * A route as a configuration gives it, checked, with what was left out filled in.
 *
 * @param given an object with the fields of {@linkcode Route}; `service` and `backend` are needed
 * @throws {InvalidRoute} that names the first field that is wrong
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { route } from "./route.ts";
 * const web = route({ service: "web", backend: "be_web", options: { check: true } });
 * assert.equal(web.server, "happi-{service}-{unit}");
 * assert.equal(web.min_share, 0.5);
 * assert.throws(() => route({ service: "web", backend: "be web" }), /as backend: a name has letters/);
 * ```
 */
export function route(given: unknown): Route {
  return readRoute(given);
}
