/**
 * Servers of a backend: read, add, remove, drain. Changes of one that is there are in `server_changes.ts`.
 */
import { Hono } from "hono";
import * as v from "valibot";
import type { Client } from "../../client/mod.ts";
import { answerJson, answerShared, asJson } from "../answers.ts";
import { checked, query } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { PartlyApplied } from "../errors.ts";
import { milliseconds, millisecondsText, name, text } from "./schemas.ts";
import { changeServer, serverChanges } from "./server_changes.ts";
import { readServer, readServers } from "./server_view.ts";

const inBackend = v.object({ backend: name });
const oneServer = v.object({ backend: name, server: name });

const newServer = v.strictObject({
  name,
  address: text,
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535))),
  /** Words of the configuration's `server` line, such as `["check", "weight", "10"]`. */
  keywords: v.optional(v.array(text), []),
  /** Takes it out of maintenance, and starts the checks that the keywords name. */
  enable: v.optional(v.boolean(), false),
});

const removal = query({ timeout_ms: v.optional(millisecondsText, "30000") });

const drain = v.strictObject({
  timeout_ms: v.optional(milliseconds, 30_000),
  until: v.optional(v.picklist(["report", "maint", "shutdown"], 'it must be "report", "maint" or "shutdown"')),
});

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function serverRoutes({ reads }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.get("/backends/:backend/servers", checked("param", inBackend), (c) => {
    const { backend } = c.req.valid("param");
    return answerShared(c, reads, ["servers", backend], asJson((client) => readServers(client, backend)));
  });

  routes.post("/backends/:backend/servers", checked("param", inBackend), checked("json", newServer), async (c) => {
    const { backend } = c.req.valid("param");
    const { name, address, port, keywords, enable } = c.req.valid("json");
    const { client } = c.var;
    const server = `${backend}/${name}`;
    await client.addServer(server, withPort(address, port), { keywords });
    if (enable) await enableServer(client, server, keywords);
    c.header("location", `/api/v1/backends/${backend}/servers/${name}`);
    return answerJson(c, await readServer(client, backend, name), 201);
  });

  routes.get("/backends/:backend/servers/:server", checked("param", oneServer), (c) => {
    const { backend, server } = c.req.valid("param");
    return answerShared(c, reads, ["server", backend, server], asJson((client) => readServer(client, backend, server)));
  });

  routes.patch(
    "/backends/:backend/servers/:server",
    checked("param", oneServer),
    checked("json", serverChanges),
    async (c) => {
      const { backend, server } = c.req.valid("param");
      await changeServer(c.var.client, backend, server, c.req.valid("json"));
      return answerJson(c, await readServer(c.var.client, backend, server));
    },
  );

  routes.delete(
    "/backends/:backend/servers/:server",
    checked("param", oneServer),
    checked("query", removal),
    async (c) => {
      const { backend, server } = c.req.valid("param");
      const { timeout_ms: timeoutMs } = c.req.valid("query");
      c.var.deadline.extend(timeoutMs);
      await c.var.client.deleteServer(`${backend}/${server}`, { timeoutMs });
      return c.body(null, 204);
    },
  );

  routes.post(
    "/backends/:backend/servers/:server/drain",
    checked("param", oneServer),
    checked("json", drain),
    async (c) => {
      const { backend, server } = c.req.valid("param");
      const { timeout_ms: timeoutMs, until } = c.req.valid("json");
      c.var.deadline.extend(timeoutMs);
      const options = { timeoutMs, ...(until === undefined ? {} : { until }) };
      return answerJson(c, await c.var.client.drain(`${backend}/${server}`, options));
    },
  );

  return routes;
}

/** Takes a new server out of maintenance, its checks first: it is in the backend whatever becomes of this. */
async function enableServer(client: Client, server: string, keywords: readonly string[]): Promise<void> {
  try {
    if (keywords.includes("check")) await client.enableHealth(server);
    if (keywords.includes("agent-check")) await client.enableAgent(server);
    await client.enableServer(server);
  } catch (thrown) {
    throw thrown instanceof Error ? new PartlyApplied(["name", "address", "port", "keywords"], thrown) : thrown;
  }
}

/** An address and a port in one, as `add server` takes them. */
function withPort(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(":") && !address.startsWith("[") ? `[${address}]:${port}` : `${address}:${port}`;
}
