/**
 * The numbers of `show servers state`, decoded: operational state, admin state, check result, check and agent state
 * (management guide, 9.3 "show servers state").
 *
 * @module
 */

/** Admin state of a server: why HAProxy does not send it traffic by hand, as named bits. */
export type AdminState =
  | "forced_maint"
  | "inherited_maint"
  | "config_maint"
  | "forced_drain"
  | "inherited_drain"
  | "dns_maint"
  | "fqdn_changed";

const ADMIN_BITS: ReadonlyArray<readonly [number, AdminState]> = [
  [0x01, "forced_maint"],
  [0x02, "inherited_maint"],
  [0x04, "config_maint"],
  [0x08, "forced_drain"],
  [0x10, "inherited_drain"],
  [0x20, "dns_maint"],
  [0x40, "fqdn_changed"],
];

/**
 * The reasons hidden in `srv_admin_state`; several can hold at once. `fqdn_changed` alone does not stop traffic: it says
 * that the FQDN was set at run time.
 *
 * @param mask the column's value
 * @returns the names of the bits that are set; bits that HAProxy 3.5 does not know have no name
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { adminStates } from "./server_enums.ts";
 *
 * assert.deepEqual(adminStates(0x09), ["forced_maint", "forced_drain"]);
 * ```
 */
export function adminStates(mask: number): AdminState[] {
  return ADMIN_BITS.filter(([bit]) => mask & bit).map(([, name]) => name);
}

/** State of a health check or an agent check, as named bits. */
export type CheckState = "in_progress" | "configured" | "enabled" | "paused" | "agent";

const CHECK_BITS: ReadonlyArray<readonly [number, CheckState]> = [
  [0x01, "in_progress"],
  [0x02, "configured"],
  [0x04, "enabled"],
  [0x08, "paused"],
  [0x10, "agent"],
];

/**
 * What `srv_check_state` and `srv_agent_state` say about a check; `agent` marks the agent's.
 *
 * @param mask the column's value
 * @returns the names of the bits that are set
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkStates } from "./server_enums.ts";
 *
 * assert.deepEqual(checkStates(22), ["configured", "enabled", "agent"]);
 * ```
 */
export function checkStates(mask: number): CheckState[] {
  return CHECK_BITS.filter(([bit]) => mask & bit).map(([, name]) => name);
}

/** Operational states, by their number in `srv_op_state`; `starting` is up but throttled, `stopping` up but going. */
export const OP_STATES = ["stopped", "starting", "running", "stopping"] as const;

/** Operational state of a server: what checks and HAProxy itself make of it. */
export type OpState = typeof OP_STATES[number];

/** Results of the last health check, by their number in `srv_check_result`. */
export const CHECK_RESULTS = ["unknown", "neutral", "failed", "passed", "conditionally_passed"] as const;

/** Result of the last health check; `conditionally_passed` is a server that wants no new sessions. */
export type CheckResult = typeof CHECK_RESULTS[number];
