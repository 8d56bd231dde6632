/**
 * Seeing whether what was done holds: HAProxy is read again, and what would still have to be done is named. Pure.
 */
import { makePlan, type Pictures } from "./plan.ts";
import { type Step, subjectOf, WAITS } from "./step.ts";

/** Something that is not as it should be after all steps. */
export interface Difference {
  /** The server, or the file and the key. */
  readonly subject: string;
  readonly kind: Step["kind"];
  readonly why: string;
}

/**
 * The differences that are left. Servers that wait for their sessions to end are none, nor is what was refused.
 *
 * @param pictures with HAProxy as it is now
 */
export function differences(pictures: Pictures): Difference[] {
  return makePlan(pictures).steps.filter(({ kind }) => !WAITS.has(kind)).map((step) => {
    return { subject: subjectOf(step), kind: step.kind, why: step.why };
  });
}
