/**
 * An agent's counters in the words of Prometheus, as plain data for whoever writes `/metrics`.
 */
import { LATENCY_BOUNDS_MS, type LatencySnapshot } from "./histogram.ts";
import type { CheckAgentStats, CheckView, KindStats } from "./verdict.ts";
import { type AgentView, shownChecks } from "./view.ts";

/** All samples of one name: a metric as the server's `/metrics` takes it. */
export interface AgentMetric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly (
    | { readonly labels: Labels; readonly value: number }
    | {
      readonly labels: Labels;
      readonly bounds: readonly number[];
      readonly buckets: readonly number[];
      readonly sum: number;
    }
  )[];
}

type Labels = Readonly<Record<string, string>>;

/** Name without `happi_agent_`, type, help, and the value. */
type Row<T> = readonly [name: string, type: "counter" | "gauge", help: string, value: (of: T) => number];

const AGENT_ROWS: readonly Row<CheckAgentStats>[] = [
  ["connections", "gauge", "Open connections from HAProxy.", (stats) => stats.connections],
  ["connections_total", "counter", "Connections that were accepted.", (stats) => stats.accepted],
  ["unanswered_total", "counter", "Connections that ended without an answer.", (stats) => stats.unanswered],
  ["invalid_requests_total", "counter", "Requests that name no check.", (stats) => stats.invalid_requests],
  ["refused_targets_total", "counter", "Targets that a request may not name.", (stats) => stats.refused_targets],
  ["received_bytes_total", "counter", "Bytes from HAProxy.", (stats) => stats.bytes_in],
  ["sent_bytes_total", "counter", "Bytes to HAProxy.", (stats) => stats.bytes_out],
  ["runs_in_flight", "gauge", "Checks that run now.", (stats) => stats.running],
  ["runs_waiting", "gauge", "Checks that wait for their turn to run.", (stats) => stats.waiting],
  ["wire_targets", "gauge", "Targets named by requests that are remembered.", (stats) => stats.wire_targets],
  ["forgotten_targets_total", "counter", "Targets that were forgotten.", (stats) => stats.forgotten_targets],
];

const KIND_ROWS: readonly Row<KindStats>[] = [
  ["runs_total", "counter", "Checks that were run, by kind.", (stats) => stats.runs],
  ["errors_total", "counter", "Runs that could not find out.", (stats) => stats.errors],
  ["deadlines_total", "counter", "Runs that were not done in time.", (stats) => stats.deadlines],
];

const CHECK_ROWS: readonly Row<Omit<CheckView, "history">>[] = [
  ["check_up", "gauge", "Whether HAProxy was told last that it may be used.", ({ is_up }) => Number(is_up)],
  ["check_answers_total", "counter", "Answers about a check.", ({ answers }) => answers],
  ["check_runs_total", "counter", "Runs of a check.", ({ runs }) => runs],
  ["check_errors_total", "counter", "Runs of a check that could not find out.", ({ errors }) => errors],
  ["check_deadlines_total", "counter", "Runs of a check that were not done in time.", ({ deadlines }) => deadlines],
  ["check_changes_total", "counter", "How often a check went up or down.", ({ changes }) => changes],
];

/**
 * An agent's counters as metrics. Checks of the configuration have samples of their own; targets that requests name
 * are counted by kind, since there can be any number of them.
 *
 * @param view the agent
 */
export function agentMetrics(view: AgentView): AgentMetric[] {
  const stats = view.agent.stats();
  const kinds = Object.entries(stats.kinds).map(([kind, one]) => [{ kind }, one] as const);
  const configured = shownChecks(view, "config");
  const checks = configured.map((check) => [{ check: check.name, kind: check.kind }, check] as const);
  return [
    ...metrics(AGENT_ROWS, [[{}, stats]]),
    {
      name: "happi_agent_answers_total",
      help: "Answers, by whether something was found out for them.",
      type: "counter",
      samples: Object.entries(stats.answers).map(([from, value]) => ({ labels: { from }, value })),
    },
    {
      name: "happi_agent_words_total",
      help: "Answers by their health word, or their admin word where there is none.",
      type: "counter",
      samples: Object.entries(stats.words).map(([word, value]) => ({ labels: { word }, value })),
    },
    histogram("happi_agent_latency_seconds", "From a request's last byte to its answer.", [[{}, stats.latency]]),
    ...metrics(KIND_ROWS, kinds),
    histogram(
      "happi_agent_run_seconds",
      "How long checks took to find out.",
      kinds.map(([labels, one]) => [labels, one.latency]),
    ),
    ...metrics(CHECK_ROWS, checks),
    {
      name: "happi_agent_check_verdicts_total",
      help: "What was found out about a check, by the health word, or the admin word where there is none.",
      type: "counter",
      samples: checks.flatMap(([labels, { verdicts }]) =>
        Object.entries(verdicts).map(([word, value]) => ({ labels: { ...labels, word }, value }))
      ),
    },
    {
      name: "happi_agent_maintenance",
      help: "1 for each check that is in maintenance by hand, or has just come out of it.",
      type: "gauge",
      samples: view.maintenance.list().map(({ name, mode }) => ({ labels: { check: name, mode }, value: 1 })),
    },
  ];
}

function metrics<T>(rows: readonly Row<T>[], all: readonly (readonly [labels: Labels, of: T])[]): AgentMetric[] {
  return rows.map(([name, type, help, value]) => ({
    name: `happi_agent_${name}`,
    help,
    type,
    samples: all.map(([labels, of]) => ({ labels, value: value(of) })),
  }));
}

function histogram(
  name: string,
  help: string,
  all: readonly (readonly [labels: Labels, latency: LatencySnapshot])[],
): AgentMetric {
  return {
    name,
    help,
    type: "histogram",
    samples: all.map(([labels, { buckets, sum_ms }]) => ({
      labels,
      bounds: LATENCY_BOUNDS_MS.map((ms) => ms / 1e3),
      buckets,
      sum: sum_ms / 1e3,
    })),
  };
}
