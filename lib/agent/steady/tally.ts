/**
 * What is counted of one target: how its runs ended, and what was found, by HAProxy's words for it.
 */
import type { AgentCounters } from "../counters.ts";
import { TargetRefused } from "../errors.ts";
import { mainWord, type Reply } from "../reply.ts";
import type { Outcome } from "./run.ts";

/** What was counted. */
export interface Counted {
  readonly runs: number;
  readonly errors: number;
  readonly deadlines: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Counts a target's runs and verdicts, and its runs for its kind as well. */
export class Tally {
  readonly #kind: string;
  readonly #counters: AgentCounters;
  #runs = 0;
  #errors = 0;
  #deadlines = 0;
  readonly #verdicts = new Map<string, number>();

  /**
   * @param kind of its check
   * @param counters of the agent
   */
  constructor(kind: string, counters: AgentCounters) {
    this.#kind = kind;
    this.#counters = counters;
  }

  /** Counts a run that took so long. */
  run(outcome: Outcome, ms: number): void {
    const kind = this.#counters.kind(this.#kind);
    this.#runs++;
    kind.runs++;
    kind.latency.add(ms);
    if (outcome.kind === "found") return;
    if (outcome.kind === "deadline") {
      this.#deadlines++;
      kind.deadlines++;
      return;
    }
    this.#errors++;
    kind.errors++;
    if (outcome.thrown instanceof TargetRefused) this.#counters.refusedTargets++;
  }

  /** Counts a verdict. */
  verdict(reply: Reply): void {
    const word = mainWord(reply);
    this.#verdicts.set(word, (this.#verdicts.get(word) ?? 0) + 1);
  }

  /** What was counted so far. */
  counted(): Counted {
    return {
      runs: this.#runs,
      errors: this.#errors,
      deadlines: this.#deadlines,
      verdicts: Object.fromEntries(this.#verdicts),
    };
  }
}
