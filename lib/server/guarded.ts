/**
 * An app with every guard and the one shape of errors, and no routes yet: what all of happi's HTTP listeners begin with.
 */
import { Hono, type MiddlewareHandler } from "hono";
import type { ServerEnv } from "./env.ts";
import { answerError } from "./error_answer.ts";
import { accessLog } from "./guards/access_log.ts";
import { bodyLimit } from "./guards/body_limit.ts";
import { deadline } from "./guards/deadline.ts";
import { host } from "./guards/host.ts";
import { origin } from "./guards/origin.ts";
import { securityHeaders } from "./guards/security_headers.ts";
import { answerUnknownPath } from "./unknown_path.ts";

/** Who may ask, how much, and for how long; every field has a default. */
export interface GuardOptions {
  /** Names that a request's Host may have beside the loopback's, without ports; `any` for all. */
  readonly hosts?: readonly string[] | "any";
  /** Origins of web pages that may use the API beside the server's own, such as `https://ops.example.com`. */
  readonly origins?: readonly string[];
  /** The largest body, in bytes; 1 MiB by default. */
  readonly maxBodyBytes?: number;
  /** Time for an answer, in milliseconds; 15000 by default. Routes that wait by design have their own on top. */
  readonly deadlineMs?: number;
  /** Aborted when the server ends what still runs: requests are answered 503. */
  readonly cut?: AbortSignal;
}

/**
 * Makes the app.
 *
 * @param options who may ask
 * @param outer what surrounds a request's time, so that it sees also what ends after it
 * @returns an app to which routes are added
 */
export function guardedApp(
  options: GuardOptions,
  outer: readonly MiddlewareHandler<ServerEnv>[] = [],
): Hono<ServerEnv> {
  const { hosts = [], origins = [], deadlineMs = 15_000, maxBodyBytes = 1024 * 1024 } = options;
  const app = new Hono<ServerEnv>();
  app.use(securityHeaders, accessLog);
  if (hosts !== "any") app.use(host(hosts));
  app.use(origin(origins), ...outer);
  app.use(deadline({ deadlineMs, cut: options.cut ?? new AbortController().signal }), bodyLimit(maxBodyBytes));
  app.onError(answerError);
  app.notFound((c) => answerUnknownPath(app, c));
  return app;
}
