/**
 * One question to an authentication service, and what counts of its answer.
 */
import type { Outside } from "../sources/outside.ts";

/** What the service said. */
export interface AuthAnswer {
  readonly status: number;
  /** Where it redirects to. */
  readonly location: string | undefined;
  /** The values of the headers that were to be kept, in their order. */
  readonly kept: readonly (string | undefined)[];
  /** Whether it may be remembered at all (`Cache-Control`). */
  readonly mayBeKept: boolean;
  /** How long it may be remembered, in milliseconds; `Infinity` where it does not say. */
  readonly freshMs: number;
}

/** How a question is asked. */
export interface AskOptions {
  readonly outside: Outside;
  readonly timeoutMs: number;
  /** Ends the question. */
  readonly signal: AbortSignal;
  /** The headers of the answer to keep. */
  readonly keep: readonly string[];
}

/**
 * Asks.
 *
 * @param url the service
 * @param method how it is asked
 * @param headers what it is told
 * @param options deadline and what to keep
 * @returns its answer, or why there is none
 */
export async function askService(
  url: string,
  method: string,
  headers: Headers,
  { outside, timeoutMs, signal, keep }: AskOptions,
): Promise<AuthAnswer | "timeout" | "unreachable"> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    const response = await outside.fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal: AbortSignal.any([deadline.signal, signal]),
    });
    // Its body is of no use; letting go of it frees the connection.
    await response.body?.cancel();
    const control = response.headers.get("cache-control") ?? "";
    const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(control)?.[1];
    return {
      status: response.status,
      location: response.headers.get("location") ?? undefined,
      kept: keep.map((name) => response.headers.get(name) ?? undefined),
      mayBeKept: !/\bno-(store|cache)\b/i.test(control),
      freshMs: seconds === undefined ? Infinity : Number(seconds) * 1000,
    };
  } catch {
    return deadline.signal.aborted ? "timeout" : "unreachable";
  } finally {
    clearTimeout(timer);
  }
}
