/**
 * Waiting for something, but not for longer than a given time.
 */

/**
 * Waits for a promise; what it stands for goes on when the time is up.
 *
 * @param promise what is waited for
 * @param ms how long, in milliseconds
 * @returns its value; `undefined` when the time was up first
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { within } from "./within.ts";
 *
 * assert.equal(await within(Promise.resolve(1), 1_000), 1);
 * assert.equal(await within(new Promise(() => {}), 1), undefined);
 * ```
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
