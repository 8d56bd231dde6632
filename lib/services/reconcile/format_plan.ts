/**
 * A plan as people read it: what is done and why, the commands below, and what is held back.
 */
import type { Plan } from "./plan.ts";
import { type Step, subjectOf } from "./step.ts";

const MARKS: Readonly<Record<Step["kind"], string>> = {
  ...{ add: "+", take: "+", change: "~", map_add: "+", map_set: "~", acl_add: "+" },
  ...{ map_delete: "-", acl_delete: "-", drain: "-", delete: "-", release: "-" },
};

/**
 * Writes a plan.
 *
 * @param plan the plan
 * @returns lines, each with its line feed
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatPlan } from "./format_plan.ts";
 * const nothing = { steps: [], refused: [], problems: [], shares: [], owned: new Map() };
 * assert.equal(formatPlan(nothing), "Nothing to do: HAProxy has what it should have.\n");
 * ```
 */
export function formatPlan(plan: Plan): string {
  const refused = plan.refused.map(({ why, steps }) => `Refused: ${why}\n${steps.map(stepLines).join("")}`);
  const problems = plan.problems.map(({ why }) => `Problem: ${why}\n`);
  const backends = Map.groupBy(plan.steps, ({ backend }) => backend);
  const sections = [...backends].sort(([a], [b]) => a < b ? -1 : 1).map(([backend, steps]) => {
    const share = plan.shares.find((one) => one.backend === backend);
    const held = plan.refused.find((one) => one.backend === backend);
    const after = (share?.after ?? 0) - (held?.steps ?? []).reduce((sum, { traffic }) => sum + traffic, 0);
    const counts = share ? `: ${share.before} servers in traffic, ${after} afterwards` : "";
    return `Backend "${backend}"${counts}\n${steps.map(stepLines).join("")}`;
  });
  const isDone = sections.length === 0 && refused.length === 0 && problems.length === 0;
  const parts = [...sections, ...refused, ...(problems.length > 0 ? [problems.join("")] : [])];
  return isDone ? "Nothing to do: HAProxy has what it should have.\n" : parts.join("\n");
}

function stepLines(step: Step): string {
  const { kind, why, commands, then, drain_ms } = step;
  const when = drain_ms === undefined ? "" : ` (when its sessions have ended, or after ${drain_ms / 1000} s)`;
  const lines = [...commands, ...then].map((command) => `      ${command}\n`).join("");
  return `  ${MARKS[kind]} ${kind.replace("_", " ")} ${subjectOf(step)}: ${why}${when}\n${lines}`;
}
