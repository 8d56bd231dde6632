/**
 * Stick tables and their entries. Entries are chosen in the query: `?key=10.0.0.1`, or by what they store,
 * `?data.gpc0=gt:5&data.http_req_cnt=le:100`.
 */
import { Hono } from "hono";
import * as v from "valibot";
import { type Client, NotFound, type TableEntry, type TableFilter } from "../../client/mod.ts";
import { answerJson, answerShared, asJson } from "../answers.ts";
import { checked } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { text } from "./schemas.ts";

const oneTable = v.object({ table: text });
const oneEntry = v.object({ table: text, key: text });

/** Operators of HAProxy's filters. */
const OPERATORS = ["eq", "ne", "le", "ge", "lt", "gt"] as const;

const condition = v.pipe(
  v.string(),
  v.regex(/^(?:eq|ne|le|ge|lt|gt):\d{1,19}$/, 'write an operator and a number, such as "gt:5"'),
);

/** Names of stored values, as a query has them. */
const stored = v.pipe(
  v.string(),
  v.regex(/^data\.[a-z0-9_]{1,32}$/, "it must be data.NAME, with an operator and a number such as gt:5"),
  v.transform((name) => name.slice("data.".length)),
);

const filters = v.pipe(v.record(stored, condition), v.transform(toFilters));

const selection = v.union([
  v.strictObject({ key: text }),
  v.pipe(filters, v.transform((given) => ({ filters: given }))),
], "give key alone, or any number of data.NAME with an operator and a number such as gt:5");

const newEntry = v.strictObject({ data: v.optional(v.record(v.string(), v.pipe(v.number(), v.integer())), {}) });

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function tableRoutes({ reads }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.get("/tables", (c) => answerShared(c, reads, ["tables"], asJson((client) => client.getTables())));

  routes.get("/tables/:table", checked("param", oneTable), checked("query", selection), (c) => {
    const { table } = c.req.valid("param");
    const wanted = c.req.valid("query");
    return answerShared(c, reads, ["table", table, wanted], asJson((client) => client.getTable(table, wanted)));
  });

  routes.delete("/tables/:table/entries", checked("param", oneTable), checked("query", filters), async (c) => {
    const given = c.req.valid("query");
    await c.var.client.clearTable(c.req.valid("param").table, given.length > 0 ? { filters: given } : {});
    return c.body(null, 204);
  });

  routes.get("/tables/:table/entries/:key", checked("param", oneEntry), (c) => {
    const { table, key } = c.req.valid("param");
    return answerShared(c, reads, ["entry", table, key], asJson((client) => readEntry(client, table, key)));
  });

  routes.put("/tables/:table/entries/:key", checked("param", oneEntry), checked("json", newEntry), async (c) => {
    const { client } = c.var;
    const { table, key } = c.req.valid("param");
    await client.setTableEntry(table, key, c.req.valid("json").data);
    return answerJson(c, await readEntry(client, table, key));
  });

  routes.delete("/tables/:table/entries/:key", checked("param", oneEntry), async (c) => {
    const { table, key } = c.req.valid("param");
    await c.var.client.clearTableEntry(table, key);
    return c.body(null, 204);
  });

  return routes;
}

async function readEntry(client: Client, table: string, key: string): Promise<TableEntry> {
  const { entries: [entry] } = await client.getTable(table, { key });
  if (entry === undefined) throw new NotFound(`entry "${key}"`, `stick table "${table}" has no such key`);
  return entry;
}

function toFilters(conditions: Readonly<Record<string, string>>): TableFilter[] {
  return Object.entries(conditions).map(([data, text]) => {
    const [word = "", number = ""] = text.split(":");
    return { data, op: OPERATORS.find((one) => one === word) ?? "eq", value: Number(number) };
  });
}
