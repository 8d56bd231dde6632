/**
 * The built-in policies: each by its `create…` function, and by its kind as a configuration names it.
 *
 * @module
 */
export { type AbOptions, createAb } from "./ab.ts";
export { type BasicAuthOptions, createBasicAuth } from "./basic_auth.ts";
export { type ChainOptions, createChain } from "./chain.ts";
export { createForwardAuth, type ForwardAuthOptions } from "./forward_auth.ts";
export { createGeoip, GEO_VARIABLES, type GeoipOptions } from "./geoip.ts";
export { createHeaderSignature, type HeaderSignatureOptions } from "./header_signature.ts";
export {
  createIpReputation,
  type IpReputationNames,
  ipReputationOf,
  type IpReputationOptions,
} from "./ip_reputation.ts";
export { createJwt, type JwtOptions } from "./jwt.ts";
export {
  CHAIN_TABLES,
  makePolicy,
  POLICY_KIND_NAMES,
  POLICY_KINDS,
  type PolicyKind,
  type PolicyOptions,
  UnknownPolicyKind,
} from "./kinds.ts";
export { createMirror, type MirrorOptions } from "./mirror.ts";
export {
  type ArgumentSpec,
  EVENTS,
  InvalidPolicy,
  type MessageSpec,
  type Policy,
  type PolicyActions,
  type PolicyMessage,
  type SpecType,
  type SpoeEvent,
  type VariableSpec,
} from "./policy.ts";
export {
  type HandlerTable,
  type PolicyChanges,
  type PolicyConfig,
  PolicySet,
  type PolicySetOptions,
} from "./policy_set.ts";
export { PrefixTable, type TableParts } from "./prefixes/prefix_table.ts";
export { createRate, type RateOptions } from "./rate.ts";
export { createScript, type ScriptOptions } from "./script.ts";
export { createUseragent, type UseragentOptions } from "./useragent.ts";
export { type VerdictAction, type VerdictRecord, VerdictTap } from "./verdict_tap.ts";
