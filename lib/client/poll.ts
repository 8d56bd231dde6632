/**
 * Asking HAProxy again and again until it says what is waited for, or the time is up.
 */
import type { Caller } from "./method.ts";

/** How the waiting ended. */
export interface Waited<T> {
  /** The last answer. */
  readonly last: T;
  /** Whether it is what was waited for. */
  readonly isReached: boolean;
  /** Milliseconds since the first question. */
  readonly waitedMs: number;
}

/**
 * Asks at once, then after 50 ms, and then in longer and longer steps up to a second; the last time when the time is up.
 *
 * @param caller waits and tells the time
 * @param timeoutMs how long; 0 asks once
 * @param ask the question
 * @param isReached whether the answer is what is waited for
 * @returns the last answer, and whether it was the awaited one
 */
export async function pollUntil<T>(
  caller: Pick<Caller, "sleep" | "now">,
  timeoutMs: number,
  ask: () => Promise<T>,
  isReached: (answer: T) => boolean,
): Promise<Waited<T>> {
  const startedAt = caller.now();
  for (let pauseMs = 50;; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    const last = await ask();
    const waitedMs = Math.round(caller.now() - startedAt);
    if (isReached(last) || waitedMs >= timeoutMs) return { last, isReached: isReached(last), waitedMs };
    await caller.sleep(Math.min(pauseMs, timeoutMs - waitedMs));
  }
}
