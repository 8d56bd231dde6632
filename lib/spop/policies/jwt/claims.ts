/**
 * Claims of a token (RFC 7519 section 4.1): whether it is good now and for us, and claims as variables.
 */
import type { Value } from "../../codec/mod.ts";

/** What the claims must be. */
export interface ExpectedClaims {
  /** Any of these must be `iss`; not looked at when empty. */
  readonly issuers: readonly string[];
  /** Any of these must be in `aud`; not looked at when empty. */
  readonly audiences: readonly string[];
  /** How far clocks may differ, in seconds. */
  readonly leewaySeconds: number;
  /** Whether a token must have an end. */
  readonly requireExp: boolean;
  /** The oldest that a token may be by its `iat`, in seconds; no limit when absent. */
  readonly maxAgeSeconds?: number | undefined;
}

/** What is wrong with claims. */
export type ClaimFault = "malformed" | "expired" | "not_yet_valid" | "issued_in_future" | "issuer" | "audience";

/** The claims of a token. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks the claims.
 *
 * @param claims the payload of a token whose signature is verified
 * @param expected what they must be
 * @param now in seconds since 1970
 * @returns what is wrong first, or `undefined` when nothing is
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { claimFault } from "./claims.ts";
 * const expected = { issuers: [], audiences: ["shop"], leewaySeconds: 0, requireExp: true };
 * assert.equal(claimFault({ exp: 100, aud: "shop" }, expected, 99), undefined);
 * assert.equal(claimFault({ exp: 100, aud: "shop" }, expected, 100), "expired");
 * assert.equal(claimFault({ exp: 100, aud: ["bank"] }, expected, 99), "audience");
 * ```
 */
export function claimFault(claims: Claims, expected: ExpectedClaims, now: number): ClaimFault | undefined {
  const { leewaySeconds: leeway, maxAgeSeconds: maxAge } = expected;
  const { exp, nbf, iat } = { exp: own(claims, "exp"), nbf: own(claims, "nbf"), iat: own(claims, "iat") };
  if (![exp, nbf, iat].every((time) => time === undefined || isTime(time))) return "malformed";
  if (isTime(exp) ? now >= exp + leeway : expected.requireExp) return "expired";
  if (isTime(nbf) && now < nbf - leeway) return "not_yet_valid";
  if (isTime(iat) && now < iat - leeway) return "issued_in_future";
  if (maxAge !== undefined && (!isTime(iat) || now > iat + maxAge + leeway)) return "expired";
  if (expected.issuers.length > 0 && !isAnyOf(own(claims, "iss"), expected.issuers)) return "issuer";
  const audience = own(claims, "aud");
  const audiences = Array.isArray(audience) ? audience : [audience];
  if (expected.audiences.length > 0 && !audiences.some((one) => isAnyOf(one, expected.audiences))) return "audience";
  return undefined;
}

/** The moment at which the claims stop being good, in seconds since 1970; `Infinity` when they never do. */
export function endOf(claims: Claims, expected: ExpectedClaims): number {
  const { exp, iat } = { exp: own(claims, "exp"), iat: own(claims, "iat") };
  const byAge = isTime(iat) && expected.maxAgeSeconds !== undefined ? iat + expected.maxAgeSeconds : Infinity;
  return Math.min(isTime(exp) ? exp : Infinity, byAge) + expected.leewaySeconds;
}

/**
 * A claim as the value of a variable: texts, whole numbers and booleans as they are, a list of texts joined by commas,
 * everything else as JSON; a list with a comma in one of its texts too, since that text would look like two.
 *
 * @param claims the payload
 * @param path the claim's name, or the way to it: `realm_access.roles`. A claim with that very name wins
 * @returns the value, or `undefined` when there is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { claimValue } from "./claims.ts";
 * assert.equal(claimValue({ realm: { roles: ["a", "b"] } }, "realm.roles"), "a,b");
 * assert.equal(claimValue({}, "constructor"), undefined);
 * ```
 */
export function claimValue(claims: Claims, path: string): Value | undefined {
  const found = own(claims, path) ??
    path.split(".").reduce<unknown>((value, step) => isRecord(value) ? own(value, step) : undefined, claims);
  if (found === undefined || found === null) return undefined;
  if (typeof found === "string" || typeof found === "boolean") return found;
  if (typeof found === "number" && Number.isSafeInteger(found)) return found;
  if (Array.isArray(found) && found.every((one) => typeof one === "string" && !one.includes(","))) {
    return found.join(",");
  }
  return JSON.stringify(found);
}

/** A member of its own, never one that every object has. */
function own(record: Claims, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isAnyOf(value: unknown, texts: readonly string[]): boolean {
  return typeof value === "string" && texts.includes(value);
}

function isRecord(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
