/**
 * The counters of several agents as those of one: workers that answer for the same address.
 */
import type { LatencySnapshot } from "./histogram.ts";
import type { AgentStats, EngineStats, MessageStats } from "./stats.ts";

/** Adds up what agents have counted. */
export function mergeStats(all: readonly AgentStats[]): AgentStats {
  const sum = (field: keyof AgentStats & Countable) => all.reduce((total, one) => total + one[field], 0);
  return {
    connections: sum("connections"),
    accepted: sum("accepted"),
    health_checks: sum("health_checks"),
    frames: sum("frames"),
    in_flight: sum("in_flight"),
    disconnects: mergeRecords(all.map((one) => one.disconnects), (counts) => counts.reduce((a, b) => a + b, 0)),
    unknown_messages: sum("unknown_messages"),
    bytes_in: sum("bytes_in"),
    bytes_out: sum("bytes_out"),
    messages: mergeRecords(all.map((one) => one.messages), mergeMessages),
    engines: mergeRecords(all.map((one) => one.engines), (engines) => addUp<EngineStats>(engines)),
  };
}

type Countable =
  | "connections"
  | "accepted"
  | "health_checks"
  | "frames"
  | "in_flight"
  | "unknown_messages"
  | "bytes_in"
  | "bytes_out";

function mergeRecords<T>(
  records: readonly Readonly<Record<string, T>>[],
  merge: (values: readonly T[]) => T,
): Record<string, T> {
  const grouped = Map.groupBy(records.flatMap((record) => Object.entries(record)), ([name]) => name);
  return Object.fromEntries([...grouped].map(([name, entries]) => [name, merge(entries.map(([, value]) => value))]));
}

function mergeMessages(messages: readonly MessageStats[]): MessageStats {
  const counts = messages.map(({ latency: _, ...rest }) => rest);
  return { ...addUp<Omit<MessageStats, "latency">>(counts), latency: mergeLatency(messages.map((one) => one.latency)) };
}

function mergeLatency(all: readonly LatencySnapshot[]): LatencySnapshot {
  const [first] = all;
  return {
    count: all.reduce((sum, one) => sum + one.count, 0),
    sum_us: all.reduce((sum, one) => sum + one.sum_us, 0),
    buckets: (first?.buckets ?? []).map((_, index) => all.reduce((sum, one) => sum + (one.buckets[index] ?? 0), 0)),
  };
}

/** Adds up records that have nothing but numbers. */
function addUp<T extends { readonly [name in keyof T]: number }>(records: readonly T[]): T {
  const [first, ...others] = records;
  const sum: Record<string, number> = { ...first };
  for (const record of others) {
    for (const [name, value] of Object.entries<number>(record)) sum[name] = (sum[name] ?? 0) + value;
  }
  return sum as T;
}
