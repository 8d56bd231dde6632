/**
 * An agent that runs: in this thread or in workers, it is asked and told the same.
 */
import { HappiError } from "../../errors.ts";
import {
  type AgentStats,
  InvalidPolicy,
  type ListenerView,
  type PolicyChanges,
  type PolicyConfig,
  type PolicyView,
  type VerdictRecord,
} from "../../spop/mod.ts";
import type { Address } from "../../net/mod.ts";
import type { Io } from "./addresses.ts";

/** An agent that runs. */
export interface Runner {
  /** Settles with the reason when a part of it has ended by itself or is stuck. */
  readonly ended: Promise<Error>;
  listeners(): Promise<readonly ListenerView[]>;
  stats(): Promise<AgentStats>;
  policies(): Promise<readonly PolicyView[]>;
  /** Makes the policies those of a configuration. */
  reload(policies: readonly PolicyConfig[]): Promise<Changes>;
  /** Has verdicts told, or not. */
  watch(isWatched: boolean): Promise<void>;
  /** Ends without a lost verdict. */
  drain(): Promise<void>;
}

/** What an agent is started with: plain data, which also a worker can be sent. */
export interface RunnerSettings {
  readonly listen: readonly Address[];
  readonly io: Io;
  readonly workers: number;
  readonly processingMs: number;
  readonly policies: readonly PolicyConfig[];
  readonly isWatched: boolean;
}

/** Who is told of what happens in an agent. */
export interface RunnerEvents {
  readonly onVerdict: (verdict: VerdictRecord) => void;
  /** Told as text what was thrown in a worker where nobody catches. */
  readonly onStrayError: (text: string) => void;
}

/** What a change came to, as plain data. */
export interface Changes extends Omit<PolicyChanges, "failed"> {
  readonly failed: readonly { readonly name: string; readonly error: PlainError }[];
}

/** An error on its way between threads. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
}

/** An error as plain data. */
export function plainError(thrown: unknown): PlainError {
  if (thrown instanceof HappiError) return { code: thrown.code, message: thrown.message };
  return { code: "internal", message: thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown) };
}

/** The error that plain data was. */
export function errorOf({ code, message }: PlainError): Error {
  const [, policy, why] = /^Cannot make policy "([^"]*)": (.*)$/s.exec(message) ?? [];
  if (code === "invalid_policy" && policy !== undefined && why !== undefined) return new InvalidPolicy(policy, why);
  return code === "internal" ? new Error(message) : new HappiError(code, message);
}

/** Changes as plain data. */
export function plainChanges(changes: PolicyChanges): Changes {
  return { ...changes, failed: changes.failed.map(({ name, error }) => ({ name, error: plainError(error) })) };
}

/** What several workers have changed, as one: what failed in one has failed. */
export function mergeChanges(all: readonly Changes[]): Changes {
  const union = (field: "added" | "changed" | "reloaded" | "removed") => [...new Set(all.flatMap((one) => one[field]))];
  const failed = new Map(all.flatMap((one) => one.failed).map((one) => [one.name, one]));
  return {
    added: union("added"),
    changed: union("changed"),
    reloaded: union("reloaded"),
    removed: union("removed"),
    failed: [...failed.values()],
  };
}
