/**
 * A manager's processes in the words of Prometheus, as plain data for whoever writes `/metrics`.
 */
import type { ProcessUsage } from "./facts/facts.ts";
import type { Manager, ProcessStatus } from "./manager_face.ts";
import { signalName } from "./signals.ts";
import type { ProcessCounts, ProcessTally } from "./tally.ts";

/** All samples of one name: a metric as the server's `/metrics` takes it. */
export interface ProcessMetric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
}

type Labels = Readonly<Record<string, string>>;

/** Name without `happi_process_`, type, help, and the value. */
type Row<T> = readonly [name: string, type: ProcessMetric["type"], help: string, value: (of: T) => number];

const STATUS_ROWS: readonly Row<ProcessStatus>[] = [
  ["up", "gauge", "Whether a process of the definition runs.", ({ active }) => Number(active)],
  ["ready", "gauge", "Whether a process of the definition is ready.", ({ state }) => Number(state === "ready")],
  ["given_up", "gauge", "Whether it ended too often to be tried again.", ({ state }) => Number(state === "given_up")],
  ["running", "gauge", "Processes that run.", ({ running }) => running],
  ["wanted", "gauge", "Processes that are to run.", ({ numprocesses }) => numprocesses],
];

const COUNT_ROWS: readonly Row<ProcessCounts>[] = [
  ["spawns_total", "counter", "Processes that were started.", ({ spawns }) => spawns],
  ["restarts_total", "counter", "Processes in the place of one that ended by itself.", ({ restarts }) => restarts],
  ["flaps_total", "counter", "Times that processes ended too often.", ({ flaps }) => flaps],
  ["output_bytes_total", "counter", "Bytes that processes wrote to their outputs.", ({ outputBytes }) => outputBytes],
];

const USAGE_ROWS: readonly Row<ProcessUsage>[] = [
  ["rss_bytes", "gauge", "Resident memory, with that of all it started.", ({ rss_bytes }) => rss_bytes],
  ["cpu_seconds_total", "counter", "Processor time, with that of all it started.", ({ cpu_seconds }) => cpu_seconds],
  ["threads", "gauge", "Threads, with those of all it started.", ({ threads }) => threads],
  ["children", "gauge", "Processes that it started and that run.", ({ children }) => children],
  ["start_time_seconds", "gauge", "When it was started, since 1970.", ({ started_at }) => started_at / 1000],
];

/**
 * A manager's processes as metrics.
 *
 * What processes use has the labels `name` and `pid`, happi's own number, which is never used again: a counter that begins
 * anew is another series.
 *
 * @param manager has them
 * @param tally counted its events
 * @param usages what they use, of `Facts.usage()`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProcessManager } from "./manager.ts";
 * import { processMetrics } from "./metrics.ts";
 * import { ProcessTally } from "./tally.ts";
 * await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
 * using tally = new ProcessTally(manager);
 * await manager.add({ name: "nap", cmd: "sleep 60" });
 * const [up] = processMetrics(manager, tally, []);
 * assert.deepEqual([up?.name, up?.samples], ["happi_process_up", [{ labels: { name: "nap" }, value: 1 }]]);
 * ```
 */
export function processMetrics(
  manager: Pick<Manager, "names" | "status">,
  tally: Pick<ProcessTally, "of">,
  usages: readonly ProcessUsage[],
): ProcessMetric[] {
  const names = manager.names();
  const counts = names.map((name) => [{ name }, tally.of(name)] as const);
  return [
    ...metrics(STATUS_ROWS, names.map((name) => [{ name }, manager.status(name)])),
    ...metrics(COUNT_ROWS, counts),
    {
      name: "happi_process_exits_total",
      help: "Processes that have ended, by exit status, or by the signal that ended them.",
      type: "counter",
      samples: counts.flatMap(([{ name }, { exits }]) =>
        [...exits].map(([key, value]) => ({ labels: { name, ...wayOf(key) }, value }))
      ),
    },
    ...metrics(USAGE_ROWS, usages.map((usage) => [{ name: usage.name, pid: String(usage.pid) }, usage])),
  ];
}

/** Ended by a signal it has no status of its own. */
function wayOf(key: string): { readonly status: string; readonly signal: string } {
  const [status = "", signal = "0"] = key.split(" ");
  return signal === "0" ? { status, signal: "" } : { status: "", signal: signalName(Number(signal)) };
}

function metrics<T>(rows: readonly Row<T>[], all: readonly (readonly [labels: Labels, of: T])[]): ProcessMetric[] {
  return rows.map(([name, type, help, value]) => ({
    name: `happi_process_${name}`,
    help,
    type,
    samples: all.map(([labels, of]) => ({ labels, value: value(of) })),
  }));
}
