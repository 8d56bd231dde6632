/**
 * Counters of services in the words of Prometheus, as plain data for whoever writes `/metrics`.
 */
import type { ReconcileMetrics } from "./reconcile/mod.ts";
import type { ServicesView, SourceView } from "./view.ts";

/** All samples of one name: a metric as the server's `/metrics` takes it. */
export interface ServicesMetric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
}

type Labels = Readonly<Record<string, string>>;

/** Name without `happi_services_`, type, help, and the value. */
type Row<T> = readonly [name: string, type: "counter" | "gauge", help: string, value: (of: T) => number];

const OWN_ROWS: readonly Row<ServicesView>[] = [
  ["services", "gauge", "Services that have a unit.", ({ registry }) => registry.list().services.length],
  ["revision", "gauge", "The newest revision of the registry.", ({ registry }) => registry.list().revision],
  ["leases", "gauge", "Units that have registered themselves.", ({ leases }) => leases.stats().leases],
  ["registered_total", "counter", "Units that registered or changed.", ({ leases }) => leases.stats().registered],
  ["renewed_total", "counter", "Leases that were renewed.", ({ leases }) => leases.stats().renewed],
  ["expired_total", "counter", "Leases that nobody renewed in time.", ({ leases }) => leases.stats().expired],
  ["store_faults_total", "counter", "Leases that could not be kept.", ({ leases }) => leases.stats().faults],
];

const SOURCE_ROWS: readonly Row<SourceView>[] = [
  ["source_up", "gauge", "Whether a source can find out what it knows.", ({ trouble }) => Number(trouble === null)],
  ["source_units", "gauge", "Units of a source's last picture.", ({ units }) => units ?? 0],
  ["source_updated_seconds", "gauge", "When it came, since 1970.", ({ updated_at }) => (updated_at ?? 0) / 1000],
  ["source_pictures_total", "counter", "Pictures that a source gave.", ({ pictures_total }) => pictures_total],
  ["source_troubles_total", "counter", "Troubles that a source had.", ({ troubles_total }) => troubles_total],
];

const RECONCILER_ROWS: readonly Row<Readonly<ReconcileMetrics>>[] = [
  ["passes_total", "counter", "Times that HAProxy was looked at and put right.", (it) => it.passes],
  ["failed_passes_total", "counter", "Times that this could not be done.", (it) => it.passes_failed],
  ["drifts_total", "counter", "Times that HAProxy was other than it had been made.", (it) => it.drifts],
  ["steps_total", "counter", "Steps that were carried out.", (it) => it.steps_done],
  ["failed_steps_total", "counter", "Steps that HAProxy refused.", (it) => it.steps_failed],
  ["differences_total", "counter", "What was not as it should be after all steps.", (it) => it.differences],
  ["refusals_total", "counter", "Plans held back, since a backend would lose too much.", (it) => it.refusals],
  ["backends_refused", "gauge", "Backends that are held back now.", (it) => it.backends_refused],
  ["problems", "gauge", "What people have to see to now.", (it) => it.problems],
  ["departing", "gauge", "Servers that wait for their sessions to end.", (it) => it.departing],
  ["sessions_shut_total", "counter", "Servers whose sessions had to be shut.", (it) => it.sessions_shut],
  ["haproxy_up", "gauge", "Whether HAProxy can be reached.", (it) => Number(!it.is_away)],
  ["last_pass_seconds", "gauge", "How long the last pass took.", (it) => it.last_pass_ms / 1000],
];

/**
 * Counters of services, their sources and the reconciler as metrics.
 *
 * @param view the services
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Leases } from "./leases.ts";
 * import { servicesMetrics } from "./metrics.ts";
 * import { Registry } from "./registry.ts";
 * const registry = new Registry();
 * await using leases = await Leases.open(registry);
 * const [services] = servicesMetrics({ registry, leases, sources: () => [] });
 * assert.equal(services?.name, "happi_services_services");
 * assert.deepEqual(services?.samples, [{ labels: {}, value: 0 }]);
 * ```
 */
export function servicesMetrics(view: ServicesView): ServicesMetric[] {
  const { reconciler } = view;
  const { services } = view.registry.list();
  return [
    ...metrics(OWN_ROWS, [[{}, view]]),
    {
      name: "happi_services_units",
      help: "Units of a service.",
      type: "gauge",
      samples: services.flatMap(({ service, units }) => {
        const drained = units.filter(({ state }) => state === "drain").length;
        return [["ready", units.length - drained], ["drain", drained]].map(([state, value]) => ({
          labels: { service, state: String(state) },
          value: Number(value),
        }));
      }),
    },
    ...metrics(SOURCE_ROWS, view.sources().map((source) => [{ source: source.name, kind: source.kind }, source])),
    ...metrics(RECONCILER_ROWS, reconciler === undefined ? [] : [[{}, reconciler.metrics]]),
  ];
}

function metrics<T>(rows: readonly Row<T>[], all: readonly (readonly [labels: Labels, of: T])[]): ServicesMetric[] {
  return rows.map(([name, type, help, value]) => ({
    name: `happi_services_${name}`,
    help,
    type,
    samples: all.map(([labels, of]) => ({ labels, value: value(of) })),
  }));
}
