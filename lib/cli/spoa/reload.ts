/**
 * What happens to a running `happi spoa` on SIGHUP: its configuration is read again, and what is wrong changes nothing.
 */
import { getLogger } from "@logtape/logtape";
import { reason } from "../../errors.ts";
import type { PolicyChanges } from "../../spop/mod.ts";
import type { Environment } from "../environment.ts";
import { type FixedSettings, warnOfFixed } from "../fixed_settings.ts";
import { type Changes, errorOf, type Runner } from "./runner.ts";
import { hasScript, readPlan, type SpoaFlags, type SpoaPlan } from "./settings.ts";

const LOG = getLogger(["happi", "spoa"]);

/**
 * Reads the configuration again; logs a line for what has changed, and for each thing that has not.
 *
 * @param environment where a configuration may come from
 * @param flags the command line
 * @param before what it was started with
 * @param runner the agent
 */
export async function reload(
  environment: Environment,
  flags: SpoaFlags,
  before: SpoaPlan,
  runner: Runner,
): Promise<void> {
  try {
    const plan = await readPlan(environment, flags);
    warnOfFixed(LOG, FIXED, before, plan);
    if (before.workers === 1 && hasScript(plan) && !hasScript(before)) {
      LOG.warn(
        "The first script has come: start happi again to have scripts in a worker, where one that loops is noticed",
      );
    }
    tellChanges(await runner.reload(plan.policies), plan);
  } catch (thrown) {
    LOG.error("Nothing was reloaded: {why}", { why: reason(thrown) });
  }
}

/** What only a new start changes, and its key in the file. */
const FIXED: FixedSettings<SpoaPlan> = [
  ["listen", "listen"],
  ["workers", "workers"],
  ["io", "io"],
  ["processingMs", "processing_ms"],
  ["http", "http"],
  ["recordVerdicts", "record_verdicts"],
];

function tellChanges(changes: Changes, { locate }: SpoaPlan): void {
  for (const { name, error } of changes.failed) {
    LOG.error('Policy "{name}" stays as it was: {why}', { name, why: reason(locate(errorOf(error))) });
  }
  const words: readonly (readonly [word: string, names: PolicyChanges["added"]])[] = [
    ["added", changes.added],
    ["changed", changes.changed],
    ["read again", changes.reloaded],
    ["removed", changes.removed],
  ];
  const said = words.filter(([, names]) => names.length > 0).map(([word, names]) => `${word} ${names.join(", ")}`);
  LOG.info("Reloaded: {what}", { what: said.length === 0 ? "nothing has changed" : said.join("; ") });
}
