/**
 * Stops waiting for what cannot itself be stopped.
 */

/**
 * Waits for a promise, but no longer than until a signal is aborted. What the promise does then is of no interest.
 *
 * @throws the promise's own error, or the signal's reason
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { withSignal } from "./with_signal.ts";
 * const { signal } = new AbortController();
 * assert.equal(await withSignal(Promise.resolve(1), signal), 1);
 * await assert.rejects(withSignal(new Promise(() => {}), AbortSignal.abort()));
 * ```
 */
export async function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // Who loses the race may still fail, and nobody listens then.
  promise.catch(() => {});
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
