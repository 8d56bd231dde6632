/**
 * Making again what was made at run time: compared with HAProxy, done in few round trips, and looked at afterwards.
 */
import { type Client, SocketError } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { sendLines } from "../reconcile/send_lines.ts";
import { type RunTimeDocument, subjectOf } from "./document.ts";
import { planAll, type Planned, putApart } from "./plan.ts";

/** Something, and why. */
export interface Remark {
  /** What it is about: `server web/s1`. */
  readonly subject: string;
  readonly why: string;
}

/** What came of a restoration. */
export interface Restored {
  /** What was made again. */
  readonly made: readonly Remark[];
  /** How many things were as they should be. */
  readonly same: number;
  /** What HAProxy does not have: its backend is gone from the configuration. */
  readonly missing: readonly Remark[];
  /** What HAProxy has newer than it is remembered. */
  readonly superseded: readonly Remark[];
  /** What HAProxy refused, in its words. */
  readonly failed: readonly Remark[];
  /** What HAProxy accepted, and shows otherwise. */
  readonly differences: readonly Remark[];
  /** Commands that went together. */
  readonly commands: number;
  readonly ms: number;
}

/**
 * Makes everything again that is not as it is remembered.
 *
 * @param client a worker's client, of level admin
 * @param documents what is remembered
 * @param signal ends it
 * @throws {SocketError} when HAProxy is lost on the way; the same call may be made again
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Client } from "../../client/mod.ts";
 * import { restore } from "./restore.ts";
 * await using haproxy = new Client("/run/nobody-listens-here.sock");
 * assert.equal((await restore(haproxy, [])).same, 0); // nothing to ask
 * ```
 */
export async function restore(
  client: Client,
  documents: readonly RunTimeDocument[],
  signal: AbortSignal = NEVER,
): Promise<Restored> {
  const startedAt = performance.now();
  const own = client.with({ signal });
  const planned = await planAll(own, documents, signal);
  const failed = new Map<RunTimeDocument, string>();
  const together = planned.filter(({ plan }) => plan.lines.length > 0);
  const lines = together.flatMap(({ plan }) => plan.lines);
  const outcomes = await sendLines(own, lines, signal);
  let next = 0;
  for (const { document, plan } of together) {
    const refused = outcomes.slice(next, next += plan.lines.length).find(({ ok }) => !ok);
    if (refused?.ok === false) failed.set(document, refused.reason);
  }
  for (const { document, plan } of planned) {
    if (plan.isApart) await putApart(own, document).catch((thrown: unknown) => failed.set(document, told(thrown)));
  }
  const done = planned.filter(({ document, plan }) => plan.why.length > 0 && !failed.has(document));
  const looked = await planAll(own, done.map(({ document }) => document), signal);
  return {
    made: done.map(remarkOf),
    same: planned.filter((one) => isSame(one) && !failed.has(one.document)).length,
    missing: planned.flatMap(({ document, plan }) => remark(document, plan.missing)),
    superseded: planned.flatMap(({ document, plan }) => remark(document, plan.superseded)),
    failed: [...failed].map(([document, why]) => ({ subject: subjectOf(document), why })),
    differences: looked.filter(({ plan }) => plan.why.length > 0).map(remarkOf),
    commands: lines.length,
    ms: Math.round(performance.now() - startedAt),
  };
}

/** Whether HAProxy has it as it is remembered. */
export function isSame({ plan }: Planned): boolean {
  return plan.why.length === 0 && plan.missing === undefined && plan.superseded === undefined;
}

/** What is not as it is remembered. */
export function remarkOf({ document, plan }: Planned): Remark {
  return { subject: subjectOf(document), why: plan.why.join("; ") };
}

const NEVER = new AbortController().signal;

function remark(document: RunTimeDocument, why: string | undefined): Remark[] {
  return why === undefined ? [] : [{ subject: subjectOf(document), why }];
}

/** A refusal is told; a lost HAProxy ends it all. */
function told(thrown: unknown): string {
  if (thrown instanceof SocketError) throw thrown;
  return reason(thrown);
}
