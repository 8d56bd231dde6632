/**
 * Services: who serves what and where, from units that register themselves and other sources of truth, and HAProxy kept in
 * step with it.
 *
 * @module
 */
export { dataChanged, isDataChanged } from "./data_changed.ts";
export * from "./juju/mod.ts";
export {
  BodyNotJson,
  InvalidServiceRequest,
  InvalidUnit,
  NoReconciler,
  ServiceNotFound,
  TooManyUnits,
} from "./errors.ts";
export { type FollowedSources, followSources, type FollowSourcesOptions } from "./follow_sources.ts";
export { httpInterface } from "./http_interface.ts";
export type { Lease, LeasesOptions, LeasesStats, Schedule } from "./lease.ts";
export { Leases, REGISTERED } from "./leases.ts";
export { mergePictures, sortHosts } from "./merge.ts";
export { type ServicesMetric, servicesMetrics } from "./metrics.ts";
export { type AppliedView, type Planner, plannerOf, type PlanView, type StepView } from "./planner.ts";
export { isName, readUnit } from "./read_unit.ts";
export * from "./reconcile/mod.ts";
export * from "./reload/mod.ts";
export { Registry, type ServiceChange, type ServiceList } from "./registry.ts";
export { servicesRoutes, type ServicesRoutesOptions } from "./routes.ts";
export type { Host, HttpInterfaceService, Picture, Service, Unit } from "./service.ts";
export type { Source, SourceListener } from "./source.ts";
export * from "./sources/mod.ts";
export {
  type ReconcilerView,
  type ServicesView,
  type ServiceView,
  shownService,
  type SourceView,
  type UnitView,
} from "./view.ts";
