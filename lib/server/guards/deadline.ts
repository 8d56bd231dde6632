/**
 * The time that a request has: at its end the caller gets 504, and what was asked of HAProxy for it is given up.
 */
import type { MiddlewareHandler } from "hono";
import type { ServerEnv } from "../env.ts";
import { DeadlineExceeded, ServerStopping } from "../errors.ts";

/** The end of one request's time. */
export interface Deadline {
  /** Aborted when the time is over, or the server stops for good. A caller who leaves does not stop a change halfway. */
  readonly signal: AbortSignal;
  /** Grants more time, in milliseconds beyond what a plain request has; for routes that wait by design. */
  extend(ms: number): void;
}

/** Limits of {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Time for an answer, in milliseconds. */
  readonly deadlineMs: number;
  /** Aborted when the server ends what is still running. */
  readonly cut: AbortSignal;
}

/**
 * Makes the guard.
 *
 * @param options the limits
 * @returns a middleware that sets `deadline` for the request
 */
export function deadline({ deadlineMs, cut }: DeadlineOptions): MiddlewareHandler<ServerEnv> {
  // One listener for all requests: a listener each on a signal that lives long would cost more than the request.
  const running = new Set<(why: Error) => void>();
  cut.addEventListener("abort", () => running.forEach((end) => end(new ServerStopping())), { once: true });
  return async (c, next) => {
    const ending = new AbortController();
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = (why: Error) => {
      ending.abort(why);
      reject(why);
    };
    let timeMs = deadlineMs;
    const expire = () => end(new DeadlineExceeded(timeMs));
    let timer = setTimeout(expire, timeMs);
    c.set("deadline", {
      signal: ending.signal,
      extend(ms) {
        clearTimeout(timer);
        timeMs = deadlineMs + ms;
        timer = setTimeout(expire, timeMs);
      },
    });
    running.add(end);
    if (cut.aborted) end(new ServerStopping());
    try {
      await Promise.race([next(), ended]);
    } finally {
      clearTimeout(timer);
      running.delete(end);
    }
  };
}
