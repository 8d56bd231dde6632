/**
 * What services show of themselves: for the HTTP API, for metrics and for people.
 */
import type { Feed } from "../feed/mod.ts";
import type { Lease } from "./lease.ts";
import type { Leases } from "./leases.ts";
import type { Planner } from "./planner.ts";
import type { ReconcileMetrics, ReconcileRecord } from "./reconcile/mod.ts";
import type { Registry } from "./registry.ts";
import type { Unit } from "./service.ts";

/** A source of truth, and how it stands. */
export interface SourceView {
  readonly name: string;
  readonly kind: string;
  /** Where it looks; never with credentials. */
  readonly target: string;
  /** Services and units of its last picture; `null` before the first. */
  readonly services: number | null;
  readonly units: number | null;
  /** When that came, in milliseconds since 1970; `null` before the first. */
  readonly updated_at: number | null;
  /** What is in its way; `null` when all is well. */
  readonly trouble: string | null;
  /** Pictures and troubles since the start. */
  readonly pictures_total: number;
  readonly troubles_total: number;
}

/** How HAProxy is kept in step, where it is. */
export interface ReconcilerView {
  readonly metrics: Readonly<ReconcileMetrics>;
  readonly records: Feed<ReconcileRecord>;
}

/** Services, looked at from outside. */
export interface ServicesView {
  readonly registry: Registry;
  readonly leases: Leases;
  /** Sources of truth, as the configuration names them. */
  sources(): readonly SourceView[];
  /** Plans by hand; missing where nobody keeps HAProxy in step. */
  readonly planner?: Planner;
  /** The same's work; missing as well. */
  readonly reconciler?: ReconcilerView;
}

/** A unit as it is shown: with its lease, where it has one. */
export interface UnitView extends Unit {
  readonly lease: Pick<Lease, "ttl_ms" | "expires_at"> | null;
}

/** A service as it is shown. */
export interface ServiceView {
  readonly service: string;
  readonly units: readonly UnitView[];
}

/**
 * A service with the leases of its units.
 *
 * @returns `undefined` where there is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Leases } from "./leases.ts";
 * import { Registry } from "./registry.ts";
 * import { shownService } from "./view.ts";
 * const registry = new Registry();
 * await using leases = await Leases.open(registry, { now: () => 0 });
 * leases.register("web", { unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }, 5_000);
 * assert.deepEqual(shownService({ registry, leases }, "web")?.units[0]?.lease, { ttl_ms: 5_000, expires_at: 5_000 });
 * ```
 */
export function shownService(
  { registry, leases }: Pick<ServicesView, "registry" | "leases">,
  name: string,
): ServiceView | undefined {
  const service = registry.get(name);
  if (service === undefined) return undefined;
  const units = service.units.map((unit) => {
    const { ttl_ms, expires_at } = leases.get(name, unit.unit) ?? {};
    return { ...unit, lease: ttl_ms === undefined || expires_at === undefined ? null : { ttl_ms, expires_at } };
  });
  return { service: service.service, units };
}
