/**
 * What is kept of a maintenance by hand, and in which of its phases it is. Nothing has to happen at the right moment: the
 * phase follows from the times.
 */
import type { Admin } from "../reply.ts";

/** What is kept. All times are in milliseconds since 1970. */
export interface MaintenanceNote {
  readonly name: string;
  readonly mode: Admin;
  readonly why: string;
  readonly by: string;
  readonly since: number;
  /** When it ends by itself; `null` for never. */
  readonly until: number | null;
  /** When HAProxy was first told `ready` after its end; `null` before. */
  readonly ready_from: number | null;
}

/** `held`: drain or maint is said. `ready`: it has ended, which is said for a while. `over`: nothing is said. */
export type Phase = "held" | "ready" | "over";

/** The phase of a note. */
export function phaseOf({ mode, since, until, ready_from }: MaintenanceNote, now: number, readyMs: number): Phase {
  if (mode !== "ready" && (until === null || now < until)) return "held";
  // A clock that was set back would have it said for much longer.
  if (ready_from !== null) return Math.abs(now - ready_from) < readyMs ? "ready" : "over";
  // HAProxy has not asked since: when it comes back after so long it has been restarted, and knows of no maintenance.
  return now < (mode === "ready" ? since : until ?? since) + UNASKED_MS ? "ready" : "over";
}

const UNASKED_MS = 24 * 3_600_000;

/** A note as it comes out of the store; `undefined` when it is none. */
export function readNote(value: unknown): MaintenanceNote | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, mode, why, by, since, until, ready_from }: Partial<Record<keyof MaintenanceNote, unknown>> = value;
  const isMode = mode === "ready" || mode === "drain" || mode === "maint";
  if (typeof name !== "string" || !isMode || typeof why !== "string" || typeof by !== "string") return undefined;
  if (typeof since !== "number" || !isTime(until) || !isTime(ready_from)) return undefined;
  return { name, mode, why, by, since, until, ready_from };
}

function isTime(value: unknown): value is number | null {
  return value === null || typeof value === "number";
}
