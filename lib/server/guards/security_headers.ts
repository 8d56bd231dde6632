/**
 * Headers that keep browsers from guessing, framing, caching and loading what they should not.
 */
import type { MiddlewareHandler } from "hono";
import type { ServerEnv } from "../env.ts";

/** What every answer carries, unless the route says otherwise. */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "same-origin"],
  ["content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"],
  ["cache-control", "no-store"],
];

/** Sets the headers before the route runs, so that it can set its own, and errors have them too. */
export const securityHeaders: MiddlewareHandler<ServerEnv> = async (c, next) => {
  for (const [name, value] of HEADERS) c.header(name, value);
  await next();
};
