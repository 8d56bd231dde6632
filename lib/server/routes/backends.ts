/**
 * Backends: the row of `show stat` that each has, and its servers.
 */
import { Hono } from "hono";
import * as v from "valibot";
import { type Client, NotFound, type StatRow } from "../../client/mod.ts";
import { answerShared, asJson } from "../answers.ts";
import { checked } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { name } from "./schemas.ts";
import { readServers, type ServerView } from "./server_view.ts";
import { readProxyRows, withoutNulls } from "./stat_rows.ts";

const oneBackend = v.object({ backend: name });

/** A backend. */
interface BackendView {
  readonly name: string;
  readonly status: string | null;
  /** Its row of `show stat`, without the columns that do not apply. */
  readonly stat: ReturnType<typeof withoutNulls>;
}

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function backendRoutes({ reads }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/backends", (c) => answerShared(c, reads, ["backends"], asJson((client) => readBackends(client))));
  routes.get("/backends/:backend", checked("param", oneBackend), (c) => {
    const { backend } = c.req.valid("param");
    return answerShared(c, reads, ["backend", backend], asJson((client) => readBackend(client, backend)));
  });
  return routes;
}

async function readBackends(client: Client): Promise<BackendView[]> {
  return (await client.getStat({ kinds: ["backend"] })).map(viewBackend);
}

async function readBackend(client: Client, name: string): Promise<BackendView & { servers: ServerView[] }> {
  const [row] = await readProxyRows(client, name, ["backend"]);
  if (row === undefined) throw new NotFound(`backend "${name}"`, "the proxy of that name has no backend side");
  return { ...viewBackend(row), servers: await readServers(client, name) };
}

function viewBackend(row: StatRow): BackendView {
  return { name: row.pxname, status: row.status ?? null, stat: withoutNulls(row) };
}
