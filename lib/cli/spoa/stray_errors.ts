/**
 * Errors that nobody catches: what a policy's code throws behind the back of its verdict, in a timer or in a promise that
 * nobody waits for. They would end the process or the worker; here they are told once per kind and counted.
 */
import { getLogger } from "@logtape/logtape";
import { reason } from "../../errors.ts";
import type { SpoaMetric } from "../../spop/mod.ts";

const LOG = getLogger(["happi", "spoa"]);

/** Kinds that are told apart; what an attacker can make up must not fill the log. */
const MOST_KINDS = 100;

/**
 * Takes this thread's uncaught errors and rejected promises, until it is disposed of.
 *
 * @param onError gets what was thrown
 */
export function catchStrayErrors(onError: (thrown: unknown) => void): Disposable {
  const listening = new AbortController();
  const { signal } = listening;
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    onError(event.error);
  }, { signal });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onError(event.reason);
  }, { signal });
  return { [Symbol.dispose]: () => listening.abort() };
}

/** An uncaught error as text: what it says, and where it came from. */
export function strayText(thrown: unknown): string {
  const [, place] = (thrown instanceof Error ? /\n +(at [^\n]*)/.exec(thrown.stack ?? "") : null) ?? [];
  return place === undefined ? reason(thrown) : `${reason(thrown)} ${place}`;
}

/** Counts uncaught errors of all threads, and tells the first of each kind. */
export class StrayErrors {
  readonly #kinds = new Set<string>();
  #count = 0;

  /**
   * Takes one.
   *
   * @param text of {@linkcode strayText}
   */
  add(text: string): void {
    this.#count++;
    // The same line of code is the same kind, whatever words its message is made with.
    const kind = / (at [^\n]*)$/.exec(text)?.[1] ?? text;
    if (this.#kinds.has(kind) || this.#kinds.size >= MOST_KINDS) return;
    this.#kinds.add(kind);
    LOG.error("A policy's code threw where nobody catches: {why} (said once; GET /metrics counts)", { why: text });
  }

  /** Their number, as a metric. */
  metric(): SpoaMetric {
    return {
      name: "happi_spoa_uncaught_errors_total",
      help: "Errors of policies' code that were thrown where nobody catches.",
      type: "counter",
      samples: [{ labels: {}, value: this.#count }],
    };
  }
}
