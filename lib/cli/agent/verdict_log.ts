/**
 * Verdicts as log records, with the fields of the Antelope health checks: each change as INFO, the others as DEBUG.
 */
import { getLogger } from "@logtape/logtape";
import { type VerdictRecord, withoutSecrets } from "../../agent/mod.ts";
import type { Feed } from "../../feed/mod.ts";

const LOG = getLogger(["happi", "agent"]);

/** Writes verdicts until the feed is closed. */
export async function logVerdicts(verdicts: Feed<VerdictRecord>): Promise<void> {
  for await (const item of verdicts.read()) {
    if (item.kind === "lost") {
      LOG.warn("{count} verdicts are not in the log: there were too many", { count: item.count });
    } else if (item.record.value.changed) LOG.info("API Check", verdictFields(item.record.value));
    else LOG.debug("API Check", verdictFields(item.record.value));
  }
}

/** What the log tells of a verdict. */
export function verdictFields({ check, kind, target, reply, said, reason, facts, ms }: VerdictRecord) {
  return {
    status: reply.health ?? reply.admin ?? said,
    duration: `${ms.toFixed(1)}ms`,
    duration_us: Math.round(ms * 1000),
    ...(reason === "" ? {} : { error: reason }),
    type: TYPES[kind] ?? kind,
    url: target,
    ...(check === target ? {} : { check: withoutSecrets(check) }),
    said,
    ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [FACTS[name] ?? name, value])),
  };
}

/** The names of facts in those logs. */
const FACTS: Readonly<Record<string, string>> = { head_block_time: "block_time", blocks_behind: "offset" };

/** The names of kinds in the logs of the Antelope health checks. */
const TYPES: Readonly<Record<string, string>> = {
  v1: "antelope-v1",
  v2: "antelope-v2",
  atomic: "atomicasset",
  debug: "Debug",
};
