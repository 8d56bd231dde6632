/**
 * What is noticed of HAProxy's reloads and made again after them, as lines of log.
 */
import { getLogger } from "@logtape/logtape";
import type { Feed } from "../../feed/mod.ts";
import type { KeeperRecord, Remark, Restored } from "../../services/mod.ts";

const LOG = getLogger(["happi", "state"]);

/** Writes what a keeper tells, until it ends. */
export async function logKeeper(records: Feed<KeeperRecord>): Promise<void> {
  let told = "";
  for await (const item of records.read({ after: 0 })) {
    if (item.kind === "lost") {
      LOG.warn("{count} records are not in the log: there were too many", { count: item.count });
      continue;
    }
    const { value } = item.record;
    if (value.event !== "restored") {
      if (value.event === "reload") told = "";
      logRecord(value);
      continue;
    }
    // What is still missing at the next try is not told again.
    const faults = faultsOf(value);
    const now = JSON.stringify(faults);
    logRestored(value, now === told ? [] : faults);
    told = now;
  }
}

function logRecord(record: Exclude<KeeperRecord, { event: "restored" }>): void {
  switch (record.event) {
    case "reload": {
      const { before, after } = record;
      return LOG.info("HAProxy was reloaded or restarted: process {after} ({version}) instead of {before}", {
        ...{ before: before.pid, after: after.pid, version: after.version },
      });
    }
    case "forgotten":
      return LOG.warn("{subject} is not remembered any more: {why}", { subject: record.subject, why: record.why });
    case "trouble":
      return LOG.warn("{why}", { why: record.why });
    // HAProxy is away for a moment in each restart; whoever needs it meanwhile says so.
    case "away":
      return LOG.debug("HAProxy cannot be reached: {why}", { why: record.why });
    case "back":
      return LOG.debug("HAProxy can be reached again");
  }
}

function logRestored({ made, same, ms }: Restored, faults: readonly (readonly [string, Remark])[]): void {
  const write = made.length > 0 ? LOG.info.bind(LOG) : LOG.debug.bind(LOG);
  write("Made again what was changed at run time: {made} things, {same} were as they should be, in {ms} ms", {
    ...{ made: made.length, same, ms },
  });
  for (const { subject, why } of made) LOG.debug("{subject}: {why}", { subject, why });
  for (const [what, { subject, why }] of faults.slice(0, MOST_TOLD)) {
    LOG.warn("{subject} {what}: {why}", { subject, what, why });
  }
  const left = faults.length - MOST_TOLD;
  if (left > 0) LOG.warn("{left} more are not as they were", { left });
}

function faultsOf({ missing, failed, differences }: Restored): (readonly [string, Remark])[] {
  return [
    ...missing.map((one) => ["cannot be made again now", one] as const),
    ...failed.map((one) => ["was refused", one] as const),
    ...differences.map((one) => ["is not as it was", one] as const),
  ];
}

/** After a reload with another configuration there may be thousands. */
const MOST_TOLD = 20;
