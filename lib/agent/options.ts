/**
 * How a check agent is set up: its checks, how steadily they are answered, its limits, and what it is handed from outside.
 */
import type { CheckKind, CheckOptions } from "./check.ts";
import type { Reply, ReplyWords } from "./reply.ts";
import type { TargetGuard } from "./target/guard.ts";

/** How a finding becomes an answer: cached, timed, and without flapping. All times are in milliseconds. */
export interface SteadyOptions {
  /** How old a finding may be to be the answer. Default 1000. */
  readonly maxAgeMs?: number;
  /** Finds out anew at this interval (give or take a tenth) while somebody asks; the newest finding is the answer. */
  readonly everyMs?: number;
  /** How long a run may take; below HAProxy's `agent-inter`. Default 1500. */
  readonly deadlineMs?: number;
  /** What is found at the deadline. Default `fail`. */
  readonly onDeadline?: Reply;
  /** At the deadline, the last finding is the answer instead when it is not older than this. Default 0: never. */
  readonly staleForMs?: number;
  /** How many good findings in a row bring it up. Default 1. */
  readonly rise?: number;
  /** How many bad findings in a row bring it down. Default 1. */
  readonly fall?: number;
  /** How long it stays up or down at least before it changes sides again. Default 0. */
  readonly minDwellMs?: number;
  /** Said beside what a good finding says. Default `up`. */
  readonly onUp?: Reply;
  /** Said in place of a bad finding's words: `drain`, `10%`. Default: the finding's own words. */
  readonly onDown?: Reply;
  /** When the agent stops while HAProxy has been told down: `free` says what undoes it, `hold` leaves it. Default `free`. */
  readonly onStop?: "free" | "hold";
}

/** A check of the configuration. */
export interface CheckConfig {
  /** What `agent-send` says: no blanks, no `|`. */
  readonly name: string;
  /** `http`, `v1`. */
  readonly kind: string;
  /** The kind's own options, keys in camelCase. */
  readonly options: CheckOptions;
  /** How steadily it is answered. */
  readonly steady?: SteadyOptions;
  /** The group of servers of which only a part may go down together. */
  readonly group?: string;
}

/** A group of checks that stand in for one another. */
export interface GroupOptions {
  /** The part of the group, 0 to 1, that may be told down at once; who would come after that is kept up. */
  readonly maxDownShare: number;
}

/** The checks of a configuration, which can be reloaded. */
export interface CheckSet {
  readonly checks: readonly CheckConfig[];
  /** By name. A group without an entry has no limit. */
  readonly groups?: Readonly<Record<string, GroupOptions>>;
}

/** Changes a reply on its way out, last of all: maintenance by hand. */
export interface Overlay {
  /**
   * Called for every answer, so it must be quick. Returning the same object says that nothing is changed.
   *
   * @param name the check's name in the configuration, or the request that named the target
   * @param target what is checked
   * @param reply what would be said
   */
  apply(name: string, target: string, reply: Reply): Reply;
}

/** Remembers which checks have said `drain` or `maint` of their own, over restarts: only the agent can say `ready` then. */
export interface AdminMemory {
  /** Whether the check has said so, and has not said `ready` since. */
  has(name: string): boolean;
  /** Notes that it has, or that HAProxy has been told `ready`. */
  set(name: string, isSaid: boolean): void;
}

/** What a check agent holds and waits for at most. */
export interface Limits {
  /** Open connections; more wait in the kernel's queue. Default 1024. */
  readonly maxConnections: number;
  /** Checks of requests that run at once, and as many of the configuration; more wait, within their deadline. Default 512. */
  readonly maxRuns: number;
  /** Targets named on the wire that are remembered. Default 20,000. */
  readonly maxWireTargets: number;
  /** How long a target named on the wire is remembered that nobody asks for, in milliseconds. Default 10 minutes. */
  readonly forgetAfterMs: number;
  /** The longest request, in bytes. Default 4096. */
  readonly maxRequestBytes: number;
  /** A request without its newline ends when nothing came for so long, in milliseconds. Default 50. */
  readonly idleMs: number;
  /** A request that has not ended so long after its connection was made ends there, in milliseconds. Default 500. */
  readonly silentMs: number;
  /** How long a connection may last, in milliseconds; longer than the longest deadline. Default 10,000. */
  readonly connectionMs: number;
  /** Verdicts kept of each check of the configuration; of a target named on the wire, a quarter. Default 20. */
  readonly history: number;
}

/** What a check agent is made with. */
export interface CheckAgentOptions extends Partial<Limits>, Partial<CheckSet> {
  /** The kinds of checks there are. */
  readonly kinds: readonly CheckKind[];
  /** Which targets may be named on the wire. */
  readonly guard: TargetGuard;
  /** How steadily targets named on the wire are answered. */
  readonly wire?: SteadyOptions;
  /** Default `haproxy`. */
  readonly words?: ReplyWords;
  /** Maintenance by hand. */
  readonly overlay?: Overlay;
  /** Default: only until the process ends. */
  readonly adminMemory?: AdminMemory;
  /** The time in milliseconds since 1970. */
  readonly now?: () => number;
  /** A clock that is never set, in milliseconds. */
  readonly monotonic?: () => number;
  /** Told of what is in the way: no connection could be accepted, an overlay threw. */
  readonly onFault?: (fault: AgentFault) => void;
}

/** Something that went wrong beside the checks themselves. */
export interface AgentFault {
  readonly kind: "accept_failed" | "overlay_failed" | "close_failed";
  readonly cause: unknown;
}

/** The limits where nothing else is said. */
export const DEFAULT_LIMITS: Limits = {
  maxConnections: 1024,
  maxRuns: 512,
  maxWireTargets: 20_000,
  forgetAfterMs: 10 * 60_000,
  maxRequestBytes: 4096,
  idleMs: 50,
  silentMs: 500,
  connectionMs: 10_000,
  history: 20,
};

/** How steadily checks are answered where nothing else is said. */
export const DEFAULT_STEADY = {
  maxAgeMs: 1000,
  deadlineMs: 1500,
  onDeadline: { health: "fail" },
  staleForMs: 0,
  rise: 1,
  fall: 1,
  minDwellMs: 0,
  onStop: "free",
} as const satisfies SteadyOptions;
