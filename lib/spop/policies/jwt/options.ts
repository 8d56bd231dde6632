/**
 * The options of `jwt`, and whether they fit.
 */
import type { Scope } from "../../codec/mod.ts";
import { checkOptions, event, flag, given, integer, type OptionCheck, scope, table, word } from "../option_checks.ts";
import { InvalidPolicy, type SpoeEvent } from "../policy.ts";
import type { Outside } from "../sources/outside.ts";
import { ALGORITHMS } from "./algorithms.ts";
import { JWT_KEY_OPTION_CHECKS, type JwtKeyOptions } from "./key_options.ts";

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

/**
 * Checks the options.
 *
 * @param policy the policy's name
 * @param options as they were given; where the keys are is checked when they are opened
 * @throws {InvalidPolicy} when they do not fit
 */
export function checkJwt(policy: string, options: JwtOptions): void {
  checkOptions(policy, options, {
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
  for (const [variable, claim] of Object.entries(options.claims ?? {})) {
    if (!/^[A-Za-z0-9_]{1,63}$/.test(variable) || VERDICT_VARIABLES.includes(variable)) {
      throw new InvalidPolicy(policy, `"${variable}" in option "claims" cannot be the name of a variable`);
    }
    if (typeof claim !== "string" || claim === "") {
      throw new InvalidPolicy(policy, `claim "${String(claim)}" of variable "${variable}" must be a text`);
    }
  }
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
