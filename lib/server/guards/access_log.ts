/**
 * One log line a request: who asked for what, what came of it, how long it took.
 */
import type { MiddlewareHandler } from "hono";
import { getLogger } from "@logtape/logtape";
import type { ServerEnv } from "../env.ts";

const LOG = getLogger(["happi", "server"]);

/**
 * Logs each request when its answer begins, at level info under `happi.server`. The query is not logged: it may hold
 * what is looked for in tables and maps.
 */
export const accessLog: MiddlewareHandler<ServerEnv> = async (c, next) => {
  if (!LOG.isEnabledFor("info")) return await next();
  const startedAt = performance.now();
  // Now: of a request that has become a WebSocket Deno tells nothing any more.
  const client = callerOf(c.env);
  await next();
  LOG.info("{method} {path} {status} {ms} ms, {client}", {
    method: c.req.method,
    path: c.req.path,
    status: c.res.status,
    ms: Math.round((performance.now() - startedAt) * 10) / 10,
    client,
  });
};

/** The caller's address, as Deno tells it. */
function callerOf(env: unknown): string {
  if (typeof env !== "object" || env === null || !("remoteAddr" in env)) return "-";
  const { remoteAddr } = env;
  if (typeof remoteAddr !== "object" || remoteAddr === null) return "-";
  return "hostname" in remoteAddr && "port" in remoteAddr ? `${remoteAddr.hostname}:${remoteAddr.port}` : "unix";
}
