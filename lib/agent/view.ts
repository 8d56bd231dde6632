/**
 * What an agent shows of itself: for the HTTP API, for metrics and for people.
 */
import type { CheckAgent } from "./agent.ts";
import { formatAddress } from "../net/mod.ts";
import type { Maintenance, MaintenanceView } from "./maintenance.ts";
import type { CheckAgentStats, CheckView } from "./verdict.ts";

/** An agent, looked at from outside. */
export interface AgentView {
  readonly agent: Pick<CheckAgent, "listeners" | "checks" | "check" | "stats" | "answer" | "verdicts">;
  readonly maintenance: Pick<Maintenance, "of" | "list" | "set">;
}

/** A check with what people said of it. */
export interface ShownCheck extends CheckView {
  readonly maintenance: MaintenanceView | null;
}

/** The agent as a whole. */
export interface AgentSummary extends CheckAgentStats {
  readonly listeners: readonly { readonly address: string; readonly connections: number }[];
  /** How many checks there are, by how they stand. */
  readonly checks: Readonly<Record<"config" | "wire" | "up" | "down" | "unasked", number>>;
  readonly maintenance: readonly MaintenanceView[];
}

/** The agent as a whole. */
export function summaryOf({ agent, maintenance }: AgentView): AgentSummary {
  const checks = { config: 0, wire: 0, up: 0, down: 0, unasked: 0 };
  for (const { origin, is_up } of agent.checks()) {
    checks[origin]++;
    checks[is_up === null ? "unasked" : is_up ? "up" : "down"]++;
  }
  return {
    listeners: agent.listeners.map(({ address, connections }) => ({ address: formatAddress(address), connections })),
    checks,
    maintenance: maintenance.list(),
    ...agent.stats(),
  };
}

/** All checks, or those of an origin, without their histories; those that are not well first, then by name. */
export function shownChecks(
  { agent, maintenance }: AgentView,
  origin?: "wire" | "config",
): Omit<ShownCheck, "history">[] {
  return agent.checks(origin).map(({ history: _, ...check }) => ({
    ...check,
    maintenance: maintenance.of(check.name, check.target) ?? null,
  })).sort((a, b) => Number(a.is_up ?? true) - Number(b.is_up ?? true) || (a.name < b.name ? -1 : 1));
}

/** One check with its history. */
export function shownCheck({ agent, maintenance }: AgentView, name: string): ShownCheck | undefined {
  const check = agent.check(name);
  return check && { ...check, maintenance: maintenance.of(check.name, check.target) ?? null };
}

/** Whether something can be put into maintenance: a check, its target, or a request that names one and may come yet. */
export function isKnown({ agent, maintenance }: AgentView, name: string): boolean {
  return agent.check(name) !== undefined || name.includes("|") || maintenance.of(name) !== undefined ||
    agent.checks().some(({ target }) => target === name);
}
