/**
 * The policy `rate`: a token bucket for each key, an address, a path, an API key or whatever HAProxy sends.
 *
 * A key's bucket holds `burst` tokens and gains `rate` of them a second; a message takes `cost`. Each worker has its own
 * buckets.
 */
import { checkOptions, event, given, integer, number, type OptionChecks, scope, word } from "./option_checks.ts";
import { KeyedHash } from "./keyed_hash.ts";
import { InvalidPolicy, type Policy, type PolicyActions, type PolicyMessage, type SpoeEvent } from "./policy.ts";
import { TokenBuckets } from "./token_buckets.ts";
import type { Scope, Value } from "../codec/mod.ts";

/** The options of the policy. */
export interface RateOptions {
  /** Tokens that a key gains in a second. */
  readonly rate: number;
  /** Tokens that a key can save up; the rate, and 1 at least, if not given. */
  readonly burst?: number;
  /** Tokens that a message takes when it has no `cost` argument; 1 if not given. */
  readonly cost?: number;
  /** How many keys are remembered, at 16 bytes each; 65,536 if not given. */
  readonly buckets?: number;
  /** The policy's name; `rate` if not given. */
  readonly name?: string;
  /** The message; `check-rate` if not given. */
  readonly message?: string;
  /** The argument with the key; `key` if not given. What has none is allowed. */
  readonly argument?: string;
  /** The argument with the cost, an integer, which may be missing; `cost` if not given. */
  readonly costArgument?: string;
  /** When HAProxy asks; `on-frontend-http-request` if not given. */
  readonly event?: SpoeEvent;
  /** What the variables' names begin with; `rate` if not given. */
  readonly prefix?: string;
  /** The variables' scope; `transaction` if not given. */
  readonly scope?: Scope;
  /** A clock that never goes back, in milliseconds. */
  readonly clock?: () => number;
}

const CHECKS: OptionChecks<RateOptions> = {
  rate: number(1e-6, 1e9),
  burst: number(1, 1e9),
  cost: number(0, 1e9),
  buckets: integer(1, 2 ** 26),
  name: word,
  message: word,
  argument: word,
  costArgument: word,
  event,
  prefix: word,
  scope,
  clock: given,
};

/**
 * Makes the policy. It sets `rate_allowed`, `rate_remaining` (whole tokens) and `rate_retry_ms` (0 when allowed, -1 when
 * the cost is more than a bucket holds).
 *
 * @param options see {@linkcode RateOptions}
 * @throws {InvalidPolicy} when an option is wrong
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRate } from "./rate.ts";
 * await using policy = await createRate({ rate: 1, burst: 2, clock: () => 0 });
 * const set: Record<string, unknown> = {};
 * const actions = { set: (_scope: string, name: string, value: unknown) => { set[name] = value; }, unset: () => {} };
 * for (let time = 0; time < 3; time++) await policy.decide({ name: "check-rate", args: { key: "a" } }, actions);
 * assert.deepEqual(set, { rate_allowed: false, rate_remaining: 0, rate_retry_ms: 1000 });
 * ```
 */
export function createRate(options: RateOptions): Promise<Policy> {
  const { name = "rate" } = options;
  checkOptions(name, options, CHECKS);
  if (options.rate === undefined) throw new InvalidPolicy(name, 'option "rate" is missing');
  return Promise.resolve(new Rate(name, options));
}

class Rate implements Policy {
  readonly kind = "rate";
  readonly name: string;
  readonly message: Policy["message"];
  readonly sets: Policy["sets"];
  readonly #buckets: TokenBuckets;
  readonly #hash = new KeyedHash();
  readonly #clock: () => number;
  readonly #scope: Scope;
  readonly #names: { readonly allowed: string; readonly remaining: string; readonly retryMs: string };
  readonly #burst: number;
  readonly #cost: number;
  readonly #counts = { decisions: 0, denied: 0, no_key: 0 };

  constructor(name: string, options: RateOptions) {
    const { message = "check-rate", argument = "key", costArgument = "cost", prefix = "rate" } = options;
    const { event = "on-frontend-http-request", scope = "transaction", buckets = 65_536 } = options;
    this.name = name;
    this.message = {
      name: message,
      event,
      args: [
        { name: argument, types: ["ip", "string", "binary", "integer", "boolean"], fetch: "src" },
        { name: costArgument, types: ["integer"], fetch: "int(1)", isOptional: true },
      ],
    };
    this.#names = { allowed: `${prefix}_allowed`, remaining: `${prefix}_remaining`, retryMs: `${prefix}_retry_ms` };
    this.sets = [
      { scope, name: this.#names.allowed, type: "boolean", description: "whether the key had enough tokens" },
      { scope, name: this.#names.remaining, type: "integer", description: "whole tokens that the key has left" },
      { scope, name: this.#names.retryMs, type: "integer", description: "milliseconds until it would be allowed" },
    ];
    this.#scope = scope;
    this.#burst = options.burst ?? Math.max(1, options.rate);
    this.#cost = options.cost ?? 1;
    this.#clock = options.clock ?? (() => performance.now());
    this.#buckets = new TokenBuckets({ rate: options.rate, burst: this.#burst, buckets });
  }

  decide({ args }: PolicyMessage, actions: PolicyActions): void {
    const [key, cost] = this.message.args;
    this.#counts.decisions++;
    if (key === undefined || !this.#hash.value(args[key.name])) {
      this.#counts.no_key++;
      return this.defaults(actions);
    }
    const buckets = this.#buckets;
    buckets.take(this.#hash.low, this.#hash.high, this.#costOf(args[cost?.name ?? ""]), this.#clock());
    if (!buckets.isAllowed) this.#counts.denied++;
    this.#answer(actions, buckets.isAllowed, buckets.remaining, buckets.retryMs);
  }

  /** What cannot be decided is allowed. */
  defaults(actions: PolicyActions): void {
    this.#answer(actions, true, Math.floor(this.#burst), 0);
  }

  stats(): Record<string, number> {
    const { bytes, evictions } = this.#buckets;
    return { ...this.#counts, bytes, evictions, buckets_in_use: this.#buckets.inUse(this.#clock()) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #answer(actions: PolicyActions, isAllowed: boolean, remaining: number, retryMs: number): void {
    actions.set(this.#scope, this.#names.allowed, isAllowed);
    actions.set(this.#scope, this.#names.remaining, remaining);
    actions.set(this.#scope, this.#names.retryMs, retryMs);
  }

  /** The message's own cost, when it is a number that makes sense. */
  #costOf(value: Value | undefined): number {
    if (typeof value !== "number" && typeof value !== "bigint") return this.#cost;
    return value >= 0 ? Number(value) : this.#cost;
  }
}
