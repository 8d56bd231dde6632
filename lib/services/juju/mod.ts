/**
 * Juju: what a charm's hook needs to provide and to require the http interface.
 *
 * @module
 */
export { FlagFailed, HookToolFailed, HookToolMissing, NoIngressAddress } from "../errors.ts";
export { type Databag, hostsOf } from "../relation/databag.ts";
export { databagOf, type Offer } from "../relation/provide.ts";
export { changeFlags, type FlagChanges, providerFlags, requirerFlags } from "./flags.ts";
export { type HookTools, hookTools, type HookToolsOptions } from "./hook_tools.ts";
export { legacyPicture } from "./legacy_picture.ts";
export type { LegacyBackend, LegacyServer, LegacyService } from "./legacy_service.ts";
export { DEFAULT_SERVICE, type LegacyOptions, type LegacyServices, legacyServices } from "./legacy_services.ts";
export { configure, type Configured, ingressAddress, type Provision } from "./provides.ts";
export { type Leaving, type RelationUnit, relationUnits } from "./relation_units.ts";
export { requiredServices } from "./requires.ts";
