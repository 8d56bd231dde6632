/**
 * Parts of a request, checked against a schema before the route runs: what is not in the schema is refused by name.
 *
 * The schemas are valibot's and stand beside their routes, so that the same ones can describe the API.
 */
import type { Context, MiddlewareHandler } from "hono";
import * as v from "valibot";
import { reason } from "../errors.ts";
import type { ServerEnv } from "./env.ts";
import { InvalidRequest, UnsupportedBody } from "./errors.ts";
import { readBody } from "./guards/body_limit.ts";

/** Where a value comes from: the path, the query, the body as JSON. */
export type Source = "param" | "query" | "json";

/** A schema that gives its value at once. */
type Schema = v.GenericSchema<unknown, unknown>;

/** A middleware after which `c.req.valid(source)` gives the checked value. */
type Checked<S extends Source, Given extends Schema> = MiddlewareHandler<
  ServerEnv,
  string,
  { in: { [source in S]: v.InferInput<Given> }; out: { [source in S]: v.InferOutput<Given> } }
>;

/**
 * Checks one part of the request.
 *
 * @param source the part
 * @param schema what it must be
 * @returns a middleware that refuses anything else with 400, and a body that is not called JSON with 415
 */
export function checked<const S extends Source, Given extends Schema>(source: S, schema: Given): Checked<S, Given> {
  return async (c, next) => {
    const result = v.safeParse(schema, await READERS[source](c));
    if (!result.success) throw new InvalidRequest(faultOf(source, result.issues[0]));
    c.req.addValidatedData(source, result.output as object);
    await next();
  };
}

/** The schema of a query: nothing but these parameters. */
export function query<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries);
}

const READERS: Readonly<Record<Source, (c: Context<ServerEnv>) => unknown>> = {
  param: readPath,
  query: readQuery,
  json: readJson,
};

/** Path parameters; bytes that are no UTF-8 would reach HAProxy as something else than was meant. */
function readPath(c: Context<ServerEnv>): Record<string, string> {
  try {
    decodeURIComponent(c.req.path);
  } catch {
    throw new InvalidRequest(`Cannot read path "${c.req.path}": it is not percent-encoded UTF-8`);
  }
  return c.req.param();
}

function readQuery(c: Context<ServerEnv>): Record<string, string> {
  const entries = Object.entries(c.req.queries());
  const twice = entries.find(([, values]) => values.length > 1);
  if (twice) throw new InvalidRequest(`Cannot use query parameter "${twice[0]}": it is given twice`);
  // Schemas of records pass over these without a word: an answer to all would look like one to the filter that was meant.
  const passedOver = entries.find(([name]) => NEVER_NAMES.includes(name));
  if (passedOver) throw new InvalidRequest(`Cannot use query parameter "${passedOver[0]}": there is none of that name`);
  return Object.fromEntries(entries.map(([name, [value = ""]]) => [name, value]));
}

const NEVER_NAMES: readonly string[] = ["__proto__", "constructor", "prototype"];

async function readJson(c: Context<ServerEnv>): Promise<unknown> {
  const type = c.req.header("content-type");
  const text = await readText(c);
  if (text === "") return {};
  if (!JSON_TYPE.test(type ?? "") && !isFromCurl(c)) throw new UnsupportedBody(type, ["application/json"]);
  return parseJson(text);
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Whether `curl -d` has sent this: it calls every body a form. A browser, which could be made to post a form by a
 * stranger's page, always adds an Origin or Sec-Fetch header to one.
 */
function isFromCurl(c: Context<ServerEnv>): boolean {
  const isForm = /^application\/x-www-form-urlencoded$/i.test(c.req.header("content-type") ?? "");
  return isForm && c.req.header("origin") === undefined && c.req.header("sec-fetch-site") === undefined;
}

/**
 * Reads JSON out of a body's text. Its error tells the place alone: V8's own shows some of the text, which may be a key.
 *
 * @throws {InvalidRequest} when it is not JSON
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const [place] = /at position \d+/.exec(reason(thrown)) ?? [];
    throw new InvalidRequest(`Cannot read the body: it is not JSON${place === undefined ? "" : ` ${place}`}`);
  }
}

/**
 * Reads a body's text.
 *
 * @throws {BodyTooLarge} when it is larger than the server takes
 * @throws {InvalidRequest} when it is not UTF-8
 */
export async function readText(c: Context<ServerEnv>): Promise<string> {
  const bytes = await readBody(c);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new InvalidRequest("Cannot read the body: it is not UTF-8");
  }
}

const NOUNS: Readonly<Record<Source, string>> = {
  param: "path parameter",
  query: "query parameter",
  json: "field",
};

/** One sentence about what is wrong. */
function faultOf(source: Source, issue: v.BaseIssue<unknown>): string {
  const at = v.getDotPath(issue);
  const noun = at === null ? (source === "json" ? "the body" : "the request") : `${NOUNS[source]} "${at}"`;
  if (issue.expected === "never") return `Cannot use ${noun}: there is no such ${NOUNS[source]} here`;
  return `Cannot use ${noun}: ${issue.message}`;
}
