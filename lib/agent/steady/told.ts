/**
 * What HAProxy has been told about a target, and so what it holds true: it outlives the check's findings, a reload, and, as to
 * `drain` and `maint`, the process.
 */
import type { AdminMemory } from "../options.ts";
import type { Reply } from "../reply.ts";
import { type Debt, debtOf, NO_DEBT, rememberedDebt, type Words } from "./wording.ts";

/** How long what takes words back is said, in milliseconds: `ready` also undoes what an operator did on HAProxy's socket. */
export const MEND_MS = 30_000;

/** How long askers are counted together: HAProxy's `agent-inter` by default. */
const ROUND_MS = 2_000;

/** Who has not asked for so long will not ask soon, in milliseconds. */
const ASKING_MS = 60_000;

/** What HAProxy was told about a target. */
export class Told {
  /** Answers that were given. */
  answers = 0;
  /** When it was asked for last, on the clock that is not set. */
  askedAt = -Infinity;
  readonly #name: string;
  readonly #memory: AdminMemory | undefined;
  #debt: Debt = NO_DEBT;
  /** Until when words are taken back; undefined while they hold. */
  #mendUntil: number | undefined;
  #hasMended = false;
  #isDown = false;
  #roundStart = -Infinity;
  #thisRound = 0;
  #lastRound = 0;

  /**
   * @param name of the check
   * @param words of its configuration
   * @param memory of an agent that has since ended
   */
  constructor(name: string, words: Words, memory?: AdminMemory) {
    this.#name = name;
    this.#memory = memory;
    if (memory?.has(name)) this.#debt = rememberedDebt(words);
  }

  /** What is to be taken back by whoever is up now. */
  get debt(): Debt {
    return this.#debt;
  }

  /** Whether HAProxy keeps the server from traffic because of what it was told. */
  get isHeldBack(): boolean {
    return this.#isDown || this.#debt.admin || this.#debt.weight;
  }

  /** How many askers there seem to be: how often it was asked for in HAProxy's interval. */
  get askers(): number {
    return Math.max(1, this.#thisRound, this.#lastRound);
  }

  /** Whether somebody seems to go on asking. */
  isAskedFor(now: number): boolean {
    return now - this.askedAt < ASKING_MS;
  }

  /** Counts a request. */
  ask(now: number): void {
    this.askedAt = now;
    const passed = now - this.#roundStart;
    if (passed >= ROUND_MS) {
      this.#lastRound = passed < 2 * ROUND_MS ? this.#thisRound : 0;
      this.#thisRound = 0;
      this.#roundStart = now;
    }
    this.#thisRound++;
  }

  /** Begins to take words back, where there are any; gives until when, `Infinity` when there is no end to it. */
  mend(now: number): number {
    if (this.#debt === NO_DEBT) return Infinity;
    this.#mendUntil ??= now + MEND_MS;
    return this.#mendUntil;
  }

  /** Whether what was taken back was said for long enough; then it is forgotten. */
  isMended(now: number): boolean {
    if (this.#mendUntil === undefined || !this.#hasMended || now < this.#mendUntil) return false;
    this.#owe(NO_DEBT);
    return true;
  }

  /**
   * Counts an answer.
   *
   * @param meant what the check and its configuration had to say
   * @param said what was said, maintenance by hand included
   * @param words of the configuration
   */
  tell(meant: Reply, said: Reply, words: Words): void {
    this.answers++;
    this.#isDown = said.health === undefined ? this.#isDown : said.health !== "up";
    const { admin, weight } = debtOf(meant, words);
    if (admin || weight) {
      this.#owe({ admin: admin || this.#debt.admin, weight: weight || this.#debt.weight });
    } else if (this.#mendUntil !== undefined && (!this.#debt.admin || said.admin === "ready")) {
      this.#hasMended = true;
    }
  }

  #owe(debt: Debt): void {
    this.#mendUntil = undefined;
    this.#hasMended = false;
    if (debt.admin === this.#debt.admin && debt.weight === this.#debt.weight) return;
    this.#debt = debt.admin || debt.weight ? debt : NO_DEBT;
    this.#memory?.set(this.#name, this.#debt !== NO_DEBT);
  }
}
