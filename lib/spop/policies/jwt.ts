/**
 * JSON Web Tokens: verifies the one that a request brings and hands its claims to HAProxy (RFC 7519, RFC 8725).
 *
 * A token that was good is remembered, by its SHA-256 and until it ends, and is then answered at once; only a new one costs
 * a verification. A JWKS is asked in the background; a key that is not known yet is looked for once in `unknownKeySeconds`.
 */
import { hash } from "node:crypto";
import type { Scope, Value } from "../codec/mod.ts";
import { textOf } from "./argument_values.ts";
import { BoundedCache } from "./bounded_cache.ts";
import { ALGORITHMS } from "./jwt/algorithms.ts";
import { type ClaimFault, claimFault, claimValue, endOf, type ExpectedClaims } from "./jwt/claims.ts";
import { JWT_KEY_OPTION_CHECKS, type JwtKeyOptions, openKeys } from "./jwt/key_options.ts";
import { candidates, type KeySource } from "./jwt/key_source.ts";
import { parseToken, type Token } from "./jwt/token.ts";
import { checkOptions, event, flag, given, integer, type OptionCheck, scope, table, word } from "./option_checks.ts";
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
import { type Outside, REAL_OUTSIDE } from "./sources/outside.ts";

/** What tokens must be like, and what becomes of their claims. */
export interface JwtOptions extends JwtKeyOptions {
  /** The policy's name, `jwt` if not said. */
  readonly name?: string;
  /** The message's name, `verify-jwt` if not said. */
  readonly message?: string;
  /** When HAProxy sends it, `on-frontend-http-request` if not said. */
  readonly event?: SpoeEvent;
  /** The scope of the variables, `transaction` if not said. */
  readonly scope?: Scope;
  /** Only these algorithms, of those that the keys allow. */
  readonly algorithms?: readonly string[];
  /** Who may have issued the token: one of these is `iss`. */
  readonly issuers?: readonly string[];
  /** Whom the token may be for: one of these is in `aud`. */
  readonly audiences?: readonly string[];
  /** How far clocks may differ: 30 seconds if not said. */
  readonly leewaySeconds?: number;
  /** Whether a token without `exp` is refused: yes if not said. */
  readonly requireExp?: boolean;
  /** The oldest that a token may be by `iat`, which it must have then. */
  readonly maxAgeSeconds?: number;
  /** The longest token that is looked at: 8192 bytes if not said. */
  readonly maxTokenBytes?: number;
  /** Variable to claim, `{ jwt_sub: "sub" }` if not said; `realm_access.roles` reaches into an object. */
  readonly claims?: Readonly<Record<string, string>>;
  /** How many verified tokens are remembered: 10000 if not said. */
  readonly cacheSize?: number;
  /** Clock, files and HTTP, for tests; the real ones where not given. */
  readonly outside?: Partial<Outside>;
}

/** What `jwt_error` says. */
export type JwtError =
  | ClaimFault
  | "missing"
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
 * Message arguments: `authorization` (`Bearer …`, from `req.hdr(authorization)`) or `token` (the bare token, for example
 * from `req.cook(session)`). Sets `jwt_valid`, `jwt_error` when it is not, and the claims' variables when it is; what it
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
  checkOptions(name, options, {
    ...JWT_KEY_OPTION_CHECKS,
    name: word,
    outside: given,
    message: word,
    event,
    scope,
    algorithms: words([...ALGORITHMS.keys()]),
    issuers: words(),
    audiences: words(),
    leewaySeconds: integer(0, 3600),
    requireExp: flag,
    maxAgeSeconds: integer(1, 31_536_000),
    maxTokenBytes: integer(64, 65_536),
    claims: table,
    cacheSize: integer(0, 1_000_000),
  });
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  for (const [variable, claim] of Object.entries(options.claims ?? {})) {
    if (!/^[A-Za-z0-9_]{1,63}$/.test(variable) || VERDICT_VARIABLES.includes(variable)) {
      throw new InvalidPolicy(name, `"${variable}" in option "claims" cannot be the name of a variable`);
    }
    if (typeof claim !== "string" || claim === "") {
      throw new InvalidPolicy(name, `claim "${String(claim)}" of variable "${variable}" must be a text`);
    }
  }
  const keys = openKeys(name, options, outside);
  try {
    await keys.reload();
  } catch (thrown) {
    keys.close();
    throw thrown;
  }
  return new JwtPolicy(name, options, keys, outside);
}

/** A list of texts that is not empty: any, or only of those that are known. */
function words(known?: readonly string[]): OptionCheck {
  const wanted = known === undefined ? "a list of texts" : `a list of some of ${known.join(", ")}`;
  return (value) =>
    Array.isArray(value) && value.length > 0 &&
      value.every((one) => typeof one === "string" && one !== "" && (known?.includes(one) ?? true))
      ? undefined
      : wanted;
}

/** A claim, which the sender of a token chooses, must not become the verdict. */
const VERDICT_VARIABLES = ["jwt_valid", "jwt_error"];
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
        { name: "authorization", types: ["string"], fetch: "req.hdr(authorization)" },
        { name: "token", types: ["string"], fetch: "req.cook(token)", isOptional: true },
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
