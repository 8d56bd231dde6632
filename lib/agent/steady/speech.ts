/**
 * What is said of a target: the words for what was found, what takes earlier words back, and maintenance by hand over it all,
 * kept as bytes until any of them changes.
 */
import type { Finding } from "../check.ts";
import { formatReply, mainWord, type Reply } from "../reply.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Told } from "./told.ts";
import { downWords, upWords, type Words } from "./wording.ts";

/** Whom it is about. */
export interface Subject {
  readonly name: string;
  readonly target: string;
}

/** What is said of a target. */
export class Speech {
  /** What HAProxy has been told. */
  readonly told: Told;
  readonly #subject: Subject;
  readonly #words: Words;
  readonly #around: Surroundings;
  #isUp = true;
  #finding: Finding | undefined;
  #note = "";
  #meant: Reply = { health: "up" };
  #meantUntil = -Infinity;
  #shown: Reply = this.#meant;
  #said = "";
  #word = "up";
  #bytes: Uint8Array = new Uint8Array();

  /**
   * @param subject whom it is about
   * @param words of the configuration
   * @param told what HAProxy was told before
   * @param around whose words, and the maintenance by hand
   */
  constructor(subject: Subject, words: Words, told: Told, around: Surroundings) {
    this.#subject = subject;
    this.#words = words;
    this.told = told;
    this.#around = around;
  }

  /** The line, without its end; empty when nothing was said yet. */
  get said(): string {
    return this.#said;
  }

  /** What the line says. */
  get shown(): Reply {
    return this.#shown;
  }

  /**
   * Takes what was found; says nothing yet.
   *
   * @param isUp on which side it is
   * @param finding one of that side, where there is one
   * @param note shown in the finding's stead while it is up, say that it is held there
   * @param now by the clock that is not set
   */
  mean(isUp: boolean, finding: Finding | undefined, note: string, now: number): void {
    this.#isUp = isUp;
    this.#finding = finding;
    this.#note = note;
    this.#compose(now);
    this.#show(this.#meant);
  }

  /** Says it; gives the line's bytes. */
  tell(now: number): Uint8Array {
    if (now >= this.#meantUntil) this.#compose(now);
    return this.#tell(this.#meant);
  }

  /** Says, before the agent stops, what leaves no server stuck: up, and whatever takes earlier words back. */
  farewell(): Uint8Array {
    const found = this.#isUp ? this.#finding : undefined;
    return this.#tell(upWords(found, this.#words, this.told.debt));
  }

  #tell(meant: Reply): Uint8Array {
    this.#show(meant);
    this.told.tell(meant, this.#shown, this.#words);
    this.#around.counters.say(this.#word);
    return this.#bytes;
  }

  #compose(now: number): void {
    const { told } = this;
    const finding = this.#finding;
    if (!this.#isUp && finding !== undefined) {
      this.#meantUntil = Infinity;
      this.#meant = downWords(finding, this.#words);
      return;
    }
    told.isMended(now);
    this.#meantUntil = told.mend(now);
    const meant = upWords(finding, this.#words, told.debt);
    this.#meant = this.#note === "" ? meant : { ...meant, text: this.#note };
  }

  /** Makes the bytes, unless they are there already. */
  #show(meant: Reply): void {
    const overlaid = this.#overlaid(meant);
    if (overlaid === this.#shown && this.#said !== "") return;
    try {
      this.#render(overlaid);
    } catch (cause) {
      this.#around.onFault({ kind: "overlay_failed", cause });
      this.#render(meant);
    }
  }

  #overlaid(meant: Reply): Reply {
    const { overlay } = this.#around;
    if (overlay === undefined) return meant;
    try {
      return overlay.apply(this.#subject.name, this.#subject.target, meant);
    } catch (cause) {
      this.#around.onFault({ kind: "overlay_failed", cause });
      return meant;
    }
  }

  #render(shown: Reply): void {
    const line = formatReply(shown, this.#around.words);
    this.#shown = shown;
    this.#word = mainWord(shown);
    // Most findings are as the one before: nothing new is then kept for as long as the target is.
    if (this.#bytes.length > 0 && line.length === this.#said.length + 1 && line.startsWith(this.#said)) return;
    this.#bytes = ENCODER.encode(line);
    this.#said = line.slice(0, -1);
  }
}

const ENCODER = new TextEncoder();
