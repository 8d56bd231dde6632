/**
 * Up or down, without flapping: sides are changed only after so many findings in a row, and not too soon again. Pure.
 */

/** What it takes to change sides. */
export interface HysteresisOptions {
  /** Good findings in a row that bring it up. */
  readonly rise: number;
  /** Bad findings in a row that bring it down. */
  readonly fall: number;
  /** How long it stays on a side at least, in milliseconds. */
  readonly minDwellMs: number;
}

/** Whether it may go down now; else why not. */
export type MayGoDown = () => { readonly isAllowed: true } | { readonly isAllowed: false; readonly why: string };

/**
 * Takes findings, and says on which side it is. The first finding decides at once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Hysteresis } from "./hysteresis.ts";
 * const steady = new Hysteresis({ rise: 1, fall: 2, minDwellMs: 0 });
 * steady.take(true, 0);
 * assert.equal(steady.take(false, 1000), "1 of 2 bad findings");
 * assert.equal(steady.isUp, true);
 * assert.equal(steady.take(false, 2000), "");
 * assert.equal(steady.isUp, false);
 * ```
 */
export class Hysteresis {
  readonly #options: HysteresisOptions;
  readonly #mayGoDown: MayGoDown;
  #isUp: boolean | undefined;
  #since = 0;
  #against = 0;
  #changes = 0;

  /**
   * @param options what it takes to change sides
   * @param mayGoDown asked last of all, before it goes down
   */
  constructor(options: HysteresisOptions, mayGoDown: MayGoDown = () => ({ isAllowed: true })) {
    this.#options = options;
    this.#mayGoDown = mayGoDown;
  }

  /** Whether it is up; undefined before the first finding. */
  get isUp(): boolean | undefined {
    return this.#isUp;
  }

  /** How often it has changed sides. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Takes a finding.
   *
   * @param isGood whether it speaks for up
   * @param now the time in milliseconds, on any clock that is not set
   * @returns why it stays on the other side; empty when it is on the finding's
   */
  take(isGood: boolean, now: number): string {
    if (isGood === this.#isUp) {
      this.#against = 0;
      return "";
    }
    this.#against++;
    const held = this.#isUp === undefined ? "" : this.#heldBy(isGood, now);
    if (held !== "") return held;
    const asked = isGood ? undefined : this.#mayGoDown();
    const isRefused = asked?.isAllowed === false;
    if (isRefused && this.#isUp === true) return asked.why;
    if (this.#isUp !== undefined) this.#changes++;
    this.#isUp = isGood || isRefused;
    this.#since = now;
    this.#against = 0;
    return isRefused ? asked.why : "";
  }

  #heldBy(isGood: boolean, now: number): string {
    const { rise, fall, minDwellMs } = this.#options;
    const needed = isGood ? rise : fall;
    if (this.#against < needed) return `${this.#against} of ${needed} ${isGood ? "good" : "bad"} findings`;
    const stayed = now - this.#since;
    if (stayed >= minDwellMs) return "";
    return `${isGood ? "down" : "up"} for ${seconds(stayed)} of at least ${seconds(minDwellMs)}`;
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
