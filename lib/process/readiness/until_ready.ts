/**
 * Whether a process that was started is ready: found out by trying until it is, it has ended, or its time is over.
 */
import { reason } from "../../errors.ts";
import type { Definition, Readiness } from "../definition.ts";
import type { RunningProcess } from "../manager_face.ts";
import { agentAttempt } from "./agent_answer.ts";
import { acceptsAttempt } from "./connect.ts";
import { httpAttempt } from "./http_answer.ts";
import { untilLine } from "./log_line.ts";
import { pause } from "../pause.ts";

/** One try: why it is not ready, or `undefined` when it is; ends at the latest when the signal is aborted. */
export type Attempt = (signal: AbortSignal) => Promise<string | undefined>;

/** Limits of trying. */
export interface ReadyOptions {
  /** How long one try may take, in milliseconds; 5 s if not given. */
  readonly attemptMs?: number;
  /** Ends the trying. */
  readonly signal?: AbortSignal;
}

/** What is tried again and again, by what it is called; each throws when its target is no such thing. */
const ATTEMPTS: Readonly<Record<"tcp" | "http" | "unix" | "agent", (target: string) => Attempt>> = {
  tcp: (target) => acceptsAttempt(target, "tcp"),
  unix: (target) => acceptsAttempt(target, "unix"),
  http: httpAttempt,
  agent: agentAttempt,
};

const WAYS = Object.keys(ATTEMPTS) as readonly (keyof typeof ATTEMPTS)[];

const UNTRIED = "nothing was tried";

/** Nobody tries faster than this, in seconds. */
const LEAST_EVERY = 0.01;

/**
 * Waits until a process is ready.
 *
 * A definition that does not say when that is, is ready at once. What is tried belongs to the definition and not to one
 * process: where several run, the first that listens makes all of them ready.
 *
 * @param child the process
 * @param definition its definition
 * @param options limits
 * @returns why it is not ready, for people; `undefined` when it is
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Child } from "../child.ts";
 * import { untilReady } from "./until_ready.ts";
 * const definition = { name: "web", cmd: "echo listening", redirect_output: ["out"], ready: { log: "^listening$" } };
 * const child = await Child.start(definition, { pid: 1, environment: { PATH: "/usr/bin:/bin" }, mark: {} });
 * assert.match(await untilReady(child, { ...definition, ready: { log: "^serving$" } }) ?? "", /it has ended/);
 * ```
 */
export async function untilReady(
  child: RunningProcess,
  { ready }: Definition,
  options: ReadyOptions = {},
): Promise<string | undefined> {
  if (ready === undefined) return undefined;
  const { attemptMs = 5_000, signal } = options;
  const { every = 0.5, timeout = 60 } = ready;
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), timeout * 1000);
  const onAbort = () => end.abort();
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) end.abort();
  void child.ended.then(onAbort);
  let last: string | undefined = UNTRIED;
  try {
    if (ready.log === undefined) {
      const attempt = makeAttempt(ready);
      while (last !== undefined && !end.signal.aborted && child.exit === undefined) {
        const problem = await once(attempt, attemptMs, end.signal);
        // A try that was cut short says less than the one before it.
        if (problem === undefined || !end.signal.aborted || last === UNTRIED) last = problem;
        if (last !== undefined) await pause(Math.max(every, LEAST_EVERY) * 1000, end.signal);
      }
    } else last = await untilLine(child, ready.log, end.signal);
  } catch (thrown) {
    return reason(thrown);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
  // Somebody else may listen where it was to.
  if (child.exit !== undefined) return "it has ended";
  if (last === undefined) return undefined;
  return signal?.aborted ? "it is not waited for any more" : `not within ${timeout} s: ${last}`;
}

/**
 * What is wrong with a readiness, as far as it can be seen without trying.
 *
 * @returns for people, after a colon; `undefined` when nothing is
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readinessProblem } from "./until_ready.ts";
 * assert.equal(readinessProblem({ tcp: "127.0.0.1:8080" }), undefined);
 * assert.match(readinessProblem({ http: "127.0.0.1:8080" }) ?? "", /is no URL/);
 * ```
 */
export function readinessProblem(ready: Readiness): string | undefined {
  try {
    if (ready.log !== undefined) void new RegExp(ready.log);
    else makeAttempt(ready);
    return undefined;
  } catch (thrown) {
    return reason(thrown);
  }
}

function makeAttempt(ready: Readiness): Attempt {
  for (const way of WAYS) {
    const target = ready[way];
    if (target !== undefined) return ATTEMPTS[way](target);
  }
  return () => Promise.resolve(undefined);
}

/** One try with its own limit of time. */
async function once(attempt: Attempt, attemptMs: number, signal: AbortSignal): Promise<string | undefined> {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(), attemptMs);
  const onAbort = () => own.abort();
  signal.addEventListener("abort", onAbort);
  try {
    return await attempt(own.signal);
  } catch (thrown) {
    return own.signal.aborted && !signal.aborted ? `no answer within ${attemptMs} ms` : reason(thrown);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
