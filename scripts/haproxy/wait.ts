/**
 * Waits for a HAProxy that is starting or reloading, by asking it over and over.
 *
 * @module
 */

import type { GuardedProcess } from "./guarded.ts";

const TIMEOUT_MS = 15_000;
const POLL_MS = 10;

/** What a socket says that is not there yet, or is replaced just now. */
const UNREACHABLE = [
  Deno.errors.NotFound,
  Deno.errors.ConnectionRefused,
  Deno.errors.ConnectionReset,
  Deno.errors.BrokenPipe,
];

/**
 * Asks until the answer is yes; a socket that cannot be reached is a no.
 *
 * @returns nothing on a yes, else why there will be none
 */
export async function waitWhileAlive(
  process: GuardedProcess,
  isDone: () => Promise<boolean>,
): Promise<string | undefined> {
  let ended: Deno.CommandStatus | undefined;
  void process.exited.then((status) => ended = status);
  const deadline = Date.now() + TIMEOUT_MS;
  while (!await isDone().catch(isUnreachable)) {
    if (ended !== undefined) {
      // Its last words are complete only when its pipes are closed.
      await process.end();
      return `it ended with ${ended.signal ?? `status ${ended.code}`}`;
    }
    if (Date.now() > deadline) return `its socket does not answer within ${TIMEOUT_MS} ms`;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return undefined;
}

function isUnreachable(thrown: unknown): false {
  if (UNREACHABLE.some((kind) => thrown instanceof kind)) return false;
  throw thrown;
}
