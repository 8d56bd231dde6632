/**
 * The guard: no plan takes a backend below its minimum share of servers unless somebody insists. Pure.
 *
 * What is counted are servers that take traffic: one that is down, in maintenance or draining can go. Of a backend that would
 * lose too much everything that takes traffic away is held back, entries of maps that lead to it too; what adds and changes
 * goes on.
 */
import type { Actual } from "./actual.ts";
import type { Desired } from "./desired.ts";
import { type Step, TAKES_AWAY } from "./step.ts";

/** How many servers take traffic in a backend. */
export interface Share {
  readonly backend: string;
  readonly before: number;
  /** After all steps. */
  readonly after: number;
  readonly min_share: number;
}

/** What is held back in a backend. */
export interface Refusal extends Share {
  readonly why: string;
  readonly steps: readonly Step[];
}

/** Whether too few would be left. */
export function isTooFew({ before, after, min_share }: Pick<Share, "before" | "after" | "min_share">): boolean {
  return after < before && after < before * min_share;
}

/** Why the steps of a backend are held back. */
export function refusalWords({ backend, before, after, min_share }: Share): string {
  return `Cannot take backend "${backend}" from ${before} servers in traffic to ${after}: a plan has to leave ` +
    `${Math.ceil(before * min_share)} of them, unless it is forced`;
}

/** Divides steps into those that may be done and those that are held back. */
export function guard(
  steps: readonly Step[],
  actual: Actual,
  desired: Desired,
): { allowed: Step[]; refused: Refusal[]; shares: Share[] } {
  const shares: Share[] = [];
  const refused: Refusal[] = [];
  for (const [backend, its] of Map.groupBy(steps, (step) => step.backend)) {
    const servers = [...actual.backends.get(backend)?.servers.values() ?? []];
    const before = servers.filter(({ takes_traffic }) => takes_traffic).length;
    const after = its.reduce((sum, { traffic }) => sum + traffic, before);
    const share = { backend, before, after, min_share: desired.backends.get(backend)?.min_share ?? 0.5 };
    shares.push(share);
    if (isTooFew(share)) {
      const inTraffic = new Set(servers.filter(({ takes_traffic }) => takes_traffic).map(({ server }) => server));
      const isLoss = (step: Step) => step.server === null || inTraffic.has(step.server);
      const losses = its.filter((step) => TAKES_AWAY.has(step.kind) && isLoss(step));
      refused.push({ ...share, why: refusalWords(share), steps: losses });
    }
  }
  const isRefused = new Set(refused.flatMap((one) => one.steps));
  return { allowed: steps.filter((step) => !isRefused.has(step)), refused, shares };
}
