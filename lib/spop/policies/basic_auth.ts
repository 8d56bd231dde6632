/**
 * HTTP Basic authentication (RFC 7617) against a file of users.
 *
 * Stored passwords are slow on purpose, so credentials that were good are remembered for a while (as a keyed hash, in a
 * bounded cache) and answered at once; the slow way is taken by a few at a time. An unknown user takes as long as a known one.
 */
import { hash, randomBytes } from "node:crypto";
import { reason } from "../../errors.ts";
import type { Scope } from "../codec/mod.ts";
import { isSeveral, textOf } from "./argument_values.ts";
import { parseUsers, UnusableUsers, type Users } from "./basic_auth/users_file.ts";
import { BoundedCache } from "./bounded_cache.ts";
import { checkOptions, event, given, integer, scope, text, word } from "./option_checks.ts";
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
import { readTextFile } from "./text_file.ts";

/** Who may come in. */
export interface BasicAuthOptions {
  /** The policy's name, `basic_auth` if not said. */
  readonly name?: string;
  /** The message's name, `check-basic-auth` if not said. */
  readonly message?: string;
  /** When HAProxy sends it, `on-frontend-http-request` if not said. */
  readonly event?: SpoeEvent;
  /** The scope of the variables, `transaction` if not said. */
  readonly scope?: Scope;
  /** The file of users: `user:stored password` a line, made with `openssl passwd -6`. */
  readonly usersFile: string;
  /** How long good credentials are remembered: 300 seconds if not said, 0 for not at all. */
  readonly cacheSeconds?: number;
  /** How many good credentials are remembered: 10000 if not said. */
  readonly cacheSize?: number;
  /** How many passwords are compared at a time: 4 if not said. */
  readonly maxConcurrent?: number;
  /** How many more may wait for that: 64 if not said. Others are refused with `busy`. */
  readonly maxWaiting?: number;
  /** Clock, files and HTTP, for tests; the real ones where not given. */
  readonly outside?: Partial<Outside>;
}

/** What `auth_error` says. */
export type BasicAuthError = "missing" | "ambiguous" | "malformed" | "credentials" | "busy" | "unavailable";

/**
 * Makes the policy.
 *
 * Message arguments: `authorization`, from `req.fhdr(authorization)`, and `authorizations`, how many of them the request has:
 * several are refused. Sets `auth_ok`, `auth_user` when it is and
 * `auth_error` when it is not.
 *
 * @param options the users
 * @throws {InvalidPolicy} when the options do not fit
 * @throws {UnusableUsers} when the file cannot be read or used
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createBasicAuth } from "./basic_auth.ts";
 * import { hashPassword } from "./basic_auth/password_hash.ts";
 * const users = `ann:${await hashPassword("s3cret")}\n`;
 * await using policy = await createBasicAuth({
 *   usersFile: "users",
 *   outside: {
 *     async *read() {
 *       yield new TextEncoder().encode(users);
 *     },
 *   },
 * });
 * const variables = new Map<string, unknown>();
 * const authorization = `Basic ${btoa("ann:s3cret")}`;
 * await policy.decide({ name: "check-basic-auth", args: { authorization } }, {
 *   set: (_scope, name, value) => void variables.set(name, value),
 *   unset: () => {},
 * });
 * assert.equal(variables.get("auth_user"), "ann");
 * ```
 */
export async function createBasicAuth(options: BasicAuthOptions): Promise<Policy> {
  const { name = "basic_auth" } = options;
  checkOptions(name, options, {
    name: word,
    outside: given,
    message: word,
    event,
    scope,
    usersFile: text(),
    cacheSeconds: integer(0, 86_400),
    cacheSize: integer(0, 1_000_000),
    maxConcurrent: integer(1, 256),
    maxWaiting: integer(0, 10_000),
  });
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  if (options.usersFile === undefined) throw new InvalidPolicy(name, 'option "usersFile" is missing');
  return new BasicAuthPolicy(name, options, await readUsers(options.usersFile, outside), outside);
}

async function readUsers(usersFile: string, outside: Outside): Promise<Users> {
  let content: string;
  try {
    content = await readTextFile(usersFile, outside);
  } catch (thrown) {
    throw new UnusableUsers(usersFile, reason(thrown), thrown);
  }
  return parseUsers(content, usersFile);
}

/** Longer credentials are nobody's, and cost time to hash. */
const MOST_HEADER = 2048;

class BasicAuthPolicy implements Policy {
  readonly name: string;
  readonly kind = "basic_auth";
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[];
  readonly #usersFile: string;
  readonly #scope: Scope;
  readonly #outside: Outside;
  readonly #cacheMs: number;
  readonly #good: BoundedCache<string>;
  readonly #slots: Slots;
  /** Keeps the cache's keys from being of use to who gets hold of them. */
  readonly #pepper = randomBytes(32).toString("base64");
  readonly #counts = { ok: 0, refused: 0, busy: 0, cache_hits: 0 };
  #users: Users;

  constructor(name: string, options: BasicAuthOptions, users: Users, outside: Outside) {
    this.name = name;
    this.#usersFile = options.usersFile;
    this.#users = users;
    this.#scope = options.scope ?? "transaction";
    this.#outside = outside;
    this.#cacheMs = (options.cacheSeconds ?? 300) * 1000;
    this.#good = new BoundedCache(this.#cacheMs === 0 ? 0 : options.cacheSize ?? 10_000);
    this.#slots = new Slots(options.maxConcurrent ?? 4, options.maxWaiting ?? 64);
    this.message = {
      name: options.message ?? "check-basic-auth",
      event: options.event ?? "on-frontend-http-request",
      args: [
        { name: "authorization", types: ["string"], fetch: "req.fhdr(authorization)" },
        { name: "authorizations", types: ["integer"], fetch: "req.fhdr_cnt(authorization)", isOptional: true },
      ],
    };
    const variable = (name: string, type: VariableSpec["type"], description: string): VariableSpec => {
      return { scope: this.#scope, name, type, description };
    };
    this.sets = [
      variable("auth_ok", "boolean", "whether user and password are right"),
      variable("auth_user", "string", "the user, when they are"),
      variable("auth_error", "string", "why not, in a word"),
    ];
  }

  decide(message: PolicyMessage, actions: PolicyActions): void | Promise<void> {
    const header = textOf(message.args.authorization);
    if (isSeveral(message.args.authorizations)) return this.#refuse(actions, "ambiguous");
    if (header === undefined || header === "") return this.#refuse(actions, "missing");
    if (header.length > MOST_HEADER) return this.#refuse(actions, "malformed");
    const key = hash("sha256", this.#pepper + header, "base64");
    const user = this.#good.get(key, this.#outside.now());
    if (user === undefined) return this.#compare(header, key, actions);
    this.#counts.cache_hits++;
    this.#accept(actions, user);
  }

  defaults(actions: PolicyActions): void {
    this.#answer(actions, undefined, "unavailable");
  }

  async reload(): Promise<void> {
    this.#users = await readUsers(this.#usersFile, this.#outside);
    this.#good.clear();
  }

  stats(): Record<string, number> {
    return { ...this.#counts, users: this.#users.byName.size, cached: this.#good.size, in_flight: this.#slots.taken };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #compare(header: string, key: string, actions: PolicyActions): Promise<void> {
    const credentials = parseCredentials(header);
    if (credentials === undefined) return this.#refuse(actions, "malformed");
    if (!await this.#slots.take()) {
      this.#counts.busy++;
      return this.#refuse(actions, "busy");
    }
    const users = this.#users;
    const stored = users.byName.get(credentials.user);
    let isRight: boolean;
    try {
      isRight = await (stored ?? users.decoyFor(credentials.user)).verify(credentials.password);
    } finally {
      this.#slots.free();
    }
    if (stored === undefined || !isRight) return this.#refuse(actions, "credentials");
    // Not with users of before a reload: the password may be another now.
    if (users === this.#users) this.#good.set(key, credentials.user, this.#outside.now() + this.#cacheMs);
    this.#accept(actions, credentials.user);
  }

  #accept(actions: PolicyActions, user: string): void {
    this.#counts.ok++;
    this.#answer(actions, user, undefined);
  }

  #refuse(actions: PolicyActions, error: BasicAuthError): void {
    this.#counts.refused++;
    this.#answer(actions, undefined, error);
  }

  #answer(actions: PolicyActions, user: string | undefined, error: BasicAuthError | undefined): void {
    actions.set(this.#scope, "auth_ok", error === undefined);
    setOrUnset(actions, this.#scope, "auth_user", user);
    setOrUnset(actions, this.#scope, "auth_error", error);
  }
}

/** SHA-crypt takes time with the square of the length: who sends a longer password wants to keep happi busy. */
const MOST_PASSWORD = 256;

/** User and password of a header. The user is text, the password stays bytes. */
function parseCredentials(header: string): { user: string; password: Uint8Array<ArrayBuffer> } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(encoded);
    const colon = bytes.indexOf(":".charCodeAt(0));
    if (colon < 0) return undefined;
    if (bytes.length - colon - 1 > MOST_PASSWORD) return undefined;
    const user = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, colon));
    return { user, password: bytes.slice(colon + 1) };
  } catch {
    return undefined;
  }
}
