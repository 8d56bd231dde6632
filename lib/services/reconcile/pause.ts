/**
 * Waiting that ends early.
 */

/** Waits so many milliseconds, or until the signal; never throws. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Waits by the system's clock. */
export const pause: Pause = (ms, signal) => {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onAbort = () => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  });
};
