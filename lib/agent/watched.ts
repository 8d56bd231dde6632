/**
 * A target that is asked about: what was found out about it last, for how long that is the answer, and what is said of it.
 *
 * Hot path: `isFresh` and `tell` answer a request from what is known, without a promise, a timer or a new object; the bytes
 * are made once for each finding.
 */
import type { Check, Finding } from "./check.ts";
import { DEFAULT_STEADY, type SteadyOptions } from "./options.ts";
import type { Group } from "./steady/group.ts";
import { History } from "./steady/history.ts";
import { Freshness } from "./steady/freshness.ts";
import { Judgement } from "./steady/judgement.ts";
import { LastFinding } from "./steady/last_finding.ts";
import { type Outcome, runOnce } from "./steady/run.ts";
import { Speech } from "./steady/speech.ts";
import { Tally } from "./steady/tally.ts";
import type { Told } from "./steady/told.ts";
import type { Surroundings } from "./surroundings.ts";
import type { CheckView, VerdictRecord } from "./verdict.ts";

/** What is watched, and how. */
export interface WatchedOptions {
  /** The check's name in the configuration, or the request that names the target. */
  readonly name: string;
  readonly check: Check;
  readonly origin: "wire" | "config";
  readonly steady: SteadyOptions;
  /** What HAProxy was told before. */
  readonly told: Told;
  /** Verdicts to keep. */
  readonly history: number;
}

/** The kind of what answers requests that name no check. */
export const MISTAKE = "invalid";

type Steady = SteadyOptions & Required<Pick<SteadyOptions, keyof typeof DEFAULT_STEADY>>;

/** A target that is asked about. */
export class Watched {
  readonly name: string;
  /** A request that names no check. */
  readonly isMistake: boolean;
  readonly told: Told;
  readonly #check: Check;
  readonly #origin: "wire" | "config";
  readonly #steady: Steady;
  readonly #around: Surroundings;
  readonly #judgement: Judgement;
  readonly #speech: Speech;
  readonly #history: History;
  readonly #end = new AbortController();
  readonly #freshness: Freshness;
  readonly #tally: Tally;
  readonly #last: LastFinding;
  #run: Promise<void> | undefined;
  #unsettled = 0;
  #toFree = 0;

  /**
   * @param options what is watched
   * @param around what it shares with others
   */
  constructor(options: WatchedOptions, around: Surroundings) {
    const { name, check, origin, told, history } = options;
    const steady: Steady = { ...DEFAULT_STEADY, ...options.steady };
    this.name = name;
    this.isMistake = check.kind === MISTAKE;
    this.told = told;
    this.#check = check;
    this.#origin = origin;
    this.#steady = steady;
    this.#around = around;
    this.#history = new History(history);
    this.#tally = new Tally(check.kind, around.counters);
    this.#last = new LastFinding(steady);
    this.#judgement = new Judgement(name, steady);
    this.#speech = new Speech({ name, target: check.target }, steady, told, around);
    this.#freshness = new Freshness(steady, () => void this.renew());
  }

  /** `http`; {@linkcode MISTAKE} where a request names no check. */
  get kind(): string {
    return this.#check.kind;
  }

  /** Who named it. */
  get origin(): "wire" | "config" {
    return this.#origin;
  }

  /** The newest verdict. */
  get last(): VerdictRecord | undefined {
    return this.#history.last;
  }

  /** The line that was made last, without its end. */
  get said(): string {
    return this.#speech.said;
  }

  /** Whether it is watched no more: what it says may be of nothing. */
  get isEnded(): boolean {
    return this.#end.signal.aborted;
  }

  /** Whether nobody waits for it, and nobody has asked for it after that. */
  isForgettable(since: number): boolean {
    return this.#run === undefined && this.told.askedAt <= since;
  }

  /** Belongs to this group from now on, or to none. */
  join(group: Group | undefined): void {
    this.#judgement.join(group);
  }

  /** Whether what is known is the answer; has it found out anew in the background when that is nearly too old. */
  isFresh(now: number): boolean {
    return this.#freshness.isFresh(now);
  }

  /** Finds out anew; all who come while it runs share the run. Never rejects. */
  renew(isNested = false): Promise<void> {
    this.#run ??= this.#runOnce(isNested).finally(() => this.#run = undefined);
    return this.#run;
  }

  /** The answer, from what is known. */
  tell(now: number): Uint8Array {
    return this.#speech.tell(now);
  }

  /**
   * What was found, for another check: as it is, without hysteresis.
   *
   * @param signal rejects
   * @param patienceMs after so long, what is found at the deadline is the answer
   */
  async find(signal: AbortSignal, patienceMs: number): Promise<Finding> {
    const now = this.#around.monotonic();
    this.told.askedAt = now;
    const last = this.#last;
    if (!this.isFresh(now) || last.finding === undefined) {
      const { promise: late, resolve, reject } = Promise.withResolvers<Finding>();
      const onAbort = () => reject(signal.reason);
      const why = `no answer within ${Math.round(patienceMs)} ms`;
      const timer = setTimeout(() => resolve(last.stale(why, this.#around.monotonic()) ?? last.late(why)), patienceMs);
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        signal.throwIfAborted();
        return await Promise.race([this.renew(true).then(() => last.finding ?? last.late("it has ended")), late]);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
    }
    return last.finding;
  }

  /** Readies itself for the agent's stop; gives whether HAProxy must hear something before. */
  mustSayFarewell(now: number): boolean {
    this.#freshness.stop();
    const { told } = this;
    const isStuck = this.#steady.onStop === "free" && told.isHeldBack && told.isAskedFor(now);
    this.#toFree = isStuck ? told.askers : 0;
    return isStuck;
  }

  /** The answer while the agent stops; nothing when what was said before is to hold and is not known. */
  farewell(now: number): Uint8Array | undefined {
    if (this.#steady.onStop === "hold") return this.#speech.said === "" ? undefined : this.#speech.tell(now);
    if (this.#toFree > 0) this.#toFree--;
    return this.#speech.farewell();
  }

  /** Whether all who ask have heard what they must. */
  get isFreed(): boolean {
    return this.#toFree === 0;
  }

  /** Watches no more: a run ends, and whoever waits for it is answered. */
  async close(): Promise<void> {
    this.#freshness.stop();
    this.#end.abort();
    this.#judgement.leave();
    await this.#run;
    try {
      await this.#check.close?.();
    } catch (cause) {
      this.#around.onFault({ kind: "close_failed", cause });
    }
  }

  /** How it stands. */
  view(): CheckView {
    const { told } = this;
    const judgement = this.#judgement;
    const monotonic = this.#around.monotonic();
    return {
      name: this.name,
      kind: this.#check.kind,
      target: this.#check.target,
      origin: this.#origin,
      group: judgement.group?.name ?? null,
      is_up: judgement.isUp ?? null,
      since: judgement.since,
      said: this.#speech.said,
      last: this.#history.last ?? null,
      held: judgement.held,
      is_running: this.#run !== undefined,
      asked_at: told.askedAt === -Infinity ? null : Math.round(this.#around.now() - (monotonic - told.askedAt)),
      answers: told.answers,
      ...this.#tally.counted(),
      changes: judgement.changes,
      history: this.#history.all(),
    };
  }

  async #runOnce(isNested: boolean): Promise<void> {
    const { monotonic, turns } = this.#around;
    const { deadlineMs } = this.#steady;
    const start = monotonic();
    let outcome: Outcome = { kind: "deadline", why: `${this.#unsettled} earlier runs have not ended` };
    if (this.#unsettled < MOST_UNSETTLED) {
      this.#unsettled++;
      const signal = this.#end.signal;
      const onSettled = () => this.#unsettled--;
      outcome = await runOnce(this.#check, {
        deadlineMs,
        turns: isNested ? undefined : turns[this.#origin],
        signal,
        onSettled,
      });
    }
    if (this.#end.signal.aborted) return;
    const now = monotonic();
    this.#tally.run(outcome, now - start);
    this.#digest(outcome, now, now - start);
    this.#freshness.found(now, this.told.askedAt);
  }

  /** Makes the next answer of what was found out, and tells of it. */
  #digest(outcome: Outcome, now: number, ms: number): void {
    const stale = outcome.kind === "deadline" ? this.#last.stale(outcome.why, now) : undefined;
    const finding = stale ?? this.#take(this.#last.take(outcome, now), now);
    const { held } = this.#judgement;
    const before = this.#history.last?.said;
    const { said, shown } = this.#speech;
    const verdict: VerdictRecord = {
      check: this.name,
      kind: this.#check.kind,
      target: this.#check.target,
      origin: this.#origin,
      reply: shown,
      said,
      reason: held === "" || stale !== undefined ? finding.reason : [held, finding.reason].filter(Boolean).join(": "),
      facts: finding.facts ?? {},
      ms: Math.round(ms * 1000) / 1000,
      at: this.#around.now(),
      from_cache: false,
      changed: said !== before,
    };
    this.#tally.verdict(shown);
    this.#history.push(verdict);
    this.#around.onVerdict(verdict);
  }

  #take(finding: Finding, now: number): Finding {
    const judgement = this.#judgement;
    judgement.take(finding, now, this.#around.now());
    this.#speech.mean(judgement.isUp ?? true, judgement.basis, judgement.note, now);
    return finding;
  }
}

/** Runs that have not heeded their deadline's signal; with more, a check is not run. */
const MOST_UNSETTLED = 4;
