/**
 * One run of a check: it ends at its deadline, whatever the check does.
 */
import { reason } from "../../errors.ts";
import type { Check, Finding } from "../check.ts";
import { formatReply } from "../reply.ts";
import type { Turns } from "./turns.ts";

/** How a run ended. */
export type Outcome =
  | { readonly kind: "found"; readonly finding: Finding }
  /** The check could not find out: what it threw, for its sort, and its words. */
  | { readonly kind: "failed"; readonly thrown: unknown; readonly why: string }
  | { readonly kind: "deadline"; readonly why: string };

/** How a check is run. */
export interface RunOptions {
  readonly deadlineMs: number;
  /** Whose turn it is; none for a run that another one waits for and that so has its turn already. */
  readonly turns: Turns | undefined;
  /** Ends it before. */
  readonly signal: AbortSignal;
  /** Told when the check itself has settled: after the deadline, when it does not heed its signal. */
  readonly onSettled: () => void;
}

/**
 * Runs a check once. Never rejects.
 *
 * @param check is given a signal that is aborted at the deadline
 * @param options how
 */
export async function runOnce(check: Check, options: RunOptions): Promise<Outcome> {
  const { deadlineMs, turns, onSettled } = options;
  const ending = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
  const stop = (why: string) => {
    end({ kind: "deadline", why });
    ending.abort(new DOMException(why, "TimeoutError"));
  };
  const onAbort = () => stop("it was ended");
  const due = performance.now() + deadlineMs;
  const expire = () => stop(`no answer within ${deadlineMs} ms`);
  let timer = setTimeout(() => {
    // The process itself has stood still: what the check waits for may be there, waiting to be read.
    if (performance.now() - due > LATE_MS) timer = setTimeout(expire, GRACE_MS);
    else expire();
  }, deadlineMs);
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (turns !== undefined && !await turns.take(ending.signal)) {
      onSettled();
      return { kind: "deadline", why: `had to wait ${deadlineMs} ms for its turn: ${turns.taken} checks run already` };
    }
    try {
      return await Promise.race([settle(check, ending.signal).finally(onSettled), ended]);
    } finally {
      turns?.giveBack();
    }
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", onAbort);
    // What the check has left open ends with its run.
    ending.abort(RUN_IS_OVER);
  }
}

/** A deadline that is noticed so much too late is put off for a moment, in milliseconds. */
const LATE_MS = 200;
const GRACE_MS = 100;

async function settle(check: Check, signal: AbortSignal): Promise<Outcome> {
  try {
    const finding = await check.run(signal);
    // A reply that cannot be said is a fault of the check.
    formatReply({ health: "up", ...finding.reply });
    return { kind: "found", finding };
  } catch (thrown) {
    return { kind: "failed", thrown, why: reason(thrown) };
  }
}

/** Made once: an exception for each run, with its stack, costs more than all else of `runOnce`. */
const RUN_IS_OVER = new DOMException("the run is over", "AbortError");
