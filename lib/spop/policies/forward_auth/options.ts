/**
 * The options of `forward_auth`, and whether they fit.
 */
import type { Scope } from "../../codec/mod.ts";
import { checkOptions, event, given, integer, list, oneOf, scope, table, text, word } from "../option_checks.ts";
import { InvalidPolicy, type SpoeEvent } from "../policy.ts";
import type { Outside } from "../sources/outside.ts";
import { CACHE_PARTS, type CachePart } from "./original.ts";

/** Whom to ask, with what, and what to keep of the answer. */
export interface ForwardAuthOptions {
  /** The policy's name, `forward_auth` if not said. */
  readonly name?: string;
  /** The message's name, `forward-auth` if not said. */
  readonly message?: string;
  /** When HAProxy sends it, `on-frontend-http-request` if not said. */
  readonly event?: SpoeEvent;
  /** The scope of the variables, `transaction` if not said. */
  readonly scope?: Scope;
  /** The service. */
  readonly url: string;
  /** How it is asked: `GET` if not said. */
  readonly method?: "GET" | "HEAD" | "POST";
  /** The request headers that it gets: `authorization` and `cookie` if not said. */
  readonly requestHeaders?: readonly string[];
  /** Variable to header of the service's answer: `{ auth_user: "x-auth-request-user" }`. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** How long it may take: 500 ms if not said. */
  readonly timeoutMs?: number;
  /** How many questions may be under way: 256 if not said. */
  readonly maxConcurrent?: number;
  /** How many may wait for that: 256 if not said. Others are refused with `busy`. */
  readonly maxWaiting?: number;
  /** How long an answer is good for a request with the same headers, method and path: 0 if not said, which is not at all. */
  readonly cacheSeconds?: number;
  /** How many answers are remembered: 10000 if not said. */
  readonly cacheSize?: number;
  /** What makes two requests the same for the cache: `headers`, and, if not said, `method`, `uri` and `ip`. */
  readonly cacheBy?: readonly CachePart[];
  /** Clock, files and HTTP, for tests; the real ones where not given. */
  readonly outside?: Partial<Outside>;
}

/**
 * Checks the options.
 *
 * @param policy the policy's name
 * @param options as they were given
 * @throws {InvalidPolicy} when they do not fit
 */
export function checkForwardAuth(policy: string, options: ForwardAuthOptions): void {
  checkOptions(policy, options, {
    name: word,
    outside: given,
    message: word,
    event,
    scope,
    url: text(2048),
    method: oneOf(["GET", "HEAD", "POST"]),
    requestHeaders: list,
    responseHeaders: table,
    timeoutMs: integer(1, 60_000),
    maxConcurrent: integer(1, 10_000),
    maxWaiting: integer(0, 100_000),
    cacheSeconds: integer(0, 86_400),
    cacheSize: integer(0, 1_000_000),
    cacheBy: list,
  });
  if (options.url === undefined) throw new InvalidPolicy(policy, 'option "url" is missing');
  if (!/^https?:\/\/./.test(options.url) || !URL.canParse(options.url)) {
    throw new InvalidPolicy(policy, `option "url" is "${options.url}" and must be an http:// or https:// URL`);
  }
  const headers = [...options.requestHeaders ?? [], ...Object.values(options.responseHeaders ?? {})];
  const wrong = headers.find((header) => typeof header !== "string" || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header));
  if (wrong !== undefined) throw new InvalidPolicy(policy, `"${wrong}" is no name of a header`);
  const variable = Object.keys(options.responseHeaders ?? {})
    .find((one) => !/^[A-Za-z0-9_]{1,63}$/.test(one) || VERDICT_VARIABLES.includes(one));
  if (variable !== undefined) {
    throw new InvalidPolicy(policy, `"${variable}" in option "responseHeaders" cannot be the name of a variable`);
  }
  const { cacheBy } = options;
  const part = cacheBy?.find((one) => !Object.hasOwn(CACHE_PARTS, one));
  if (part !== undefined) {
    const known = Object.keys(CACHE_PARTS).map((one) => `"${one}"`).join(", ");
    throw new InvalidPolicy(policy, `"${part}" in option "cacheBy" is none of ${known}`);
  }
  // Without them one visitor's answer would be everybody's.
  if (cacheBy !== undefined && !cacheBy.includes("headers")) {
    throw new InvalidPolicy(policy, 'option "cacheBy" has no "headers", which hold the credentials');
  }
}

/** A header must not become the verdict. */
const VERDICT_VARIABLES = ["auth_ok", "auth_status", "auth_error", "auth_location"];
