/**
 * Asks an HTTP service whether a request may pass, the way `forward_auth` and `auth_request` of other proxies do: 2xx is yes.
 *
 * The service gets the original request as `X-Forwarded-Method`, `-Uri`, `-Host`, `-For` and the headers that are named; what
 * it answers is handed to HAProxy: its status, chosen headers, and where it redirects to.
 */
import type { Scope } from "../codec/mod.ts";
import { BoundedCache } from "./bounded_cache.ts";
import { askService, type AuthAnswer } from "./forward_auth/ask_service.ts";
import { checkForwardAuth, type ForwardAuthOptions } from "./forward_auth/options.ts";
import { cacheKey, type CachePart, type Original, originalOf, toldHeaders } from "./forward_auth/original.ts";
import type { MessageSpec, Policy, PolicyActions, PolicyMessage, VariableSpec } from "./policy.ts";
import { setOrUnset } from "./set_or_unset.ts";
import { Slots } from "./slots.ts";
import { type Outside, REAL_OUTSIDE } from "./sources/outside.ts";

export type { ForwardAuthOptions };

/** What `auth_error` says. */
export type ForwardAuthError = "denied" | "malformed" | "busy" | "timeout" | "unreachable" | "unavailable";

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
  checkForwardAuth(name, options);
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  return Promise.resolve(new ForwardAuthPolicy(name, options, outside));
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
  readonly #cacheBy: readonly CachePart[];
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
    this.#cacheBy = options.cacheBy ?? ["headers", "method", "uri", "ip"];
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
    const original = originalOf(message, this.#requestHeaders);
    if (this.#cacheMs === 0) return this.#ask(original, undefined, actions);
    const key = cacheKey(original, this.#cacheBy);
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

  async #ask(original: Original, key: string | undefined, actions: PolicyActions): Promise<void> {
    const headers = toldHeaders(original);
    if (headers === undefined) {
      this.#counts.denied++;
      return this.#fail(actions, "malformed");
    }
    if (!await this.#slots.take()) {
      this.#counts.busy++;
      return this.#fail(actions, "busy");
    }
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
