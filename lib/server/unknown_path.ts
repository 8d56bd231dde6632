/**
 * What is answered where no route is: 405 with `Allow` when the path takes other methods, 404 when there is nothing.
 */
import type { Context, Hono } from "hono";
import type { ServerEnv } from "./env.ts";
import { MethodNotAllowed, NoRoute } from "./errors.ts";
import { describeError } from "./error_answer.ts";
import { happiEnvelope } from "./happi_envelope.ts";

const METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE"];

/**
 * Answers for a path without a route. The body is HAPPI's envelope, with the path as its data, and has the error beside it
 * as everywhere else.
 *
 * @param app the app, whose routes tell which methods a path takes
 * @param c the request
 * @throws {MethodNotAllowed} when the path takes other methods
 */
export function answerUnknownPath(app: Hono<ServerEnv>, c: Context<ServerEnv>): Response {
  const { method, path } = c.req;
  const allowed = METHODS.filter((one) => hasRoute(app, one, path));
  if (allowed.includes("GET")) allowed.splice(1, 0, "HEAD");
  if (allowed.length > 0) throw new MethodNotAllowed(method, path, allowed);
  const body = { ...JSON.parse(happiEnvelope(404, path)), error: describeError(new NoRoute(path)) };
  return c.json(body, 404);
}

/** Whether something else than a guard answers. */
function hasRoute(app: Hono<ServerEnv>, method: string, path: string): boolean {
  return app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL");
}
