/**
 * The built-in policies by their kinds: how each is made from the options of a configuration.
 */
import { HappiError } from "../../errors.ts";
import { type AbOptions, createAb } from "./ab.ts";
import { type BasicAuthOptions, createBasicAuth } from "./basic_auth.ts";
import { createForwardAuth, type ForwardAuthOptions } from "./forward_auth.ts";
import { createGeoip, type GeoipOptions } from "./geoip.ts";
import { createHeaderSignature, type HeaderSignatureOptions } from "./header_signature.ts";
import { createIpReputation, type IpReputationOptions } from "./ip_reputation.ts";
import { createJwt, type JwtOptions } from "./jwt.ts";
import { createMirror, type MirrorOptions } from "./mirror.ts";
import type { Policy } from "./policy.ts";
import { createRate, type RateOptions } from "./rate.ts";
import { createScript, type ScriptOptions } from "./script.ts";
import { createUseragent, type UseragentOptions } from "./useragent.ts";

/** A kind of policy. */
export interface PolicyKind {
  /** What it decides, in a line. */
  readonly summary: string;
  /** Options whose keys are the user's own words, and no options. */
  readonly tables: readonly string[];
  /** Options that are paths of files, or lists of them. */
  readonly files: readonly string[];
  /**
   * Makes a policy; the options are checked.
   *
   * @throws {InvalidPolicy} when they do not fit
   */
  make(options: PolicyOptions): Promise<Policy>;
}

/** Options by their names in code (`unknownScore`), as yet unchecked. */
export type PolicyOptions = Readonly<Record<string, unknown>>;

/** There is no such kind of policy. */
export class UnknownPolicyKind extends HappiError {
  /** @param kind what was given */
  constructor(kind: string) {
    super(
      "invalid_policy",
      `Cannot make a policy of kind "${kind}": the kinds are ${Object.keys(POLICY_KINDS).join(", ")}`,
    );
  }
}

// What a configuration says is checked by the policy itself: here, and only here, it is taken at its word.
/** Every kind but `chain`, which is made of others. */
export const POLICY_KINDS: Readonly<Record<string, PolicyKind>> = {
  ip_reputation: {
    summary: "a score from 0 to 100 for an address, from lists of addresses and networks",
    tables: [],
    files: ["source"],
    make: (options) => createIpReputation(options as IpReputationOptions),
  },
  geoip: {
    summary: "country, city and network of an address, from MMDB files",
    tables: ["variables"],
    files: ["databases"],
    make: (options) => createGeoip(options as Options<GeoipOptions>),
  },
  rate: {
    summary: "whether a key has asked too often: a token bucket a key",
    tables: [],
    files: [],
    make: (options) => createRate(options as Options<RateOptions>),
  },
  jwt: {
    summary: "whether a bearer token is good, and what it claims",
    tables: ["claims"],
    files: ["jwksFile", "keyFile", "secretFile"],
    make: (options) => createJwt(options as JwtOptions),
  },
  basic_auth: {
    summary: "user and password, from a file of users",
    tables: [],
    files: ["usersFile"],
    make: (options) => createBasicAuth(options as Options<BasicAuthOptions>),
  },
  forward_auth: {
    summary: "what a service of yours says of a request",
    tables: ["responseHeaders"],
    files: [],
    make: (options) => createForwardAuth(options as Options<ForwardAuthOptions>),
  },
  header_signature: {
    summary: "whether a request is signed with a shared secret (webhooks)",
    tables: [],
    files: ["secretsFile"],
    make: (options) => createHeaderSignature(options as HeaderSignatureOptions),
  },
  useragent: {
    summary: "browser, bot or crawler, by the user agent",
    tables: [],
    files: ["rules"],
    make: (options) => createUseragent(options as UseragentOptions),
  },
  ab: {
    summary: "which variant of an experiment a key belongs to, always the same",
    tables: ["variants"],
    files: [],
    make: (options) => createAb(options as Options<AbOptions>),
  },
  mirror: {
    summary: "a copy of each request to another server, which nobody waits for",
    tables: [],
    files: [],
    make: (options) => createMirror(options as Options<MirrorOptions>),
  },
  script: {
    summary: "a decision of your own: a TypeScript or JavaScript module",
    tables: [],
    files: ["file"],
    make: (options) => createScript(options as Options<ScriptOptions>),
  },
};

/** The options of `chain` whose keys are the user's own words. */
export const CHAIN_TABLES: readonly string[] = ["stop"];

/** The names of all kinds. */
export const POLICY_KIND_NAMES: readonly string[] = [...Object.keys(POLICY_KINDS), "chain"];

/** The options as the policy checks them: what is missing is found there. */
type Options<T> = PolicyOptions & T;

/**
 * Makes a policy of a kind.
 *
 * @param kind which, but not `chain`
 * @param options with `name`
 * @throws {UnknownPolicyKind} when there is no such kind
 * @throws {InvalidPolicy} when the options do not fit
 */
export async function makePolicy(kind: string, options: PolicyOptions): Promise<Policy> {
  const found = Object.hasOwn(POLICY_KINDS, kind) ? POLICY_KINDS[kind] : undefined;
  if (found === undefined) throw new UnknownPolicyKind(kind);
  return await found.make(options);
}
