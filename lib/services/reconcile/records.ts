/**
 * What the reconciler tells: a record for each thing that it did, refused or found in its way, and counters.
 */
import type { StepKind } from "./step.ts";

/** Why a pass is made: at the start, as services changed, to look for drift, or what it was woken for, such as `reload`. */
export type Cause = string;

/** Something that happened. */
export type ReconcileRecord =
  /** A step was carried out, or HAProxy refused it. One that waits for sessions is told when it ends. */
  | {
    readonly event: "step";
    readonly step: StepKind;
    readonly backend: string;
    /** `backend/server`, or a file and a key. */
    readonly subject: string;
    readonly why: string;
    readonly ok: boolean;
    /** Why not; `null` when it is done. */
    readonly reason: string | null;
  }
  /** A backend would lose too much. */
  | {
    readonly event: "refused";
    readonly backend: string;
    readonly before: number;
    readonly after: number;
    readonly min_share: number;
    readonly why: string;
  }
  /** People have to see to it; told once as long as it lasts. */
  | { readonly event: "problem"; readonly about: string; readonly why: string }
  /** Something is not as it was made. */
  | { readonly event: "difference"; readonly subject: string; readonly why: string }
  /** A pass that changed something, or that was asked for, is over. */
  | {
    readonly event: "pass";
    readonly cause: Cause;
    readonly steps: number;
    readonly failed: number;
    readonly differences: number;
    /** Servers that wait for their sessions to end. */
    readonly departing: number;
    readonly ms: number;
  }
  /** HAProxy cannot be reached, or can be again. */
  | { readonly event: "away"; readonly why: string }
  | { readonly event: "back" }
  /** Something else is in the way: the store, HAProxy's answer. */
  | { readonly event: "trouble"; readonly why: string };

/** Counters since the start, and what is now. */
export interface ReconcileMetrics {
  passes: number;
  passes_failed: number;
  /** Passes without a change of services that found something to mend. */
  drifts: number;
  steps_done: number;
  steps_failed: number;
  differences: number;
  refusals: number;
  /** Backends that are held back now. */
  backends_refused: number;
  problems: number;
  departing: number;
  sessions_shut: number;
  is_away: boolean;
  last_pass_ms: number;
}

/** Counters at the start. */
export function noMetrics(): ReconcileMetrics {
  return {
    ...{ passes: 0, passes_failed: 0, drifts: 0, steps_done: 0, steps_failed: 0, differences: 0, refusals: 0 },
    ...{ backends_refused: 0, problems: 0, departing: 0, sessions_shut: 0, is_away: false, last_pass_ms: 0 },
  };
}
