/**
 * The server's app: guards first, then HAPPI's routes and the plain API beside them. It listens to nothing by itself:
 * `serve.ts` puts it on an address, and tests call `app.request()`.
 */
import type { Hono } from "hono";
import type { Client } from "../client/mod.ts";
import type { Backing, ServerEnv } from "./env.ts";
import { guardedApp, type GuardOptions } from "./guarded.ts";
import { changes } from "./guards/changes.ts";
import { happiRoutes } from "./happi_routes.ts";
import { apiRoutes } from "./routes/api.ts";
import { healthRoutes } from "./routes/health.ts";
import { indexPage } from "./routes/index_page.ts";
import { SharedReads } from "./shared_reads.ts";

/** What the app works with; every field but the client has a default. */
export interface AppOptions extends GuardOptions {
  /** Speaks with HAProxy; whoever made it closes it. */
  readonly client: Client;
  /** Age up to which the answer to a read is given again, in milliseconds; 0 by default: identical reads that arrive together share one. */
  readonly readMaxAgeMs?: number;
  /** Time that HAProxy has to answer `/readyz`, in milliseconds; 1000 by default. */
  readonly readyTimeoutMs?: number;
  /** Time between two signs of life of a silent event stream, in milliseconds; 15000 by default. */
  readonly heartbeatMs?: number;
  /** happi's own version, for `/api/v1/version`. */
  readonly version?: string;
  /** Aborted when the server begins to stop: event streams end. */
  readonly stopping?: AbortSignal;
}

/**
 * Makes the app.
 *
 * @param options the client and the limits
 * @returns a Hono app
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Client } from "../client/mod.ts";
 * import { createApp } from "./app.ts";
 *
 * await using client = new Client("/run/nobody-listens-here.sock");
 * const app = createApp({ client });
 * assert.equal((await app.request("/healthz")).status, 200);
 * assert.equal((await app.request("/api/v1/info")).status, 503);
 * ```
 */
export function createApp(options: AppOptions): Hono<ServerEnv> {
  const never = new AbortController().signal;
  const { client } = options;
  const backing: Backing = {
    client,
    reads: new SharedReads(client, { maxAgeMs: options.readMaxAgeMs ?? 0 }),
    stopping: options.stopping ?? never,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    readyTimeoutMs: options.readyTimeoutMs ?? 1_000,
    version: options.version ?? "unknown",
  };
  const app = guardedApp(options, [changes(backing.reads)]);
  app.use(async (c, next) => {
    c.set("client", client.with({ signal: c.var.deadline.signal }));
    await next();
  });
  app.route("/", indexPage);
  app.route("/", healthRoutes(backing));
  app.route("/api/v1", happiRoutes(backing));
  app.route("/api/v1", apiRoutes(backing));
  return app;
}
