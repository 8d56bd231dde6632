/**
 * What an agent counts while it answers: plain numbers, read out now and then.
 */
import { Histogram } from "./histogram.ts";
import type { CheckAgentStats, KindStats } from "./verdict.ts";

/** The live counters of a kind of checks. */
export class KindCounters {
  runs = 0;
  errors = 0;
  deadlines = 0;
  readonly latency = new Histogram();

  snapshot(): KindStats {
    return { runs: this.runs, errors: this.errors, deadlines: this.deadlines, latency: this.latency.snapshot() };
  }
}

/** The live counters of an agent. */
export class AgentCounters {
  connections = 0;
  accepted = 0;
  unanswered = 0;
  cached = 0;
  fresh = 0;
  invalidRequests = 0;
  refusedTargets = 0;
  bytesIn = 0;
  bytesOut = 0;
  forgottenTargets = 0;
  readonly words: Record<string, number> = {};
  readonly latency = new Histogram();
  readonly #kinds = new Map<string, KindCounters>();

  /** The counters of a kind. */
  kind(name: string): KindCounters {
    const known = this.#kinds.get(name) ?? new KindCounters();
    this.#kinds.set(name, known);
    return known;
  }

  /** Counts an answer by its word. */
  say(word: string): void {
    this.words[word] = (this.words[word] ?? 0) + 1;
  }

  /** What was counted so far, beside what others know. */
  snapshot(now: Pick<CheckAgentStats, "running" | "waiting" | "wire_targets">): CheckAgentStats {
    return {
      connections: this.connections,
      accepted: this.accepted,
      unanswered: this.unanswered,
      answers: { cached: this.cached, fresh: this.fresh },
      words: { ...this.words },
      invalid_requests: this.invalidRequests,
      refused_targets: this.refusedTargets,
      bytes_in: this.bytesIn,
      bytes_out: this.bytesOut,
      ...now,
      forgotten_targets: this.forgottenTargets,
      latency: this.latency.snapshot(),
      kinds: Object.fromEntries([...this.#kinds].map(([name, one]) => [name, one.snapshot()])),
    };
  }
}
