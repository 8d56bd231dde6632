/**
 * The life of a source: it looks, tells what it saw, waits, and looks again, until it is disposed of. After a failure it
 * waits longer and longer.
 */
import { reason } from "../../errors.ts";
import { type Pause, pause as realPause } from "../reconcile/pause.ts";
import type { Source } from "../source.ts";
import { Parts, WHOLE } from "./parts.ts";
import { Throttle, type ThrottleOptions } from "./throttle.ts";

/** What all sources have. */
export interface SourceOptions extends ThrottleOptions {
  /** After a failure it looks again in so many milliseconds, and in twice as many after the next. Default 1,000. */
  readonly retryMs?: number | undefined;
}

/** Looks once and tells it; gives after how many milliseconds to look again. Throws when nothing could be seen. */
export type Look = (signal: AbortSignal) => Promise<number>;

/** It never waits longer than this, in milliseconds, however often it has failed. */
const LONGEST_RETRY_MS = 30_000;

/**
 * Makes a source.
 *
 * @param face its name, its kind and its target
 * @param options its rhythm
 * @param live runs until the signal; what it throws is told as a trouble, and is the end of the source
 */
export function makeLife(
  face: Pick<Source, "name" | "kind" | "target">,
  options: SourceOptions,
  live: (parts: Parts, signal: AbortSignal) => Promise<void> | void,
): Source {
  const closing = new AbortController();
  let living: Promise<void> | undefined;
  return {
    ...face,
    start(listener) {
      if (living !== undefined || closing.signal.aborted) return;
      const parts = new Parts(new Throttle(listener, closing.signal, options));
      living = (async () => await live(parts, closing.signal))().catch((thrown) => parts.fail(WHOLE, reason(thrown)));
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await living;
    },
  };
}

/**
 * Looks again and again.
 *
 * @param look once
 * @param onFailure is told why nothing could be seen
 * @param options the rhythm
 * @param signal ends it
 */
export async function rounds(
  look: Look,
  onFailure: (why: string) => void,
  { retryMs = 1000, pause = realPause }: { readonly retryMs?: number | undefined; readonly pause?: Pause | undefined },
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    let waitMs: number;
    try {
      waitMs = await look(signal);
      failures = 0;
    } catch (thrown) {
      if (signal.aborted) return;
      onFailure(reason(thrown));
      // Many that have lost the same peer should not all come back at the same moment.
      waitMs = Math.min(retryMs * 2 ** failures++, LONGEST_RETRY_MS) * (0.75 + Math.random() / 4);
    }
    if (waitMs > 0) await pause(waitMs, signal);
  }
}
