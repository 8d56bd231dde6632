/**
 * On which side a target is, by all that was found: the finding to speak from, and why it is not the newest where it is not.
 */
import type { Finding } from "../check.ts";
import { isUpSide } from "../reply.ts";
import type { Group } from "./group.ts";
import { Hysteresis, type HysteresisOptions } from "./hysteresis.ts";

/** On which side a target is. */
export class Judgement {
  readonly #name: string;
  readonly #hysteresis: Hysteresis;
  #group: Group | undefined;
  #good: Finding | undefined;
  #bad: Finding | undefined;
  #held = "";
  #since: number | null = null;

  /**
   * @param name of the target, for its group
   * @param options what it takes to change sides
   */
  constructor(name: string, options: HysteresisOptions) {
    this.#name = name;
    this.#hysteresis = new Hysteresis(options, () => this.#group?.goDown(name) ?? { isAllowed: true });
  }

  /** Whether it is up; undefined before the first finding. */
  get isUp(): boolean | undefined {
    return this.#hysteresis.isUp;
  }

  /** How often it has changed sides. */
  get changes(): number {
    return this.#hysteresis.changes;
  }

  /** Why it is not on the newest finding's side; empty when it is. */
  get held(): string {
    return this.#held;
  }

  /** Since when it is on its side, in milliseconds since 1970. */
  get since(): number | null {
    return this.#since;
  }

  /** The group that it belongs to. */
  get group(): Group | undefined {
    return this.#group;
  }

  /** The newest finding of its own side, where there is one. */
  get basis(): Finding | undefined {
    return this.isUp === false ? this.#bad : this.#good;
  }

  /** What is shown of it while it is held up; empty when it is not. */
  get note(): string {
    return this.isUp === true && this.#held !== "" ? `held up: ${this.#held}` : "";
  }

  /** Belongs to this group from now on, or to none. */
  join(group: Group | undefined): void {
    this.#group = group;
    if (this.isUp === false) group?.keepDown(this.#name);
  }

  /** Belongs to no group any more. */
  leave(): void {
    this.#group?.comeUp(this.#name);
    this.#group = undefined;
  }

  /**
   * Takes a finding: it may change the side, or be held back.
   *
   * @param finding the newest
   * @param monotonic when it was found, by the clock that is not set
   * @param now the same in milliseconds since 1970
   */
  take(finding: Finding, monotonic: number, now: number): void {
    const isGood = isUpSide(finding.reply);
    const wasUp = this.isUp;
    if (isGood) this.#good = finding;
    else this.#bad = finding;
    this.#held = this.#hysteresis.take(isGood, monotonic);
    if (this.isUp) this.#group?.comeUp(this.#name);
    if (this.isUp !== wasUp) this.#since = now;
  }
}
