/**
 * Tells pictures and troubles no oftener than is good for who listens: a picture at most once in a while, and then the
 * newest only; a trouble once.
 */
import { isDeepStrictEqual } from "node:util";
import { type Pause, pause as realPause } from "../reconcile/pause.ts";
import type { Picture } from "../service.ts";
import type { SourceListener } from "../source.ts";

/** How often pictures are told. */
export interface ThrottleOptions {
  /** From a picture to the next, in milliseconds. Default 500. */
  readonly throttleMs?: number | undefined;
  /** Waits. */
  readonly pause?: Pause | undefined;
}

/**
 * A listener before another one. A picture or a trouble that has been told already is not told again.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Throttle } from "./throttle.ts";
 * const end = new AbortController();
 * let told = 0;
 * const throttle = new Throttle({ onPicture: () => told++, onTrouble: () => {} }, end.signal);
 * throttle.onPicture(new Map());
 * throttle.onPicture(new Map([["web", []]]));
 * assert.equal(told, 1);
 * end.abort();
 * ```
 */
export class Throttle implements SourceListener {
  readonly #listener: SourceListener;
  readonly #signal: AbortSignal;
  readonly #throttleMs: number;
  readonly #pause: Pause;
  #newest: Picture | undefined;
  #told: Picture | undefined;
  #trouble: string | undefined;
  #isQuiet = false;

  /**
   * @param listener who is told
   * @param signal ends it: nothing is told from then on
   * @param options how often
   */
  constructor(listener: SourceListener, signal: AbortSignal, options: ThrottleOptions = {}) {
    this.#listener = listener;
    this.#signal = signal;
    this.#throttleMs = options.throttleMs ?? 500;
    this.#pause = options.pause ?? realPause;
  }

  onPicture(picture: Picture): void {
    this.#newest = picture;
    if (!this.#isQuiet) this.#tell();
  }

  onTrouble(why: string | undefined): void {
    if (this.#signal.aborted || why === this.#trouble) return;
    this.#trouble = why;
    this.#listener.onTrouble(why);
  }

  #tell(): void {
    const picture = this.#newest;
    this.#newest = undefined;
    if (picture === undefined || this.#signal.aborted || isDeepStrictEqual(picture, this.#told)) return;
    this.#told = picture;
    this.#isQuiet = true;
    void this.#pause(this.#throttleMs, this.#signal).then(() => {
      this.#isQuiet = false;
      this.#tell();
    });
    this.#listener.onPicture(picture);
  }
}
