/**
 * SIGHUP from the first moment on: it ends a process that does not listen for it, and what happi loads and reads before it
 * can act on one takes its time.
 */
import type { Environment } from "../environment.ts";

/** The SIGHUPs of a process: one that comes too early is kept. */
export class Hangups implements Disposable {
  readonly #forget: () => void;
  #isWaiting = false;
  #act: (() => void) | undefined;

  /** @param environment where they come from */
  constructor(environment: Pick<Environment, "onHangup">) {
    this.#forget = environment.onHangup(() => {
      if (this.#act === undefined) this.#isWaiting = true;
      else this.#act();
    });
  }

  /** Acts on each from now on, and at once when some have come before. */
  actOn(act: () => void): void {
    this.#act = act;
    if (this.#isWaiting) act();
    this.#isWaiting = false;
  }

  /** Listens no more. */
  [Symbol.dispose](): void {
    this.#forget();
  }
}
