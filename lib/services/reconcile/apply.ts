/**
 * Carrying steps out: all first commands in one batch, then what follows those that worked, then what takes away, if what
 * came in its place is really there.
 */
import type { Client, Outcome } from "../../client/mod.ts";
import { isTooFew, refusalWords, type Share } from "./guard.ts";
import { sendLines } from "./send_lines.ts";
import { type Step, TAKES_AWAY, WAITS } from "./step.ts";

/** What came of a step. */
export interface StepResult {
  readonly step: Step;
  readonly ok: boolean;
  /** Why not, in HAProxy's words where it gave any; `null` when it is done. */
  readonly reason: string | null;
}

/** How steps are carried out. */
export interface ApplyOptions {
  /** What the plan expected; the guard looks again when something could not be added. */
  readonly shares: readonly Share[];
  /** Takes away whatever is left. */
  readonly force: boolean;
  /** Begins what has to wait for sessions, in the background. */
  readonly begin: (step: Step) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Carries steps out.
 *
 * @param client a worker's socket, of level admin
 * @param steps in their order
 * @param options the guard's expectations, and where to begin what waits
 * @returns a result a step, in the same order; one that waits is ok when it has begun
 * @throws {SocketError} when HAProxy is lost; what was sent may have been carried out
 */
export async function applySteps(
  client: Client,
  steps: readonly Step[],
  { shares, force, begin, signal }: ApplyOptions,
): Promise<StepResult[]> {
  const coming = steps.filter(({ kind }) => !TAKES_AWAY.has(kind));
  const going = steps.filter(({ kind }) => TAKES_AWAY.has(kind));
  const first = await sendAll(client, coming, ({ commands }) => commands, signal);
  const worked = first.filter(({ ok }) => ok).map(({ step }) => step);
  const second = new Map((await sendAll(client, worked, ({ then }) => then, signal)).map((one) => [one.step, one]));
  const results = new Map(first.map((one) => [one.step, second.get(one.step) ?? one]));
  const held = force ? new Map<string, string>() : heldBack([...results.values()], shares);
  const allowed = going.filter(({ backend }) => !held.has(backend));
  for (const one of going) {
    const reason = held.get(one.backend) ?? null;
    results.set(one, { step: one, ok: reason === null, reason });
  }
  const atOnce = allowed.filter(({ kind }) => !WAITS.has(kind));
  const now = await sendAll(client, atOnce, ({ commands }) => commands, signal);
  for (const one of now) results.set(one.step, one);
  for (const one of allowed) if (WAITS.has(one.kind)) begin(one);
  return steps.flatMap((one) => results.get(one) ?? []);
}

/** Backends that would have too few servers, as some could not be added, and why. */
function heldBack(results: readonly StepResult[], shares: readonly Share[]): Map<string, string> {
  return new Map(shares.flatMap((share): [string, string][] => {
    const failed = results.filter(({ ok, step }) => !ok && step.backend === share.backend && step.traffic > 0).length;
    const really = { ...share, after: share.after - failed };
    if (failed === 0 || !isTooFew(really)) return [];
    return [[share.backend, `${refusalWords(really)}; ${failed} could not be added`]];
  }));
}

/** Sends the commands of all steps together; a step is ok when all of its commands are. */
async function sendAll(
  client: Client,
  steps: readonly Step[],
  linesOf: (step: Step) => readonly string[],
  signal: AbortSignal,
): Promise<StepResult[]> {
  const outcomes = await sendLines(client, steps.flatMap(linesOf), signal);
  let next = 0;
  return steps.map((step) => {
    const its = outcomes.slice(next, next += linesOf(step).length);
    const failed = its.find((one): one is Extract<Outcome, { ok: false }> => !one.ok);
    return { step, ok: failed === undefined, reason: failed?.reason ?? null };
  });
}
