/**
 * Makes a check of a kind and runs it once.
 */
import type { CheckContext, CheckKind, CheckOptions, Facts } from "../../../../lib/agent/check.ts";
import { checkContext, forever, httpPeer } from "../../target/peers.ts";

/** A finding with its facts at hand. */
export interface Found {
  readonly health: string | undefined;
  readonly reason: string;
  readonly facts: Facts;
}

/** Runs a check of the kind. */
export async function runCheck(
  kind: CheckKind,
  options: CheckOptions,
  overrides: Partial<CheckContext> = {},
  signal: AbortSignal = forever(),
): Promise<Found> {
  const { reply, reason, facts = {} } = await kind.make(options, checkContext(overrides)).run(signal);
  return { health: reply.health, reason, facts };
}

/** Runs a check of the kind against an API with one answer: a document, or a response. */
export async function runAgainst(
  kind: CheckKind,
  answer: Response | Readonly<Record<string, unknown>>,
  options: CheckOptions = {},
  overrides: Partial<CheckContext> = {},
): Promise<Found> {
  await using api = httpPeer(() => answer instanceof Response ? answer : Response.json(answer));
  return await runCheck(kind, { url: api.url, ...options }, overrides);
}
