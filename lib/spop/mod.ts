/**
 * SPOE agents for HAProxy: handlers for messages, built-in policies, the wire format, HAProxy's side to ask an agent by
 * hand, and `spoe.conf` written and checked.
 *
 * @module
 */
export { type Actions } from "./actions.ts";
export { Agent, type ListenOptions } from "./agent.ts";
export { SpopClient, type SpopClientOptions } from "./client.ts";
export {
  type Action,
  type AgentHello,
  type Argument,
  Cidr,
  decodeHeaders,
  type Disconnect,
  InvalidIp,
  InvalidValue,
  Ip,
  type OutgoingMessage,
  type Scope,
  SCOPES,
  type Sendable,
  STATUS_MESSAGES,
  type StatusCode,
  statusMessage,
  type Typed,
  typed,
  type Value,
  VALUE_TYPES,
  type ValueType,
} from "./codec/mod.ts";
export { InvalidAgent, SpopClosed, SpopTimeout, SpopViolation } from "./errors.ts";
export { type Fault, type FaultKind } from "./fault.ts";
export { LATENCY_BOUNDS_US, type LatencySnapshot } from "./histogram.ts";
export { type AgentListener } from "./listener.ts";
export { type Args, type Message } from "./message.ts";
export { type AgentOptions, DEFAULT_LIMITS, type Limits } from "./options.ts";
export { type Handler, type HandlerOptions } from "./route.ts";
export { type AgentStats, type EngineStats, type MessageStats } from "./stats.ts";
export { type Outcome, type Verdict } from "./verdict.ts";
export { mergeStats } from "./merged_stats.ts";
export { type SpoaMetric, spoaMetrics } from "./metrics.ts";
export * from "./policies/mod.ts";
export * from "./recording/mod.ts";
export { spoaRoutes, type SpoaRoutesOptions } from "./routes.ts";
export * from "./spoe_conf/mod.ts";
export { type ListenerView, type PolicyView, policyView, type SpoaView } from "./view.ts";
