/**
 * The server's app: guards first, then HAPPI's routes and the plain API beside them. It listens to nothing by itself:
 * `serve.ts` puts it on an address, and tests call `app.request()`.
 */
import { Hono } from "hono";
import type { Client } from "../client/mod.ts";
import type { Backing, ServerEnv } from "./env.ts";
import { answerError } from "./error_answer.ts";
import { accessLog } from "./guards/access_log.ts";
import { bodyLimit } from "./guards/body_limit.ts";
import { changes } from "./guards/changes.ts";
import { deadline } from "./guards/deadline.ts";
import { host } from "./guards/host.ts";
import { origin } from "./guards/origin.ts";
import { securityHeaders } from "./guards/security_headers.ts";
import { happiRoutes } from "./happi_routes.ts";
import { apiRoutes } from "./routes/api.ts";
import { healthRoutes } from "./routes/health.ts";
import { indexPage } from "./routes/index_page.ts";
import { SharedReads } from "./shared_reads.ts";
import { answerUnknownPath } from "./unknown_path.ts";

/** What the app works with; every field but the client has a default. */
export interface AppOptions {
  /** Speaks with HAProxy; whoever made it closes it. */
  readonly client: Client;
  /** Names that a request's Host may have beside the loopback's, without ports; `any` for all. */
  readonly hosts?: readonly string[] | "any";
  /** Origins of web pages that may use the API beside the server's own, such as `https://ops.example.com`. */
  readonly origins?: readonly string[];
  /** The largest body, in bytes; 1 MiB by default. */
  readonly maxBodyBytes?: number;
  /** Time for an answer, in milliseconds; 15000 by default. Routes that wait by design have their own on top. */
  readonly deadlineMs?: number;
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
  /** Aborted when the server ends what still runs: requests are answered 503. */
  readonly cut?: AbortSignal;
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
  const { client, hosts = [], origins = [], deadlineMs = 15_000, maxBodyBytes = 1024 * 1024 } = options;
  const backing: Backing = {
    client,
    reads: new SharedReads(client, { maxAgeMs: options.readMaxAgeMs ?? 0 }),
    stopping: options.stopping ?? never,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    readyTimeoutMs: options.readyTimeoutMs ?? 1_000,
    version: options.version ?? "unknown",
  };
  const app = new Hono<ServerEnv>();
  app.use(securityHeaders, accessLog);
  if (hosts !== "any") app.use(host(hosts));
  app.use(origin(origins), changes(backing.reads));
  app.use(deadline(client, { deadlineMs, cut: options.cut ?? never }), bodyLimit(maxBodyBytes));
  app.route("/", indexPage);
  app.route("/", healthRoutes(backing));
  app.route("/api/v1", happiRoutes(backing));
  app.route("/api/v1", apiRoutes(backing));
  app.onError(answerError);
  app.notFound((c) => answerUnknownPath(app, c));
  return app;
}
