/**
 * Asks an HTTP service whether a request may pass, the way `forward_auth` and `auth_request` of other proxies do: 2xx is yes.
 *
 * The service gets the original request as `X-Forwarded-Method`, `-Uri`, `-Host`, `-For` and the headers that are named; what
 * it answers is handed to HAProxy: its status, chosen headers, and where it redirects to.
 */
import { hash } from "node:crypto";
import type { Scope } from "../codec/mod.ts";
import { headersOf, textOf } from "./argument_values.ts";
import { BoundedCache } from "./bounded_cache.ts";
import { askService, type AuthAnswer } from "./forward_auth/ask_service.ts";
import { checkOptions, event, given, integer, list, oneOf, scope, table, text, word } from "./option_checks.ts";
import {
  InvalidPolicy,
  type MessageSpec,
  type Policy,
  type PolicyActions,
  type PolicyMessage,
  type SpoeEvent,
  type VariableSpec,
} from "./policy.ts";
import { setOrUnset } from "./set_or_unset.ts";
import { Slots } from "./slots.ts";
import { type Outside, REAL_OUTSIDE } from "./sources/outside.ts";

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
  /** What makes two requests the same for the cache: `headers` only, or `headers`, `method`, `uri` and `ip`, if not said. */
  readonly cacheBy?: readonly ("headers" | "method" | "uri" | "ip")[];
  /** Clock, files and HTTP, for tests; the real ones where not given. */
  readonly outside?: Partial<Outside>;
}

/** What `auth_error` says. */
export type ForwardAuthError = "denied" | "busy" | "timeout" | "unreachable" | "unavailable";

/**
 * Makes the policy.
 *
 * Message arguments: `headers` (`req.hdrs_bin`), `method`, `path` (`pathq`: path and query) and `ip`. Sets `auth_ok`,
 * `auth_status`, `auth_error`, `auth_location` when the service redirects, and the variables of `responseHeaders`.
 * Everything but a 2xx in time is a no.
 *
 * @param options the service
 * @throws {InvalidPolicy} when the options do not fit
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createForwardAuth } from "./forward_auth.ts";
 * await using policy = await createForwardAuth({
 *   url: "http://127.0.0.1:4180/auth",
 *   responseHeaders: { auth_user: "x-user" },
 *   outside: { fetch: () => Promise.resolve(new Response(null, { status: 204, headers: { "x-user": "ann" } })) },
 * });
 * const variables = new Map<string, unknown>();
 * await policy.decide({ name: "forward-auth", args: { method: "GET", path: "/" } }, {
 *   set: (_scope, name, value) => void variables.set(name, value),
 *   unset: () => {},
 * });
 * assert.deepEqual([variables.get("auth_ok"), variables.get("auth_user")], [true, "ann"]);
 * ```
 */
export function createForwardAuth(options: ForwardAuthOptions): Promise<Policy> {
  const { name = "forward_auth" } = options;
  checkOptions(name, options, {
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
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  if (options.url === undefined) throw new InvalidPolicy(name, 'option "url" is missing');
  if (!/^https?:\/\/./.test(options.url) || !URL.canParse(options.url)) {
    throw new InvalidPolicy(name, `option "url" is "${options.url}" and must be an http:// or https:// URL`);
  }
  const headers = [...options.requestHeaders ?? [], ...Object.values(options.responseHeaders ?? {})];
  const wrong = headers.find((header) => typeof header !== "string" || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header));
  if (wrong !== undefined) throw new InvalidPolicy(name, `"${wrong}" is no name of a header`);
  const variable = Object.keys(options.responseHeaders ?? {})
    .find((one) => !/^[A-Za-z0-9_]{1,63}$/.test(one) || VERDICT_VARIABLES.includes(one));
  if (variable !== undefined) {
    throw new InvalidPolicy(name, `"${variable}" in option "responseHeaders" cannot be the name of a variable`);
  }
  const part = options.cacheBy?.find((one) => !(one in CACHE_PARTS));
  if (part !== undefined) throw new InvalidPolicy(name, `"${part}" in option "cacheBy" is none of ${cacheParts()}`);
  return Promise.resolve(new ForwardAuthPolicy(name, options, outside));
}

/** A header must not become the verdict. */
const VERDICT_VARIABLES = ["auth_ok", "auth_status", "auth_error", "auth_location"];

/** A request as the service is told of it. */
interface Original {
  readonly method: string;
  readonly uri: string;
  readonly ip: string;
  readonly host: string;
  /** The headers that the service gets. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What of a request may be part of the cache's key. */
const CACHE_PARTS: Readonly<Record<"headers" | "method" | "uri" | "ip", (original: Original) => unknown>> = {
  // The host is a header too, whoever is asked: an answer for one site must not open another.
  headers: (original) => [original.host, original.headers],
  method: (original) => original.method,
  uri: (original) => original.uri,
  ip: (original) => original.ip,
};

const ALL_CACHE_PARTS = ["headers", "method", "uri", "ip"] as const;

function cacheParts(): string {
  return ALL_CACHE_PARTS.map((one) => `"${one}"`).join(", ");
}

class ForwardAuthPolicy implements Policy {
  readonly name: string;
  readonly kind = "forward_auth";
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[];
  readonly #scope: Scope;
  readonly #url: string;
  readonly #method: string;
  readonly #requestHeaders: ReadonlySet<string>;
  readonly #responseHeaders: readonly (readonly [variable: string, header: string])[];
  readonly #timeoutMs: number;
  readonly #cacheMs: number;
  readonly #cacheBy: readonly (keyof typeof CACHE_PARTS)[];
  readonly #outside: Outside;
  readonly #slots: Slots;
  readonly #answers: BoundedCache<AuthAnswer>;
  readonly #ended = new AbortController();
  readonly #counts = { ok: 0, denied: 0, failed: 0, busy: 0, cache_hits: 0 };

  constructor(name: string, options: ForwardAuthOptions, outside: Outside) {
    this.name = name;
    this.#scope = options.scope ?? "transaction";
    this.#url = options.url;
    this.#method = options.method ?? "GET";
    this.#requestHeaders = new Set(
      (options.requestHeaders ?? ["authorization", "cookie"]).map((one) => one.toLowerCase()),
    );
    this.#responseHeaders = Object.entries(options.responseHeaders ?? {});
    this.#timeoutMs = options.timeoutMs ?? 500;
    this.#cacheMs = (options.cacheSeconds ?? 0) * 1000;
    this.#cacheBy = options.cacheBy ?? ALL_CACHE_PARTS;
    this.#outside = outside;
    this.#slots = new Slots(options.maxConcurrent ?? 256, options.maxWaiting ?? 256);
    this.#answers = new BoundedCache(this.#cacheMs === 0 ? 0 : options.cacheSize ?? 10_000);
    this.message = {
      name: options.message ?? "forward-auth",
      event: options.event ?? "on-frontend-http-request",
      args: [
        { name: "method", types: ["string"], fetch: "method" },
        { name: "path", types: ["string"], fetch: "pathq" },
        { name: "headers", types: ["binary"], fetch: "req.hdrs_bin" },
        { name: "ip", types: ["ip", "string"], fetch: "src", isOptional: true },
      ],
    };
    const variable = (name: string, type: VariableSpec["type"], description: string): VariableSpec => {
      return { scope: this.#scope, name, type, description };
    };
    this.sets = [
      variable("auth_ok", "boolean", "whether the service said yes"),
      variable("auth_status", "integer", "the HTTP status of its answer"),
      variable("auth_error", "string", "why it is no, in a word"),
      variable("auth_location", "string", "where the service redirects to"),
      ...this.#responseHeaders.map(([name, header]) => variable(name, "string", `header "${header}" of its answer`)),
    ];
  }

  decide(message: PolicyMessage, actions: PolicyActions): void | Promise<void> {
    const original = this.#originalOf(message);
    if (this.#cacheMs === 0) return this.#ask(original, undefined, actions);
    const key = hash("sha256", JSON.stringify(this.#cacheBy.map((part) => CACHE_PARTS[part](original))), "base64");
    const known = this.#answers.get(key, this.#outside.now());
    if (known === undefined) return this.#ask(original, key, actions);
    this.#counts.cache_hits++;
    this.#answer(actions, known);
  }

  defaults(actions: PolicyActions): void {
    this.#fail(actions, "unavailable");
  }

  /** Forgets the answers that were kept: there are no files to read. */
  reload(): Promise<void> {
    this.#answers.clear();
    return Promise.resolve();
  }

  stats(): Record<string, number> {
    return { ...this.#counts, in_flight: this.#slots.taken, cached: this.#answers.size };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    return Promise.resolve();
  }

  #originalOf({ args }: PolicyMessage): Original {
    const headers = headersOf(args.headers);
    return {
      method: textOf(args.method) ?? "",
      uri: textOf(args.path) ?? "",
      ip: textOf(args.ip) ?? "",
      host: headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "",
      headers: headers.filter(([name]) => this.#requestHeaders.has(name.toLowerCase())),
    };
  }

  async #ask(original: Original, key: string | undefined, actions: PolicyActions): Promise<void> {
    if (!await this.#slots.take()) {
      this.#counts.busy++;
      return this.#fail(actions, "busy");
    }
    const headers: [string, string][] = [
      ...original.headers.map(([name, value]): [string, string] => [name, value]),
      ["x-forwarded-method", original.method],
      ["x-forwarded-uri", original.uri],
      ["x-forwarded-host", original.host],
      ["x-forwarded-for", original.ip],
    ];
    let answer: AuthAnswer | "timeout" | "unreachable";
    try {
      answer = await askService(this.#url, this.#method, headers, {
        outside: this.#outside,
        timeoutMs: this.#timeoutMs,
        signal: this.#ended.signal,
        keep: this.#responseHeaders.map(([, header]) => header),
      });
    } finally {
      this.#slots.free();
    }
    if (typeof answer === "string") {
      this.#counts.failed++;
      return this.#fail(actions, answer);
    }
    // A 5xx says nothing about the request.
    if (key !== undefined && answer.status < 500 && answer.mayBeKept) {
      this.#answers.set(key, answer, this.#outside.now() + Math.min(this.#cacheMs, answer.freshMs));
    }
    this.#answer(actions, answer);
  }

  #answer(actions: PolicyActions, answer: AuthAnswer): void {
    const isOk = answer.status >= 200 && answer.status < 300;
    this.#counts[isOk ? "ok" : "denied"]++;
    actions.set(this.#scope, "auth_ok", isOk);
    actions.set(this.#scope, "auth_status", answer.status);
    setOrUnset(actions, this.#scope, "auth_error", isOk ? undefined : "denied");
    setOrUnset(actions, this.#scope, "auth_location", answer.location);
    for (const [index, [variable]] of this.#responseHeaders.entries()) {
      setOrUnset(actions, this.#scope, variable, answer.kept[index]);
    }
  }

  #fail(actions: PolicyActions, error: ForwardAuthError): void {
    actions.set(this.#scope, "auth_ok", false);
    actions.set(this.#scope, "auth_error", error);
    actions.unset(this.#scope, "auth_status");
    actions.unset(this.#scope, "auth_location");
    for (const [variable] of this.#responseHeaders) actions.unset(this.#scope, variable);
  }
}
