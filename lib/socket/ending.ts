/**
 * What ends a wait before its time: a limit, or a signal. Everything of this folder that waits is bounded by these two.
 */

/** How long to wait, and who may end it earlier. */
export interface Ending {
  /** How long, in milliseconds, and the error for when that time is up; for ever where it is left out. */
  readonly timeout?: { readonly ms: number; readonly error: () => Error };
  /** Each ends the wait with its own reason. */
  readonly signals?: readonly AbortSignal[];
}

/**
 * Calls `end` with the reason when the time is up or a signal says so, until the result is disposed of.
 *
 * @param ending the limit and the signals; one that is aborted already ends the wait at once
 * @param end called once at most for the timeout, and once for a signal
 */
export function endWith(ending: Ending, end: (reason: unknown) => void): Disposable {
  const { timeout, signals = [] } = ending;
  const isTimed = timeout !== undefined && timeout.ms <= LONGEST_TIMER_MS;
  const timer = isTimed ? setTimeout(() => end(timeout.error()), timeout.ms) : undefined;
  const listeners = signals.map((signal) => ({ signal, abort: () => end(signal.reason) }));
  for (const { signal, abort } of listeners) {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const { signal, abort } of listeners) signal.removeEventListener("abort", abort);
    },
  };
}

/**
 * The promise's outcome, or the ending's reason when that comes first; the promise itself goes on.
 *
 * @param promise what is waited for
 * @param ending what may come first
 */
export async function orEnded<T>(promise: Promise<T>, ending: Ending): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  using _limit = endWith(ending, reject);
  return await Promise.race([promise, ended]);
}

/** A longer timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
