/**
 * The agent of a plan.
 */
import { CHECK_KINDS, CheckAgent, type CheckAgentOptions, TargetGuard } from "../../agent/mod.ts";
import type { AgentPlan } from "./settings.ts";

/**
 * Makes the agent; it does not listen yet.
 *
 * @param plan what is to run
 * @param around what it is handed from outside
 * @throws {InvalidConfig} {@linkcode InvalidTargetRules} when a check or a rule cannot be made
 */
export function makeAgent(
  { rules, wire, words, limits, set, locate }: AgentPlan,
  around: Pick<CheckAgentOptions, "overlay" | "adminMemory" | "onFault">,
): CheckAgent {
  const guard = new TargetGuard(rules);
  try {
    return new CheckAgent({ kinds: CHECK_KINDS, guard, wire, words, ...limits, ...set, ...around });
  } catch (thrown) {
    throw thrown instanceof Error ? locate(thrown) : thrown;
  }
}
