/**
 * Statistics of every proxy and server: rows of `show stat`, without the columns that do not apply.
 *
 * A hot path: identical requests share the command, the rows and their JSON.
 */
import { Hono } from "hono";
import * as v from "valibot";
import { STAT_KINDS, type StatRow, type StatValue, stringifyStat } from "../../client/mod.ts";
import { answerShared } from "../answers.ts";
import { checked, query } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { InvalidRequest } from "../errors.ts";
import { columns, name, words } from "./schemas.ts";
import { readProxyRows } from "./stat_rows.ts";

const filter = query({
  /** Only this proxy's rows. */
  proxy: v.optional(name),
  /** Only rows of these kinds. */
  type: v.optional(words(STAT_KINDS)),
  /** Only these columns. */
  fields: v.optional(columns),
});

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function statRoutes({ reads }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/stats", checked("query", filter), (c) => {
    const { proxy, type, fields } = c.req.valid("query");
    return answerShared(c, reads, ["stats", proxy, type, fields], async (client) => {
      const rows = proxy === undefined
        ? await client.getStat(type === undefined ? {} : { kinds: type })
        : await readProxyRows(client, proxy, type);
      return `${stringifyStat(fields === undefined ? rows : select(rows, fields))}\n`;
    });
  });
  return routes;
}

/** Rows with some of their columns only. */
function select(rows: readonly StatRow[], fields: readonly string[]): Record<string, StatValue>[] {
  const [first] = rows;
  const unknown = first && fields.find((field) => !Object.hasOwn(first, field));
  if (unknown !== undefined) {
    throw new InvalidRequest(`Cannot use query parameter "fields": this HAProxy has no column "${unknown}"`);
  }
  return rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null])));
}
