/**
 * HAProxy as a whole: its figures, its version, the invalid messages that it has captured.
 */
import { Hono } from "hono";
import { answerShared, asJson } from "../answers.ts";
import type { Backing, ServerEnv } from "../env.ts";

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function infoRoutes({ reads, version }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/info", (c) => answerShared(c, reads, ["info"], asJson((client) => client.getInfo())));
  routes.get("/errors", (c) => answerShared(c, reads, ["errors"], asJson((client) => client.getErrors())));
  routes.get("/version", (c) => {
    const read = asJson(async (client) => ({ happi: version, haproxy: await client.getVersion() }));
    return answerShared(c, reads, ["version"], read);
  });
  return routes;
}
