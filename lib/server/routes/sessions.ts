/**
 * Sessions: who is connected to what, and how to end them.
 */
import { Hono } from "hono";
import * as v from "valibot";
import { answerShared, asJson } from "../answers.ts";
import { checked, query } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { flag, name } from "./schemas.ts";

const oneSession = v.object({
  id: v.pipe(v.string(), v.regex(/^0x[0-9a-f]{1,16}$/, "it must be a reference such as 0x55d0c0ffee00")),
});

const filter = query({
  frontend: v.optional(name),
  backend: v.optional(name),
  server: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.:-]{1,255}\/[A-Za-z0-9_.:-]{1,255}$/, "write it as backend/server")),
  ),
  suspicious: v.optional(flag),
  show_uri: v.optional(flag),
});

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function sessionRoutes({ reads }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/sessions", checked("query", filter), (c) => {
    const { show_uri: showUri, ...rest } = c.req.valid("query");
    const given = Object.entries({ ...rest, showUri }).filter(([, value]) => value !== undefined && value !== false);
    const wanted = Object.fromEntries(given);
    return answerShared(c, reads, ["sessions", wanted], asJson((client) => client.getSessions(wanted)));
  });
  routes.get("/sessions/:id", checked("param", oneSession), (c) => {
    const { id } = c.req.valid("param");
    return answerShared(c, reads, ["session", id], asJson((client) => client.getSession(id)));
  });
  routes.delete("/sessions/:id", checked("param", oneSession), async (c) => {
    await c.var.client.shutdownSession(c.req.valid("param").id);
    return c.body(null, 204);
  });
  return routes;
}
