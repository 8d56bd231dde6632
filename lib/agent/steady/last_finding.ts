/**
 * What was found last, and what stands in for what is not found in time: the deadline's words, or an older finding where the
 * configuration has it so.
 */
import type { Finding } from "../check.ts";
import type { Reply } from "../reply.ts";
import type { Outcome } from "./run.ts";

/** What is said when nothing is found in time. */
export interface LatenessOptions {
  readonly onDeadline: Reply;
  readonly staleForMs: number;
}

/** What was found last. */
export class LastFinding {
  readonly #options: LatenessOptions;
  #finding: Finding | undefined;
  #foundAt = -Infinity;

  /** @param options what is said when nothing is found in time */
  constructor(options: LatenessOptions) {
    this.#options = options;
  }

  /** What was taken last. */
  get finding(): Finding | undefined {
    return this.#finding;
  }

  /** The finding that the end of a run comes to; it is the last one from now on. */
  take(outcome: Outcome, now: number): Finding {
    if (outcome.kind === "found") this.#foundAt = now;
    return this.#finding = this.#findingOf(outcome);
  }

  /** What is found at the deadline. */
  late(why: string): Finding {
    return { reply: this.#options.onDeadline, reason: why };
  }

  /** What was found before, where it is young enough to stand in for what is not found in time. */
  stale(why: string, now: number): Finding | undefined {
    const ageMs = now - this.#foundAt;
    if (this.#finding === undefined || ageMs > this.#options.staleForMs) return undefined;
    return { ...this.#finding, reason: `${why}: the answer is ${Math.round(ageMs)} ms old` };
  }

  #findingOf(outcome: Outcome): Finding {
    if (outcome.kind === "found") return outcome.finding;
    return outcome.kind === "failed" ? { reply: { health: "fail" }, reason: outcome.why } : this.late(outcome.why);
  }
}
