/**
 * An agent's counters in the words of Prometheus, as plain data for whoever writes `/metrics`.
 */
import { LATENCY_BOUNDS_US } from "./histogram.ts";
import type { AgentStats, EngineStats, MessageStats } from "./stats.ts";

/** All samples of one name: a metric as the server's `/metrics` takes it. */
export interface SpoaMetric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly (
    | { readonly labels: Readonly<Record<string, string>>; readonly value: number }
    | {
      readonly labels: Readonly<Record<string, string>>;
      readonly bounds: readonly number[];
      readonly buckets: readonly number[];
      readonly sum: number;
    }
  )[];
}

/** Name without `happi_spoa_`, type, help, and the field. */
type Row<T> = readonly [name: string, type: "counter" | "gauge", help: string, field: keyof T];

const AGENT_ROWS: readonly Row<AgentStats>[] = [
  ["connections", "gauge", "Open connections from HAProxy.", "connections"],
  ["connections_total", "counter", "Connections that were accepted.", "accepted"],
  ["health_checks_total", "counter", "Health checks (option spop-check) that were answered.", "health_checks"],
  ["frames_total", "counter", "NOTIFY frames that came.", "frames"],
  ["frames_in_flight", "gauge", "NOTIFY frames that wait for their verdict.", "in_flight"],
  ["unknown_messages_total", "counter", "Messages that no policy answers.", "unknown_messages"],
  ["received_bytes_total", "counter", "Bytes from HAProxy.", "bytes_in"],
  ["sent_bytes_total", "counter", "Bytes to HAProxy.", "bytes_out"],
];

const MESSAGE_ROWS: readonly Row<MessageStats>[] = [
  ["messages_total", "counter", "Messages that came.", "messages"],
  ["messages_in_flight", "gauge", "Messages that wait for their verdict.", "in_flight"],
  ["errors_total", "counter", "Messages whose policy failed; its default was the answer.", "errors"],
  ["deadlines_total", "counter", "Messages whose policy was late; its default was the answer.", "deadlines"],
  ["late_results_total", "counter", "Results that came after the answer.", "late"],
  ["dropped_actions_total", "counter", "Actions that did not fit the frame.", "dropped_actions"],
  ["message_received_bytes_total", "counter", "Bytes of the arguments of messages.", "bytes_in"],
  ["message_sent_bytes_total", "counter", "Bytes of the actions that messages were answered with.", "bytes_out"],
];

const ENGINE_ROWS: readonly Row<EngineStats>[] = [
  ["engine_connections", "gauge", "Open connections of an engine.", "connections"],
  ["engine_frames_total", "counter", "NOTIFY frames of an engine.", "frames"],
  ["engine_frames_in_flight", "gauge", "NOTIFY frames of an engine that wait for their verdict.", "in_flight"],
  ["engine_errors_total", "counter", "Connections of an engine that broke the protocol.", "errors"],
  ["engine_received_bytes_total", "counter", "Bytes from an engine.", "bytes_in"],
  ["engine_sent_bytes_total", "counter", "Bytes to an engine.", "bytes_out"],
];

/**
 * An agent's counters as metrics.
 *
 * @param stats what it counted
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Agent } from "./agent.ts";
 * import { spoaMetrics } from "./metrics.ts";
 * const [connections] = spoaMetrics(new Agent().stats());
 * assert.equal(connections?.name, "happi_spoa_connections");
 * assert.deepEqual(connections?.samples, [{ labels: {}, value: 0 }]);
 * ```
 */
export function spoaMetrics(stats: AgentStats): SpoaMetric[] {
  const messages = Object.entries(stats.messages);
  return [
    ...metrics(AGENT_ROWS, [[{}, stats]]),
    {
      name: "happi_spoa_disconnects_total",
      help: "Connections cut off for a fault, by the status code that they were told.",
      type: "counter",
      samples: Object.entries(stats.disconnects).map(([status, value]) => ({ labels: { status }, value })),
    },
    ...metrics(MESSAGE_ROWS, messages.map(([message, one]) => [{ message }, one])),
    {
      name: "happi_spoa_latency_seconds",
      help: "From the read that completed a message to its verdict.",
      type: "histogram",
      samples: messages.map(([message, { latency }]) => ({
        labels: { message },
        bounds: LATENCY_BOUNDS_US.map((us) => us / 1e6),
        buckets: latency.buckets,
        sum: latency.sum_us / 1e6,
      })),
    },
    ...metrics(ENGINE_ROWS, Object.entries(stats.engines).map(([engine, one]) => [{ engine }, one])),
  ];
}

function metrics<T>(
  rows: readonly Row<T>[],
  all: readonly (readonly [labels: Readonly<Record<string, string>>, stats: T])[],
): SpoaMetric[] {
  return rows.map(([name, type, help, field]) => ({
    name: `happi_spoa_${name}`,
    help,
    type,
    samples: all.map(([labels, stats]) => ({ labels, value: Number(stats[field]) })),
  }));
}
