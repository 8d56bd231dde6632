/**
 * The policy `ab`: puts each key into one of several variants, by weight, and always into the same one.
 *
 * The variant is `MurmurHash3_x86_32(salt + ":" + key, seed 0)` on the UTF-8 bytes, as a share of 2^32, of the sum of the
 * weights, counted from the first variant on. So it is the same after a restart, on every host, and can be computed by
 * others. Another salt deals anew.
 */
import { Ip, type Scope, type Value } from "../codec/mod.ts";
import { murmur3 } from "./murmur3.ts";
import { checkOptions, event, type OptionChecks, scope, table, text, word } from "./option_checks.ts";
import { InvalidPolicy, type Policy, type PolicyActions, type PolicyMessage, type SpoeEvent } from "./policy.ts";

/** The options of the policy. */
export interface AbOptions {
  /** The variants' names and weights, in order: `{ old: 90, new: 10 }`. A weight is a number from 0 on. */
  readonly variants: Readonly<Record<string, number>>;
  /** Tells this experiment from others. */
  readonly salt: string;
  /** The variant of messages without a key, and the verdict when there is none in time; the first if not given. */
  readonly fallback?: string;
  /** The policy's name; `ab` if not given. */
  readonly name?: string;
  /** The message; `choose-variant` if not given. */
  readonly message?: string;
  /** The argument with the key; `key` if not given. */
  readonly argument?: string;
  /** When HAProxy asks; `on-frontend-http-request` if not given. */
  readonly event?: SpoeEvent;
  /** The variable; `ab_variant` if not given. */
  readonly variable?: string;
  /** The variable's scope; `transaction` if not given. */
  readonly scope?: Scope;
}

const CHECKS: OptionChecks<AbOptions> = {
  variants: table,
  salt: text(256),
  fallback: text(256),
  name: word,
  message: word,
  argument: word,
  event,
  variable: word,
  scope,
};

/**
 * Makes the policy.
 *
 * @param options see {@linkcode AbOptions}
 * @throws {InvalidPolicy} when an option is wrong
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createAb } from "./ab.ts";
 * await using policy = await createAb({ salt: "checkout", variants: { old: 50, new: 50 } });
 * const chosen: unknown[] = [];
 * const actions = { set: (_scope: string, _name: string, value: unknown) => chosen.push(value), unset: () => {} };
 * for (const key of ["alice", "heidi", "alice"]) await policy.decide({ name: "choose-variant", args: { key } }, actions);
 * assert.deepEqual(chosen, ["new", "old", "new"]);
 * ```
 */
export function createAb(options: AbOptions): Promise<Policy> {
  const { name = "ab", message = "choose-variant", argument = "key", variable = "ab_variant" } = options;
  const { event = "on-frontend-http-request", scope = "transaction", salt } = options;
  checkOptions(name, options, CHECKS);
  if (salt === undefined) throw new InvalidPolicy(name, 'option "salt" is missing');
  const variants = dealing(name, options.variants);
  const fallback = options.fallback ?? variants.names[0] ?? "";
  if (!variants.names.includes(fallback)) throw new InvalidPolicy(name, `there is no variant "${fallback}"`);
  const counts: Record<string, number> = Object.fromEntries(variants.names.map((one) => [`variant.${one}`, 0]));
  const hash = new SaltedHash(salt);
  return Promise.resolve({
    name,
    kind: "ab",
    message: {
      name: message,
      args: [{ name: argument, types: ["ip", "string", "binary", "integer", "boolean"], fetch: "src" }],
      event,
    },
    sets: [{ scope, name: variable, type: "string", description: "the variant that the key is in" }],
    decide({ args }: PolicyMessage, actions: PolicyActions) {
      const share = hash.shareOf(args[argument]);
      const variant = share === undefined ? fallback : variants.at(share);
      counts[`variant.${variant}`] = (counts[`variant.${variant}`] ?? 0) + 1;
      actions.set(scope, variable, variant);
    },
    defaults: (actions) => actions.set(scope, variable, fallback),
    stats: () => ({ ...counts }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

/** Checks the weights, and adds them up. */
function dealing(policy: string, variants: AbOptions["variants"] | undefined) {
  const entries = Object.entries(variants ?? {});
  for (const [name, weight] of entries) {
    if (typeof weight !== "number" || !(weight >= 0 && weight <= 1e9)) {
      throw new InvalidPolicy(
        policy,
        `the weight of variant "${name}" is "${weight}" and must be a number from 0 to 1e9`,
      );
    }
  }
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  if (sum === 0) throw new InvalidPolicy(policy, "no variant has a weight above 0");
  let before = 0;
  const ends = entries.map(([, weight]) => before += weight);
  const names = entries.map(([name]) => name);
  const last = names.findLast((_, index) => (entries[index]?.[1] ?? 0) > 0) ?? "";
  const at = (share: number) => names[ends.findIndex((end) => share * sum < end)] ?? last;
  return { names, at };
}

/** Hashes keys behind a salt. */
class SaltedHash {
  #scratch: Uint8Array<ArrayBuffer>;
  readonly #saltLength: number;

  constructor(salt: string) {
    const bytes = ENCODER.encode(`${salt}:`);
    this.#saltLength = bytes.length;
    this.#scratch = new Uint8Array(bytes.length + 256);
    this.#scratch.set(bytes);
  }

  /** From 0 to below 1; `undefined` when there is no key. Addresses and numbers are hashed as people write them. */
  shareOf(key: Value | undefined): number | undefined {
    if (key === null || key === undefined || key === "") return undefined;
    const end = this.#saltLength + (key instanceof Uint8Array ? this.#writeBytes(key) : this.#writeText(textOf(key)));
    return murmur3(this.#scratch, 0, end) / 2 ** 32;
  }

  #writeBytes(key: Uint8Array): number {
    this.#reserve(key.length).set(key, this.#saltLength);
    return key.length;
  }

  #writeText(key: string): number {
    return ENCODER.encodeInto(key, this.#reserve(key.length * 3).subarray(this.#saltLength)).written;
  }

  #reserve(length: number): Uint8Array<ArrayBuffer> {
    if (this.#scratch.length < this.#saltLength + length) {
      const larger = new Uint8Array((this.#saltLength + length) * 2);
      larger.set(this.#scratch.subarray(0, this.#saltLength));
      this.#scratch = larger;
    }
    return this.#scratch;
  }
}

const ENCODER = new TextEncoder();

function textOf(key: Exclude<Value, null | Uint8Array>): string {
  if (typeof key === "string") return key;
  return key instanceof Ip ? key.unmapped().toString() : String(key);
}
