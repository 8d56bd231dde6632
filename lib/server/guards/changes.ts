/**
 * Tells the shared reads of every change: what was read before it is not given to anybody who asks after its answer.
 */
import type { MiddlewareHandler } from "hono";
import type { Backing, ServerEnv } from "../env.ts";

/**
 * Makes the guard.
 *
 * @param reads the shared reads
 * @returns a middleware for all requests; whatever is no GET may have changed something, also when it failed
 */
export function changes(reads: Backing["reads"]): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    await next();
    if (c.req.method !== "GET" && c.req.method !== "HEAD") reads.changed();
  };
}
