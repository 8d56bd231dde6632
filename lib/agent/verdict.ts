/**
 * What the agent decided about a target, and how a check is seen from outside: as it goes out as JSON.
 */
import type { Facts } from "./check.ts";
import type { LatencySnapshot } from "./histogram.ts";
import type { Reply } from "./reply.ts";

/** A verdict: what HAProxy is told about a target, and why. */
export interface VerdictRecord {
  /** The check's name in the configuration, or the request that named the target. */
  readonly check: string;
  /** `http`; `invalid` for a request that names no check. */
  readonly kind: string;
  /** What is checked. */
  readonly target: string;
  readonly origin: "wire" | "config";
  readonly reply: Reply;
  /** The line, without its end. */
  readonly said: string;
  /** Why, for people. */
  readonly reason: string;
  readonly facts: Facts;
  /** How long it took to find out, in milliseconds. */
  readonly ms: number;
  /** When it was found out, in milliseconds since 1970. */
  readonly at: number;
  /** Whether it was answered without finding out anew. */
  readonly from_cache: boolean;
  /** Whether something else was said before; also true for the first. */
  readonly changed: boolean;
}

/** The answer to a request. */
export type Verdict = VerdictRecord;

/** A check as it stands. */
export interface CheckView {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
  readonly origin: "wire" | "config";
  readonly group: string | null;
  /** Whether HAProxy has been told that it may be used; null before the first verdict. */
  readonly is_up: boolean | null;
  /** Since when it is up or down, in milliseconds since 1970. */
  readonly since: number | null;
  /** What was said last, without its end; empty before the first answer. */
  readonly said: string;
  /** What was found last; null before. */
  readonly last: VerdictRecord | null;
  /** Why something else is said than what was found: `1 of 3 bad findings`; empty when it is not. */
  readonly held: string;
  /** Whether a run is under way. */
  readonly is_running: boolean;
  /** When it was asked for last, in milliseconds since 1970. */
  readonly asked_at: number | null;
  /** Answers given. */
  readonly answers: number;
  /** Runs begun. */
  readonly runs: number;
  /** Runs that could not find out. */
  readonly errors: number;
  /** Runs that were not done in time. */
  readonly deadlines: number;
  /** Verdicts by their health word, or their admin word where there is none; `other` for a weight alone. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** How often it went from up to down or back. */
  readonly changes: number;
  /** The newest verdicts, oldest first. */
  readonly history: readonly VerdictRecord[];
}

/** What was counted over all. */
export interface CheckAgentStats {
  /** Open connections. */
  readonly connections: number;
  /** Connections that were ever accepted. */
  readonly accepted: number;
  /** Connections that ended without an answer. */
  readonly unanswered: number;
  /** Answers by what they came from. */
  readonly answers: { readonly cached: number; readonly fresh: number };
  /** Answers by their health word, or their admin word where there is none; `other` for a weight alone. */
  readonly words: Readonly<Record<string, number>>;
  /** Requests that name no check. */
  readonly invalid_requests: number;
  /** Targets that a request may not name. */
  readonly refused_targets: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** Runs under way, and those that wait for their turn. */
  readonly running: number;
  readonly waiting: number;
  /** Targets named on the wire that are remembered, and those that were forgotten. */
  readonly wire_targets: number;
  readonly forgotten_targets: number;
  /** From the request's last byte to the answer. */
  readonly latency: LatencySnapshot;
  /** By kind. */
  readonly kinds: Readonly<Record<string, KindStats>>;
}

/** What was counted for a kind of checks. */
export interface KindStats {
  readonly runs: number;
  readonly errors: number;
  readonly deadlines: number;
  readonly latency: LatencySnapshot;
}
