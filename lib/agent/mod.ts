/**
 * HAProxy's agent-check: checks of anything, answered in HAProxy's words, quickly and without flapping.
 *
 * @module
 */
export {
  type AdminMemory,
  type AgentFault,
  CheckAgent,
  type CheckAgentOptions,
  type CheckConfig,
  type CheckSet,
  type DrainOptions,
  type GroupOptions,
  type Limits,
  type Overlay,
  type SteadyOptions,
} from "./agent.ts";
export { InvalidBody, InvalidMaintenance, InvalidQuery, NotJson, UnknownCheck } from "./api_errors.ts";
export type { Check, CheckContext, CheckKind, CheckOptions, Facts, Finding } from "./check.ts";
export { CHECK_KINDS } from "./checks/kinds.ts";
export { duration, type OptionType } from "./checks/option_types.ts";
export { CheckFailed, InvalidCheck, TargetRefused } from "./errors.ts";
export { type CheckListener } from "./listener.ts";
export { Maintenance, type MaintenanceOptions, type MaintenanceView, type MaintenanceWish } from "./maintenance.ts";
export { StoredAdminMemory } from "./maintenance/admin_memory.ts";
export { type AgentMetric, agentMetrics } from "./metrics.ts";
export {
  type Admin,
  formatReply,
  type Health,
  InvalidReply,
  isUpSide,
  type ParsedReply,
  parseReply,
  readReply,
  type Reply,
  type ReplyWords,
  type Weight,
} from "./reply.ts";
export { agentRoutes, type AgentRoutesOptions } from "./routes.ts";
export { withoutLogins, withoutSecrets } from "./secrets.ts";
export { readAllowList } from "./target/allow_list.ts";
export { type PinnedAddress, TargetGuard, type TargetOrigin } from "./target/guard.ts";
export { InvalidTargetRules, type TargetRules } from "./target/rules.ts";
export type { CheckAgentStats, CheckView, KindStats, Verdict, VerdictRecord } from "./verdict.ts";
export { type AgentSummary, type AgentView, type ShownCheck } from "./view.ts";
