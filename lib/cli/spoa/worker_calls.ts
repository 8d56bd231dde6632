/**
 * What the main thread and its workers say to each other.
 */
import type { PolicyConfig, TableParts, VerdictRecord } from "../../spop/mod.ts";
import type { Level } from "../log_format.ts";
import type { PlainError, RunnerSettings } from "./runner.ts";

/** What a worker is asked. */
export type Call =
  | { readonly call: "start"; readonly settings: RunnerSettings; readonly worker: number; readonly level: Level }
  | { readonly call: "reload"; readonly policies: readonly PolicyConfig[] }
  | { readonly call: "watch"; readonly isWatched: boolean }
  | { readonly call: "listeners" | "stats" | "policies" | "drain" };

/** Asks whether a worker lives, and says that it does. */
export interface Beat {
  readonly beat: true;
}

/** What a worker is sent: a question, or a new table of addresses for one of its policies. */
export type ToWorker =
  | { readonly id: number; readonly call: Call }
  | { readonly table: TableParts; readonly policy: string }
  | Beat;

/** What a worker sends: an answer, a line of log, verdicts, an error that nobody caught. */
export type FromWorker =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError }
  | { readonly line: string }
  | { readonly verdicts: readonly VerdictRecord[] }
  | { readonly stray: string }
  | Beat;
