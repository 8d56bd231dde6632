/**
 * What an agent shows of itself, wherever its parts run: for the HTTP API, for metrics and for people.
 */
import type { Feed } from "../feed/mod.ts";
import type { MessageSpec, Policy, VariableSpec } from "./policies/policy.ts";
import type { VerdictRecord } from "./policies/verdict_tap.ts";
import type { AgentStats } from "./stats.ts";

/** Where an agent listens. */
export interface ListenerView {
  /** `127.0.0.1:3000`, or the path of a unix socket. */
  readonly address: string;
  /** Which worker answers there, from 1; several may share an address. */
  readonly worker: number;
  /** Open connections. */
  readonly connections: number;
}

/** A policy, as plain data. */
export interface PolicyView {
  readonly name: string;
  readonly kind: string;
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[];
  /** Whether HAProxy asks it; not so when only a chain does. */
  readonly is_asked: boolean;
  /** Its own counters and sizes. */
  readonly stats: Readonly<Record<string, number | string>>;
}

/** An agent, looked at from outside. */
export interface SpoaView {
  /** Its workers; 1 for an agent without. */
  readonly workers: number;
  listeners(): Promise<readonly ListenerView[]>;
  stats(): Promise<AgentStats>;
  policies(): Promise<readonly PolicyView[]>;
  /** The last verdicts; they are recorded while somebody reads them. */
  readonly verdicts: Feed<VerdictRecord>;
}

/** What a policy shows of itself. */
export function policyView(policy: Policy, isAsked: boolean): PolicyView {
  const { name, kind, message, sets } = policy;
  return { name, kind, message, sets, is_asked: isAsked, stats: policy.stats?.() ?? {} };
}
