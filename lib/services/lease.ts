/**
 * A lease: a unit that has registered itself, and for how long. How leases are kept, and what is counted of them.
 */
import type { Store } from "../store/mod.ts";
import type { Unit } from "./service.ts";

/** How leases are kept. */
export interface LeasesOptions {
  /** Where they survive a restart; nowhere if not given. */
  readonly store?: Store;
  /** How long a unit is drained after its lease is over, in milliseconds. Default 30,000. */
  readonly drainMs?: number;
  /** Units of all services together. Default 10,000. */
  readonly maxUnits?: number;
  /** The shortest and the longest that a lease may last, in milliseconds. Default 1,000 and 86,400,000: a day. */
  readonly ttlMs?: { readonly least: number; readonly most: number };
  /** The time in milliseconds since 1970: only shown, never counted with, so that a clock that jumps ends no lease. */
  readonly now?: () => number;
  /** Calls after so many milliseconds, unless it is called off; by the system's clock if not given. */
  readonly schedule?: Schedule;
  /** Told when a lease could not be kept: it holds, but is lost when happi is started again. */
  readonly onFault?: (why: string) => void;
}

/** Calls later; gives what calls it off. */
export type Schedule = (act: () => void, ms: number) => () => void;

/** A unit that has registered itself. */
export interface Lease {
  readonly service: string;
  readonly unit: Unit;
  /** How long it holds when it is renewed, in milliseconds; for ever if `null`. */
  readonly ttl_ms: number | null;
  /** When it is over, in milliseconds since 1970; `null` for never. */
  readonly expires_at: number | null;
}

/** What happened since the start, and what is now. */
export interface LeasesStats {
  readonly leases: number;
  /** Units that registered or changed. */
  readonly registered: number;
  readonly renewed: number;
  readonly expired: number;
  /** What the store could not keep. */
  readonly faults: number;
}

/** By the system's clock. */
export function byTimer(act: () => void, ms: number): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
