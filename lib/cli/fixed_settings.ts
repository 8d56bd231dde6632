/**
 * Settings that only a new start changes: a reload says so of those that are other than before.
 */
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "@logtape/logtape";

/** The fields of a plan that are fixed, each with its key in the configuration. */
export type FixedSettings<Plan> = readonly (readonly [field: keyof Plan, key: string])[];

/**
 * Warns of each fixed setting that has changed.
 *
 * @param log of the surface that is reloaded
 * @param fixed which they are
 * @param before the plan that is in force
 * @param after the plan of the configuration as it is now
 */
export function warnOfFixed<Plan>(log: Logger, fixed: FixedSettings<Plan>, before: Plan, after: Plan): void {
  for (const [field, key] of fixed) {
    if (!isDeepStrictEqual(after[field], before[field])) {
      log.warn('"{key}" has changed in the configuration: start happi again to have it', { key });
    }
  }
}
