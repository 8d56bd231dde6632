/**
 * JSON Web Tokens: verifies the one that a request brings and hands its claims to HAProxy (RFC 7519, RFC 8725).
 *
 * A token that was good is remembered, by its SHA-256 and until it ends, and is then answered at once; only a new one costs
 * a verification. A JWKS is asked in the background; a key that is not known yet is looked for once in `unknownKeySeconds`.
 */
import { hash } from "node:crypto";
import type { Scope, Value } from "../codec/mod.ts";
import { isSeveral, textOf } from "./argument_values.ts";
import { BoundedCache } from "./bounded_cache.ts";
import { type ClaimFault, claimFault, claimValue, endOf, type ExpectedClaims } from "./jwt/claims.ts";
import { openKeys } from "./jwt/key_options.ts";
import { candidates, type KeySource } from "./jwt/key_source.ts";
import { checkJwt, type JwtOptions } from "./jwt/options.ts";
import { parseToken, type Token } from "./jwt/token.ts";
import type { MessageSpec, Policy, PolicyActions, PolicyMessage, VariableSpec } from "./policy.ts";
import { setOrUnset } from "./set_or_unset.ts";
import { type Outside, REAL_OUTSIDE } from "./sources/outside.ts";

export type { JwtOptions };

/** What `jwt_error` says. */
export type JwtError =
  | ClaimFault
  | "missing"
  | "ambiguous"
  | "too_large"
  | "critical"
  | "algorithm"
  | "no_keys"
  | "unknown_key"
  | "signature"
  | "unavailable";

/**
 * Makes the policy.
 *
 * Message arguments: `authorization` (`Bearer …`, from `req.fhdr(authorization)`) or `token` (the bare token, for example
 * from `req.cook(session)`); where both are there, the first counts. `authorizations` and `tokens` say how many of them
 * the request has: of several a server may take another than the one that is verified, so they are refused. Sets `jwt_valid`, `jwt_error` when it is not, and the claims' variables when it is; what it
 * does not set it unsets, so that nothing of an earlier request stays.
 *
 * @param options where the keys come from, what a token must be like
 * @throws {InvalidPolicy} when the options do not fit
 * @throws {UnusableKeys} when there are no keys to begin with
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createJwt } from "./jwt.ts";
 * await using policy = await createJwt({ secret: "0123456789abcdef0123456789abcdef", audiences: ["shop"] });
 * const variables = new Map<string, unknown>();
 * await policy.decide({ name: "verify-jwt", args: { authorization: "Bearer e30.e30.e30" } }, {
 *   set: (_scope, name, value) => void variables.set(name, value),
 *   unset: () => {},
 * });
 * assert.equal(variables.get("jwt_valid"), false);
 * assert.equal(variables.get("jwt_error"), "malformed");
 * ```
 */
export async function createJwt(options: JwtOptions): Promise<Policy> {
  const { name = "jwt" } = options;
  checkJwt(name, options);
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  const keys = openKeys(name, options, outside);
  try {
    await keys.reload();
  } catch (thrown) {
    keys.close();
    throw thrown;
  }
  return new JwtPolicy(name, options, keys, outside);
}

const DEFAULT_CLAIMS: Readonly<Record<string, string>> = { jwt_sub: "sub" };
const BEARER = /^Bearer +([^ ]+) *$/i;

/** A verified token: its variables, in the order of `#claims`. */
type Verified = readonly (Value | undefined)[];

class JwtPolicy implements Policy {
  readonly name: string;
  readonly kind = "jwt";
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[];
  readonly #scope: Scope;
  readonly #algorithms: ReadonlySet<string> | undefined;
  readonly #expected: ExpectedClaims;
  readonly #maxTokenBytes: number;
  readonly #claims: readonly (readonly [variable: string, claim: string])[];
  readonly #keys: KeySource;
  readonly #outside: Outside;
  readonly #verified: BoundedCache<Verified>;
  #generation: number;
  readonly #counts = { valid: 0, invalid: 0, cache_hits: 0 };

  constructor(name: string, options: JwtOptions, keys: KeySource, outside: Outside) {
    this.name = name;
    this.#scope = options.scope ?? "transaction";
    this.#algorithms = options.algorithms === undefined ? undefined : new Set(options.algorithms);
    this.#expected = {
      issuers: options.issuers ?? [],
      audiences: options.audiences ?? [],
      leewaySeconds: options.leewaySeconds ?? 30,
      requireExp: options.requireExp ?? true,
      maxAgeSeconds: options.maxAgeSeconds,
    };
    this.#maxTokenBytes = options.maxTokenBytes ?? 8192;
    this.#claims = Object.entries(options.claims ?? DEFAULT_CLAIMS);
    this.#keys = keys;
    this.#generation = keys.generation;
    this.#outside = outside;
    this.#verified = new BoundedCache(options.cacheSize ?? 10_000);
    this.message = {
      name: options.message ?? "verify-jwt",
      event: options.event ?? "on-frontend-http-request",
      args: [
        { name: "authorization", types: ["string"], fetch: "req.fhdr(authorization)" },
        { name: "authorizations", types: ["integer"], fetch: "req.fhdr_cnt(authorization)", isOptional: true },
        { name: "token", types: ["string"], fetch: "req.cook(token)", isOptional: true },
        { name: "tokens", types: ["integer"], fetch: "req.cook_cnt(token)", isOptional: true },
      ],
    };
    this.sets = [
      { scope: this.#scope, name: "jwt_valid", type: "boolean", description: "whether the token is good" },
      { scope: this.#scope, name: "jwt_error", type: "string", description: "why it is not, in a word" },
      ...this.#claims.map(([variable, claim]) => ({
        scope: this.#scope,
        name: variable,
        type: "string" as const,
        description: `claim "${claim}" of a good token`,
      })),
    ];
  }

  decide(message: PolicyMessage, actions: PolicyActions): void | Promise<void> {
    const { authorizations, tokens } = message.args;
    if (isSeveral(authorizations) || isSeveral(tokens)) return this.#refuse(actions, "ambiguous");
    const text = tokenOf(message);
    if (text === undefined) return this.#refuse(actions, "missing");
    if (text.length > this.#maxTokenBytes) return this.#refuse(actions, "too_large");
    const now = this.#outside.now();
    this.#keys.touch(now);
    this.#forgetIfKeysChanged();
    const digest = hash("sha256", text, "base64");
    const known = this.#verified.get(digest, now);
    if (known !== undefined) {
      this.#counts.cache_hits++;
      return this.#accept(actions, known);
    }
    const token = parseToken(text);
    if (token === undefined) return this.#refuse(actions, "malformed");
    if (token.isCritical) return this.#refuse(actions, "critical");
    if (this.#algorithms?.has(token.algorithm) === false) return this.#refuse(actions, "algorithm");
    return this.#verify(token, digest, actions);
  }

  defaults(actions: PolicyActions): void {
    this.#answer(actions, "unavailable", undefined);
  }

  async reload(signal?: AbortSignal): Promise<void> {
    await this.#keys.reload(signal);
    this.#forgetIfKeysChanged();
  }

  stats(): Record<string, number> {
    return { ...this.#counts, cached: this.#verified.size, ...this.#keys.stats() };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#keys.close();
    return Promise.resolve();
  }

  async #verify(token: Token, digest: string, actions: PolicyActions): Promise<void> {
    const { generation } = this.#keys;
    const fault = await this.#signatureFault(token) ??
      claimFault(token.payload, this.#expected, Math.floor(this.#outside.now() / 1000));
    if (fault !== undefined) return this.#refuse(actions, fault);
    const values = this.#claims.map(([, claim]) => claimValue(token.payload, claim));
    // Keys that changed meanwhile may not know this token any more: it is good this once.
    const isCurrent = generation === this.#keys.generation && generation === this.#generation;
    if (isCurrent) this.#verified.set(digest, values, endOf(token.payload, this.#expected) * 1000);
    this.#accept(actions, values);
  }

  async #signatureFault(token: Token): Promise<JwtError | undefined> {
    const { algorithm, kid, signature, signed } = token;
    let tried = candidates(this.#keys.keys, kid, algorithm);
    if (tried.length === 0 && await this.#keys.lookAgain(this.#outside.now())) {
      this.#forgetIfKeysChanged();
      tried = candidates(this.#keys.keys, kid, algorithm);
    }
    if (tried.length === 0) return this.#whyNoKey(kid);
    for (const key of tried) if (await key.verify(algorithm, signature, signed)) return undefined;
    return "signature";
  }

  /** No key fits: there are none at all, none of that name, or it is not for that algorithm. */
  #whyNoKey(kid: string | undefined): JwtError {
    const { keys } = this.#keys;
    if (keys.length === 0) return "no_keys";
    return keys.some((key) => kid === undefined || key.kid === undefined || key.kid === kid)
      ? "algorithm"
      : "unknown_key";
  }

  #forgetIfKeysChanged(): void {
    if (this.#generation === this.#keys.generation) return;
    this.#generation = this.#keys.generation;
    this.#verified.clear();
  }

  #accept(actions: PolicyActions, values: Verified): void {
    this.#counts.valid++;
    this.#answer(actions, undefined, values);
  }

  #refuse(actions: PolicyActions, error: JwtError): void {
    this.#counts.invalid++;
    this.#answer(actions, error, undefined);
  }

  #answer(actions: PolicyActions, error: JwtError | undefined, values: Verified | undefined): void {
    actions.set(this.#scope, "jwt_valid", error === undefined);
    setOrUnset(actions, this.#scope, "jwt_error", error);
    for (let index = 0; index < this.#claims.length; index++) {
      setOrUnset(actions, this.#scope, this.#claims[index]?.[0] ?? "", values?.[index]);
    }
  }
}

/** The token that a message brings. */
function tokenOf(message: PolicyMessage): string | undefined {
  const header = textOf(message.args.authorization);
  const bearer = header === undefined ? undefined : BEARER.exec(header)?.[1];
  return bearer ?? (textOf(message.args.token) || undefined);
}
