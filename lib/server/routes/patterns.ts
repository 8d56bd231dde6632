/**
 * Maps and ACLs: the same routes for both; where they differ is in `pattern_kinds.ts`.
 */
import { Hono } from "hono";
import * as v from "valibot";
import { type Client, NotFound } from "../../client/mod.ts";
import { answerJson, answerShared, asJson } from "../answers.ts";
import { checked } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { findFile } from "./named_file.ts";
import { ACLS, MAPS, type PatternKind } from "./pattern_kinds.ts";
import { text } from "./schemas.ts";

const oneFile = v.object({ file: text });
const oneEntry = v.object({ file: text, key: text });

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function patternRoutes(backing: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.route("/", routesOf(backing, MAPS));
  routes.route("/", routesOf(backing, ACLS));
  return routes;
}

function routesOf<Entry extends object>({ reads }: Backing, kind: PatternKind<Entry>): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>().basePath(`/${kind.path}`);
  const list = (client: Client) => kind.list(client);
  const find = (client: Client, given: string) =>
    findFile(kind.what, given, async () => (await list(client)).flatMap(({ file }) => file ?? []));
  const entries = async (client: Client, given: string) => kind.entries(client, await find(client, given));

  routes.get("/", (c) => answerShared(c, reads, [kind.path], asJson(list)));

  routes.on("GET", ["/:file", "/:file/entries"], checked("param", oneFile), (c) => {
    const { file } = c.req.valid("param");
    return answerShared(c, reads, [kind.path, file], asJson((client) => entries(client, file)));
  });

  routes.post("/:file/entries", checked("param", oneFile), checked("json", kind.entry), async (c) => {
    const { client } = c.var;
    const file = await find(client, c.req.valid("param").file);
    const entry = c.req.valid("json");
    await kind.add(client, file, entry);
    const key = encodeURIComponent(kind.keyOf(entry));
    c.header("location", `/api/v1/${kind.path}/${encodeURIComponent(file)}/entries/${key}`);
    return answerJson(c, entry, 201);
  });

  routes.put("/:file/entries", checked("param", oneFile), checked("json", v.array(kind.entry)), async (c) => {
    const { client } = c.var;
    const file = await find(client, c.req.valid("param").file);
    await kind.replace(client, file, c.req.valid("json"));
    return answerJson(c, await kind.entries(client, file));
  });

  routes.delete("/:file/entries", checked("param", oneFile), async (c) => {
    const { client } = c.var;
    await kind.clear(client, await find(client, c.req.valid("param").file));
    return c.body(null, 204);
  });

  routes.get("/:file/entries/:key", checked("param", oneEntry), async (c) => {
    const { client } = c.var;
    const { file, key } = c.req.valid("param");
    const found = (await kind.lookUp(client, await find(client, file), key)).filter((one) => one.found);
    if (found.length === 0) throw new NotFound(`entry "${key}"`, `${kind.what} "${file}" finds nothing for it`);
    return answerJson(c, found);
  });

  routes.put("/:file/entries/:key", checked("param", oneEntry), checked("json", kind.rest), async (c) => {
    const { client } = c.var;
    const { file, key } = c.req.valid("param");
    const entry = kind.withKey(key, c.req.valid("json"));
    await kind.put(client, await find(client, file), entry);
    return answerJson(c, entry);
  });

  routes.delete("/:file/entries/:key", checked("param", oneEntry), async (c) => {
    const { client } = c.var;
    const { file, key } = c.req.valid("param");
    await kind.remove(client, await find(client, file), key);
    return c.body(null, 204);
  });

  return routes;
}
