/**
 * Many commands, one after the other, each with its own outcome, in as few round trips as can be: commands that stand
 * together and fit a session share one, the others have a connection each.
 */
import type { Answer } from "./answer.ts";
import { endWith } from "./ending.ts";
import { ConnectionLost, InvalidCommand, NoSocket, NotASocket, SocketForbidden, SocketTimeout } from "./errors.ts";
import type { Session } from "./session.ts";

/** How the commands of a batch are carried out. */
export interface BatchMeans {
  /** The socket's name, for errors. */
  readonly address: string;
  /** Whether a command may share a session. */
  fits(command: string): boolean;
  /** Opens a session of the batch's own. */
  openSession(): Promise<Session>;
  /** Runs one command on a connection of its own. */
  ask(command: string, timeoutMs: number): Promise<Answer>;
}

/** What the whole batch is allowed. */
export interface BatchLimits {
  readonly timeoutMs: number;
  /** When that time began, on the clock of `performance.now()`. */
  readonly startedAt?: number;
  readonly signals: readonly AbortSignal[];
}

/**
 * Runs the commands in order. A refusal does not stop the next; what is no refusal does: the order could not be kept.
 *
 * @param commands single commands
 * @param means how they are carried out
 * @param limits the time for the whole batch, in milliseconds, and what ends it earlier
 * @returns an outcome a command
 * @throws {Error} what stopped the batch before anything was sent
 */
export async function runBatch(
  commands: readonly string[],
  means: BatchMeans,
  limits: BatchLimits,
): Promise<Answer[]> {
  const { timeoutMs, startedAt = performance.now() } = limits;
  const outcomes: Answer[] = [];
  for (let isGoingOn = true; isGoingOn && outcomes.length < commands.length;) {
    const heap = nextHeap(commands, outcomes.length, means);
    const only = heap.length === 1 ? heap[0] : undefined;
    const leftMs = Math.max(1, Math.ceil(timeoutMs - (performance.now() - startedAt)));
    try {
      if (only !== undefined) outcomes.push(await means.ask(only, leftMs));
      else isGoingOn = await runTogether(heap, means, { ...limits, startedAt }, outcomes);
    } catch (thrown) {
      if (outcomes.length === 0 && (only === undefined || isUnsent(thrown))) throw thrown;
      for (const _command of heap) outcomes.push({ ok: false, error: asError(thrown) });
      isGoingOn = false;
    }
  }
  for (const command of commands.slice(outcomes.length)) {
    const why = "it was not sent, as the connection was lost earlier in the batch";
    outcomes.push({ ok: false, error: new ConnectionLost(means.address, command, "", why) });
  }
  return outcomes;
}

/** The next commands that fit a session, or the next one alone. */
function nextHeap(commands: readonly string[], start: number, means: BatchMeans): readonly string[] {
  let end = start;
  while (end < commands.length && means.fits(commands[end] ?? "")) end++;
  return commands.slice(start, Math.max(end, start + 1));
}

/** Runs commands on one session; `false` when it was lost. */
async function runTogether(
  commands: readonly string[],
  means: BatchMeans,
  limits: BatchLimits,
  outcomes: Answer[],
): Promise<boolean> {
  const { timeoutMs, startedAt = performance.now() } = limits;
  using session = await means.openSession();
  using _end = endWith(limits, () => session[Symbol.dispose]());
  const results = await Promise.allSettled(commands.map((command) => session.run(command, { timeoutMs, startedAt })));
  for (const result of results) {
    outcomes.push(result.status === "fulfilled" ? result.value : { ok: false, error: asError(result.reason) });
  }
  return results.every((result) => result.status === "fulfilled");
}

/** Whether the error says that nothing was sent. */
function isUnsent(thrown: unknown): boolean {
  return [InvalidCommand, NoSocket, NotASocket, SocketForbidden].some((known) => thrown instanceof known) ||
    (thrown instanceof SocketTimeout && thrown.step === "connect");
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
