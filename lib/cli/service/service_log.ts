/**
 * What happens to services and to HAProxy's servers, as lines of log.
 */
import { getLogger } from "@logtape/logtape";
import type { Feed } from "../../feed/mod.ts";
import type { ReconcileRecord, ServiceChange } from "../../services/mod.ts";

const LOG = getLogger(["happi", "service"]);

/** Writes changes of services until the signal ends it. */
export async function logChanges(changes: Feed<ServiceChange>, signal: AbortSignal): Promise<void> {
  for await (const item of changes.read({ after: 0, signal })) {
    if (item.kind === "lost") {
      LOG.warn("{count} changes are not in the log: there were too many", { count: item.count });
      continue;
    }
    const { service, change, units } = item.record.value;
    const drained = units.filter(({ state }) => state === "drain").length;
    const ready = units.length - drained;
    LOG.info('Service "{service}" was {change}: {ready} units ready, {drained} drained', {
      ...{ service, change, ready, drained },
    });
  }
}

/** Writes what the reconciler tells, until it ends. */
export async function logRecords(records: Feed<ReconcileRecord>): Promise<void> {
  for await (const item of records.read({ after: 0 })) {
    if (item.kind === "lost") {
      LOG.warn("{count} records are not in the log: there were too many", { count: item.count });
    } else logRecord(item.record.value);
  }
}

function logRecord(record: ReconcileRecord): void {
  switch (record.event) {
    case "step": {
      const { step, subject, why, ok, reason } = record;
      if (ok) LOG.info("{step} {subject}: {why}", { step, subject, why });
      else LOG.error("Cannot {step} {subject}: {reason}", { step, subject, reason });
      return;
    }
    case "pass": {
      const { cause, steps, failed, ms } = record;
      return LOG.debug("Put HAProxy right ({cause}): {steps} steps, {failed} failed, {ms} ms", {
        ...{ cause, steps, failed, ms },
      });
    }
    case "refused":
      return LOG.error("{why}", { why: record.why });
    case "problem":
    case "trouble":
      return LOG.warn("{why}", { why: record.why });
    case "difference":
      return LOG.warn("{subject} is not as it should be: {why}", { subject: record.subject, why: record.why });
    case "away":
      return LOG.warn("HAProxy cannot be reached: {why}", { why: record.why });
    case "back":
      return LOG.info("HAProxy can be reached again");
  }
}
