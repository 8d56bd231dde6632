/**
 * How chain APIs are asked: the options that their checks share, the request, and answers that are refusals.
 */
import type { Check, CheckContext, CheckOptions, Finding } from "../../check.ts";
import { askHttp, type HttpAnswer } from "../../target/http.ts";
import { custom, httpUrl, integer, oneOf, optional, type OptionValues, required } from "../options.ts";
import { readTls, TLS_OPTIONS } from "../tls.ts";
import { factsOf, integerOf, parseDocument, textOf } from "./document.ts";

const hostHeader = custom<string>(
  'a host such as "api.example.com" or "api.example.com:8888"',
  (value) => typeof value === "string" && /^[\w.:[\]-]{1,255}$/.test(value) ? value : undefined,
);

/** What every check of a chain API has. */
export const API_OPTIONS = {
  url: required(httpUrl, "the API's base URL, with its scheme and port"),
  host: optional(hostHeader, "the Host header; default: the URL's host with its port"),
  ...TLS_OPTIONS,
};

/** How far behind is too far. */
export const numBlocks = optional(
  integer(-(2 ** 31), 2 ** 31 - 1),
  "how many blocks it may be behind or ahead; two are a second",
  10,
);

/** Whose arithmetic decides: that of the current antelope-api-healthcheck, or that of release 0.2.0. */
export const arithmetic = optional(
  oneOf(["current", "0.2.0"]),
  'whose arithmetic decides: "current", or "0.2.0" as for requests written with colons',
  "current",
);

/** What {@linkcode API_OPTIONS} are read as. */
export type ApiSettings = OptionValues<typeof API_OPTIONS>;

/**
 * Options as the wire's rule for `num_blocks` has them: what is no integer counts as not given.
 */
export function withDefaultBlocks(given: CheckOptions, { origin }: CheckContext): CheckOptions {
  const { numBlocks: blocks, ...others } = given;
  const isInteger = /^[+-]?\d{1,10}$/.test(String(blocks)) && Math.abs(Number(blocks)) < 2 ** 31;
  return origin === "wire" && !isInteger ? others : given;
}

/**
 * A check of a chain API. The Host header is among its facts where one was given: several names may stand for one address.
 *
 * @param kind whose
 * @param settings its options
 * @param run asks, and says what that comes to
 */
export function apiCheck(
  kind: string,
  { url, host }: Pick<ApiSettings, "url" | "host">,
  run: (signal: AbortSignal) => Promise<Finding>,
): Check {
  const target = shownUrl(url);
  if (host === undefined) return { kind, target, run };
  return {
    kind,
    target,
    async run(signal) {
      const found = await run(signal);
      return { ...found, facts: { ...found.facts, host } };
    },
  };
}

/** A base URL as it is shown: without the query, which may hold a key. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname === "/" ? "" : url.pathname}`;
}

/**
 * A path below the base URL, or with none the base itself; the base's query is kept.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { endpointOf } from "./api.ts";
 * assert.equal(endpointOf(new URL("http://[::1]:8888/"), "/health").href, "http://[::1]:8888/health");
 * assert.equal(endpointOf(new URL("http://eos/api/?key=1"), "/health").href, "http://eos/api/health?key=1");
 * ```
 */
export function endpointOf(base: URL, path: string): URL {
  const url = new URL(base);
  if (path !== "") url.pathname = `${base.pathname.replace(/\/+$/, "")}${path}`;
  url.hash = "";
  return url;
}

/**
 * Asks.
 *
 * @param settings the check's options
 * @param path what is asked for, below the base URL
 * @param body sent as JSON with POST; left out: GET
 */
export async function askApi(
  settings: ApiSettings,
  path: string,
  context: CheckContext,
  signal: AbortSignal,
  body?: string,
): Promise<HttpAnswer> {
  const { url, host } = settings;
  const sent = body === undefined ? {} : { method: "POST", body };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const tls = url.protocol === "https:" ? await readTls(settings) : undefined;
  const headers = { accept: "application/json", ...type };
  return await askHttp({ url: endpointOf(url, path), host, headers, tls, ...sent }, context, signal);
}

/**
 * What an answer with an error's status comes to: `fail`, with the chain's own words where it has some.
 *
 * @returns `undefined` when the status is that of an answer
 */
export function refusal(answer: HttpAnswer): Finding | undefined {
  const { status, statusText, headers } = answer;
  if (status < 300) return undefined;
  const why = status < 400
    ? `server returned HTTP ${status} and redirects to "${headers["location"] ?? ""}", which is not followed`
    : apiError(answer.body) ?? `server returned HTTP ${status} ${statusText}`.trimEnd();
  return { reply: { health: "fail" }, reason: why, facts: { http_status: status } };
}

/** The error of `{"code":500,"message":"…","error":{…}}` as `500 …`, with nodeos' own details where it has some. */
function apiError(body: string): string | undefined {
  try {
    const document = parseDocument(body, "");
    const code = integerOf(document, "code");
    const message = textOf(document, "message");
    const what = textOf(document, "error", "what");
    if (code === undefined || message === undefined) return undefined;
    return what === undefined || what === "" ? `${code} ${message}` : `${code} ${message} (${what})`;
  } catch {
    return undefined;
  }
}

/** A finding whose facts may be unknown. */
export function finding(
  health: "up" | "down" | "fail",
  why: string,
  facts: Parameters<typeof factsOf>[0],
): Finding {
  return { reply: { health }, reason: why, facts: factsOf(facts) };
}
