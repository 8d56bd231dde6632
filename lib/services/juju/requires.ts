/**
 * A requirer of the http interface: `services()`, from all relations of an endpoint and all units of each.
 */
import { mergePictures } from "../merge.ts";
import { hostsOf } from "../relation/databag.ts";
import type { Picture, Service } from "../service.ts";
import { applicationOf, type RelationUnit } from "./relation_units.ts";

/**
 * The services that units offer: each application is one. A unit without a port has nothing to offer yet.
 *
 * @param units what they say, in any order; one that is in several relations has the hosts of all
 * @returns by name, sorted and without doubles; `httpInterface` gives them in the interface's own form
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requiredServices } from "./requires.ts";
 * const units = [
 *   { relation: "proxy:2", unit: "web/1", databag: { hostname: "10.0.0.2", port: "80" } },
 *   { relation: "proxy:1", unit: "web/0", databag: { host: "10.0.0.1", port: 80 } },
 *   { relation: "proxy:1", unit: "db/0", databag: { hostname: "10.0.0.3" } },
 * ];
 * assert.deepEqual(requiredServices(units), [{
 *   service: "web",
 *   units: [
 *     { unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] },
 *     { unit: "web/1", hosts: [{ hostname: "10.0.0.2", port: 80 }] },
 *   ],
 * }]);
 * ```
 */
export function requiredServices(units: readonly RelationUnit[]): Service[] {
  return mergePictures(units.map(pictureOf));
}

function pictureOf({ unit, databag }: RelationUnit): Picture {
  return new Map([[applicationOf(unit), [{ unit, hosts: hostsOf(databag) }]]]);
}
