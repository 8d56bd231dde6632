/**
 * HAPPI's routes, as its users know them: the state of all servers, or of one backend's.
 */
import { type Context, Hono } from "hono";
import { answerShared } from "./answers.ts";
import type { Backing, ServerEnv } from "./env.ts";
import { describeError } from "./error_answer.ts";
import { statusOf } from "./error_status.ts";
import { happiCode, happiEnvelope, happiEnvelopeText } from "./happi_envelope.ts";
import { writeHappiServers } from "./happi_server.ts";

/** HAPPI's paths, both spellings of the first. */
const PATHS = ["/servers/state", "/servers/state/", "/servers/state/:backend"];

/** What HAPPI says it will do one day. */
const NOT_IMPLEMENTED = ["PUT", "POST", "DELETE"];

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/api/v1`
 */
export function happiRoutes({ reads }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.on("GET", PATHS, (c) => {
    const backend = c.req.param("backend");
    return answerShared(c, reads, ["happi", backend], async (client) => {
      const { version, servers } = await client.getServersState(backend);
      return happiEnvelopeText(200, `{"servers":${writeHappiServers(servers)},"version":${version}}`);
    });
  });
  routes.on(NOT_IMPLEMENTED, PATHS, (c) => answerEnvelope(c, happiEnvelope(501, "not implemented")));
  routes.onError((error, c) => {
    const code = happiCode(statusOf(error));
    const data = code === 404 ? [] : describeError(error).message;
    return answerEnvelope(c, happiEnvelope(code, data), code === 503 ? 503 : 200);
  });
  return routes;
}

function answerEnvelope(c: Context, envelope: string, status: 200 | 503 = 200): Response {
  return c.body(envelope, status, { "content-type": "application/json; charset=utf-8" });
}
