/**
 * Origin allow-list: a browser names the page that a request comes from, and pages of other sites are refused, whatever
 * the method. Programs send no Origin and pass.
 */
import type { MiddlewareHandler } from "hono";
import type { ServerEnv } from "../env.ts";
import { ForeignOrigin } from "../errors.ts";

/** What a page of a listed origin may send, said in answer to its browser's question before it (CORS). */
const PREFLIGHT = {
  "access-control-allow-methods": "GET, HEAD, PUT, POST, PATCH, DELETE",
  "access-control-allow-headers": "content-type",
};

/**
 * Makes the guard. It relies on the Host guard before it: a page of this server's own is one whose origin is the Host.
 *
 * @param origins origins that are allowed beside the server's own, such as `https://ops.example.com`; they get CORS headers
 * @returns a middleware that refuses every other Origin with 403
 */
export function origin(origins: readonly string[]): MiddlewareHandler<ServerEnv> {
  const allowed = new Set(origins.map((one) => one.toLowerCase()));
  return async (c, next) => {
    const given = c.req.header("origin");
    if (given === undefined || isOwn(given, c.req.header("host"))) return await next();
    if (!allowed.has(given.toLowerCase())) throw new ForeignOrigin(given);
    c.header("access-control-allow-origin", given);
    c.header("vary", "origin");
    const asksFirst = c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined;
    return asksFirst ? c.body(null, 204, PREFLIGHT) : await next();
  };
}

function isOwn(given: string, host: string | undefined): boolean {
  return host !== undefined && /^https?:\/\//i.test(given) &&
    URL.parse(given)?.host === URL.parse(`http://${host}`)?.host;
}
