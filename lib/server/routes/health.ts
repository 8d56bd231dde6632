/**
 * Whether happi lives (`/healthz`), and whether HAProxy answers (`/readyz`).
 */
import { Hono } from "hono";
import { answerJson } from "../answers.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { describeError } from "../error_answer.ts";
import { DeadlineExceeded } from "../errors.ts";
import { within } from "../within.ts";

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function healthRoutes({ client, readyTimeoutMs }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/healthz", (c) => answerJson(c, { status: "alive" }));
  routes.get("/readyz", async (c) => {
    try {
      const version = await within(client.with({ timeoutMs: readyTimeoutMs }).getVersion(), readyTimeoutMs);
      if (version === undefined) throw new DeadlineExceeded(readyTimeoutMs);
      return answerJson(c, { status: "ready", haproxy: version.text });
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      return answerJson(c, { status: "not_ready", error: describeError(thrown) }, 503);
    }
  });
  return routes;
}
