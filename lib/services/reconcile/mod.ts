/**
 * Keeping HAProxy in step with the services: routes, the plan, and the reconciler that carries it out.
 *
 * @module
 */
export { type Resolve, systemResolve } from "./addresses.ts";
export type { StepResult } from "./apply.ts";
export type { Problem } from "./desired.ts";
export type { Entry } from "./entries.ts";
export { InvalidRoute, StalePlan } from "./errors.ts";
export { formatPlan } from "./format_plan.ts";
export type { Refusal, Share } from "./guard.ts";
export type { Plan } from "./plan.ts";
export type { Pause } from "./pause.ts";
export { Reconciler } from "./reconciler.ts";
export type { Applied, KnownServices, ReconcilerOptions } from "./reconciler_options.ts";
export type { ReconcileMetrics, ReconcileRecord } from "./records.ts";
export { type AgentCheck, type Route, route, type RouteEntry, type RouteOptions } from "./route.ts";
export type { Held } from "./server_steps.ts";
export type { Step, StepKind } from "./step.ts";
export type { Difference } from "./verify.ts";
