/**
 * Signatures of requests, the way webhooks bring them: an HMAC in a header over the body, or over chosen parts of the request.
 *
 * It answers at once. Needs `option http-buffer-request` in HAProxy's frontend where the body is signed; HAProxy sends only
 * what its buffer holds (`tune.bufsize`), and a longer body is refused as `body_truncated`, one of unknown length as `no_length`.
 */
import { createHmac, hash } from "node:crypto";
import type { Scope } from "../codec/mod.ts";
import { textOf } from "./argument_values.ts";
import { BoundedCache } from "./bounded_cache.ts";
import { argumentsFor, bodyFault, isPart, PARTS, signedParts } from "./header_signature/parts.ts";
import { isSignedBy, parseSignature, SCHEMES, type SignatureScheme } from "./header_signature/scheme.ts";
import { readSecrets, type SecretsOptions } from "./header_signature/secrets.ts";
import { checkOptions, event, flag, given, integer, list, oneOf, scope, text, word } from "./option_checks.ts";
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

/** What is signed, and how. */
export interface HeaderSignatureOptions extends SecretsOptions {
  /** The policy's name, `header_signature` if not said. */
  readonly name?: string;
  /** The message's name, `verify-signature` if not said. */
  readonly message?: string;
  /** When HAProxy sends it, `on-frontend-http-request` if not said. */
  readonly event?: SpoeEvent;
  /** The scope of the variables, `transaction` if not said. */
  readonly scope?: Scope;
  /** How the header is written: `github` (`sha256=HEX`), `stripe` (`t=TIME,v1=HEX`), `hex` or `base64`. `github` if not said. */
  readonly scheme?: SignatureScheme;
  /** The header with the signature; each scheme has one of its own. */
  readonly header?: string;
  /** The header with the time of signing, for `hex` and `base64`; then `timestamp` can be among the parts. */
  readonly timestampHeader?: string;
  /** The hash of the HMAC: `sha256` if not said. */
  readonly algorithm?: "sha256" | "sha384" | "sha512";
  /** What is signed, in this order: each scheme has its own. `header:NAME` is a header's value. */
  readonly parts?: readonly string[];
  /** What stands between the parts: a dot for `stripe`, a line break otherwise. */
  readonly separator?: string;
  /** How far the time of signing may be from now: 300 seconds if not said. */
  readonly toleranceSeconds?: number;
  /** Whether a signature is good only once, within the time that it is good at all (or for `toleranceSeconds`). */
  readonly onlyOnce?: boolean;
  /** How many signatures are remembered for that: 100000 if not said. */
  readonly rememberSize?: number;
  /** Clock, files and HTTP, for tests; the real ones where not given. */
  readonly outside?: Partial<Outside>;
}

/** What `sig_error` says. */
export type SignatureError =
  | "missing"
  | "malformed"
  | "no_timestamp"
  | "too_old"
  | "in_future"
  | "body_truncated"
  | "no_length"
  | "mismatch"
  | "replayed"
  | "unavailable";

/**
 * Makes the policy.
 *
 * Message arguments: `signature`, `timestamp`, `method`, `path`, `query`, `headers` (`req.hdrs_bin`), `body`, `length` and
 * `body_size`,  * as far as the options need them. Sets `sig_valid`, and `sig_error` when it is not.
 *
 * @param options what is signed, and the secrets
 * @throws {InvalidPolicy} when the options do not fit
 * @throws {UnusableSecrets} when the file of secrets cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createHmac } from "node:crypto";
 * import { createHeaderSignature } from "./header_signature.ts";
 * await using policy = await createHeaderSignature({ secrets: ["It's a Secret to Everybody"] });
 * const signature = "sha256=" + createHmac("sha256", "It's a Secret to Everybody").update("Hello, World!").digest("hex");
 * const variables = new Map<string, unknown>();
 * await policy.decide({ name: "verify-signature", args: { signature, body: "Hello, World!", length: "13" } }, {
 *   set: (_scope, name, value) => void variables.set(name, value),
 *   unset: () => {},
 * });
 * assert.equal(variables.get("sig_valid"), true);
 * ```
 */
export async function createHeaderSignature(options: HeaderSignatureOptions): Promise<Policy> {
  const { name = "header_signature", scheme = "github" } = options;
  checkOptions(name, options, {
    name: word,
    outside: given,
    message: word,
    event,
    scope,
    scheme: oneOf(Object.keys(SCHEMES)),
    header: word,
    timestampHeader: word,
    algorithm: oneOf(["sha256", "sha384", "sha512"]),
    parts: list,
    separator: (value) => typeof value === "string" && value.length <= 16 ? undefined : "a text of up to 16 characters",
    secrets: list,
    secretsFile: text(),
    toleranceSeconds: integer(1, 86_400),
    onlyOnce: flag,
    rememberSize: integer(1, 1_000_000),
  });
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  const parts = options.parts ?? SCHEMES[scheme].parts;
  const wrong = parts.find((part) => !isPart(part));
  if (wrong !== undefined || parts.length === 0) {
    throw new InvalidPolicy(name, `"${wrong ?? ""}" in option "parts" is none of ${PARTS}`);
  }
  if (parts.includes("timestamp") && scheme !== "stripe" && options.timestampHeader === undefined) {
    throw new InvalidPolicy(name, 'option "parts" has "timestamp" and option "timestampHeader" is missing');
  }
  // A time that is not signed can be changed by anybody.
  if (options.timestampHeader !== undefined && !parts.includes("timestamp")) {
    throw new InvalidPolicy(name, 'option "timestampHeader" is given and option "parts" has no "timestamp"');
  }
  if ((options.secrets === undefined) === (options.secretsFile === undefined)) {
    throw new InvalidPolicy(name, 'give one of "secrets" and "secretsFile"');
  }
  return new HeaderSignaturePolicy(name, scheme, parts, options, await readSecrets(name, options, outside), outside);
}

class HeaderSignaturePolicy implements Policy {
  readonly name: string;
  readonly kind = "header_signature";
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[];
  readonly #options: HeaderSignatureOptions;
  readonly #scheme: SignatureScheme;
  readonly #scope: Scope;
  readonly #parts: readonly string[];
  readonly #separator: string;
  readonly #algorithm: string;
  readonly #toleranceMs: number;
  readonly #outside: Outside;
  readonly #seen: BoundedCache<true> | undefined;
  readonly #counts = { valid: 0, invalid: 0 };
  #secrets: readonly string[];

  constructor(
    name: string,
    scheme: SignatureScheme,
    parts: readonly string[],
    options: HeaderSignatureOptions,
    secrets: readonly string[],
    outside: Outside,
  ) {
    this.name = name;
    this.#options = options;
    this.#scheme = scheme;
    this.#parts = parts;
    this.#secrets = secrets;
    this.#scope = options.scope ?? "transaction";
    this.#separator = options.separator ?? SCHEMES[scheme].separator;
    this.#algorithm = options.algorithm ?? "sha256";
    this.#toleranceMs = (options.toleranceSeconds ?? 300) * 1000;
    this.#outside = outside;
    this.#seen = options.onlyOnce === true ? new BoundedCache(options.rememberSize ?? 100_000) : undefined;
    this.message = {
      name: options.message ?? "verify-signature",
      event: options.event ?? "on-frontend-http-request",
      args: argumentsFor(options.header ?? SCHEMES[scheme].header, options.timestampHeader, parts),
    };
    this.sets = [
      { scope: this.#scope, name: "sig_valid", type: "boolean", description: "whether the signature is good" },
      { scope: this.#scope, name: "sig_error", type: "string", description: "why it is not, in a word" },
    ];
  }

  decide(message: PolicyMessage, actions: PolicyActions): void {
    const error = this.#faultOf(message);
    this.#counts[error === undefined ? "valid" : "invalid"]++;
    actions.set(this.#scope, "sig_valid", error === undefined);
    setOrUnset(actions, this.#scope, "sig_error", error);
  }

  defaults(actions: PolicyActions): void {
    actions.set(this.#scope, "sig_valid", false);
    actions.set(this.#scope, "sig_error", "unavailable");
  }

  async reload(): Promise<void> {
    this.#secrets = await readSecrets(this.name, this.#options, this.#outside);
  }

  stats(): Record<string, number> {
    return { ...this.#counts, secrets: this.#secrets.length, remembered: this.#seen?.size ?? 0 };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #faultOf({ args }: PolicyMessage): SignatureError | undefined {
    const header = textOf(args.signature);
    if (header === undefined || header === "") return "missing";
    const found = parseSignature(this.#scheme, header, this.#algorithm);
    if (found === undefined) return "malformed";
    const timestamp = found.timestamp ?? textOf(args.timestamp);
    const now = this.#outside.now();
    if (this.#parts.includes("timestamp")) {
      if (timestamp === undefined || !/^\d{1,13}$/.test(timestamp)) return "no_timestamp";
      // Milliseconds where it is too long for seconds.
      const signedAt = timestamp.length > 10 ? Number(timestamp) : Number(timestamp) * 1000;
      if (now - signedAt > this.#toleranceMs) return "too_old";
      if (signedAt - now > this.#toleranceMs) return "in_future";
    }
    const fault = this.#parts.includes("body") ? bodyFault(args) : undefined;
    if (fault !== undefined) return fault;
    const signed = signedParts(this.#parts, this.#separator, args, timestamp ?? "");
    const digest = (secret: string) => {
      const hmac = createHmac(this.#algorithm, secret);
      for (const part of signed) hmac.update(part);
      return hmac.digest();
    };
    if (!this.#secrets.some((secret) => isSignedBy(found.signatures, digest(secret)))) return "mismatch";
    return this.#isReplay(signed, now) ? "replayed" : undefined;
  }

  /** What was signed is remembered, not how: a signature can be written in several ways. */
  #isReplay(signed: readonly Uint8Array[], now: number): boolean {
    if (this.#seen === undefined) return false;
    const key = signed.map((part) => hash("sha256", part, "base64")).join(" ");
    if (this.#seen.get(key, now) === true) return true;
    // A time of signing may lie ahead by the tolerance too.
    this.#seen.set(key, true, now + 2 * this.#toleranceMs);
    return false;
  }
}
