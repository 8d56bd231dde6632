/**
 * What every target of an agent shares with the others: clocks, counters, turns, and who is told.
 */
import type { AgentCounters } from "./counters.ts";
import type { AgentFault, Overlay } from "./options.ts";
import type { ReplyWords } from "./reply.ts";
import type { Turns } from "./steady/turns.ts";
import type { VerdictRecord } from "./verdict.ts";

/** What is around a target. */
export interface Surroundings {
  /** Whose words are said. */
  readonly words: ReplyWords;
  /** Maintenance by hand. */
  readonly overlay: Overlay | undefined;
  readonly counters: AgentCounters;
  /** Those of requests and those of the configuration: the first can never keep the second waiting. */
  readonly turns: Readonly<Record<"wire" | "config", Turns>>;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** A clock that is never set, in milliseconds. */
  readonly monotonic: () => number;
  /** Told of every verdict that is not from the cache. */
  readonly onVerdict: (verdict: VerdictRecord) => void;
  readonly onFault: (fault: AgentFault) => void;
}
