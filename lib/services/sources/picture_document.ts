/**
 * Pictures as documents: what a file holds, a server answers, or the configuration says. Pure.
 *
 * Either `{"services": {"web": {"web/0": {"hostname": "10.0.0.1", "port": 80}}}}`, or a list, alone or as `services`, of
 * `{service_name, hosts}` as Juju's http interface gives it, or of `{service, units}` as happi's own API does.
 */
import { reason } from "../../errors.ts";
import { isName, readUnit } from "../read_unit.ts";
import type { Picture, Unit } from "../service.ts";
import { SourceFailed } from "./errors.ts";
import { unitOfHost } from "./unit_name.ts";

/** Keys beside `services` that say nothing about them: a list's revision, an editor's schema. */
const BESIDE = ["services", "revision", "$schema"];

/**
 * Reads a document.
 *
 * @param document the data
 * @param target where it is from, for the error
 * @throws {SourceFailed} at the first place that does not fit
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readPicture } from "./picture_document.ts";
 * const unit = { unit: "10.0.0.1:80", hosts: [{ hostname: "10.0.0.1", port: 80 }] };
 * assert.deepEqual(
 *   readPicture([{ service_name: "web", hosts: [{ hostname: "10.0.0.1", port: 80 }] }], "list.json"),
 *   new Map([["web", [unit]]]),
 * );
 * ```
 */
export function readPicture(document: unknown, target: string): Picture {
  const services = Array.isArray(document) ? document : servicesOf(document, target);
  const entries = Array.isArray(services)
    ? services.map((one: unknown, index) => readEntry(one, `services[${index}]`, target))
    : Object.entries(services).map(([name, units]) => [name, readUnits(name, units, target)] as const);
  const picture = new Map<string, Unit[]>();
  for (const [service, units] of entries) {
    if (!isName(service)) throw new SourceFailed(target, `"${service.slice(0, 127)}" is no name of a service`);
    const known = picture.get(service);
    if (known === undefined) picture.set(service, [...units]);
    else for (const unit of units) known.push(unit);
  }
  return picture;
}

function servicesOf(document: unknown, target: string): readonly unknown[] | Readonly<Record<string, unknown>> {
  const keys = isRecord(document) ? Object.keys(document) : [];
  const unknown = keys.find((key) => !BESIDE.includes(key));
  if (unknown !== undefined) {
    throw new SourceFailed(target, `key "${unknown.slice(0, 60)}" is unknown: there is only "services"`);
  }
  const services = isRecord(document) ? document["services"] : undefined;
  if (isRecord(services) || Array.isArray(services)) return services;
  // Nothing at all is rather a file that is being written than a world without services.
  throw new SourceFailed(target, 'it must be {"services": {"web": {"web/0": {"hostname": "10.0.0.1", "port": 80}}}}');
}

function readUnits(service: string, units: unknown, target: string): Unit[] {
  if (!isRecord(units)) {
    throw new SourceFailed(target, `service "${service}" must be an object with a key for each unit`);
  }
  return Object.entries(units).map(([name, unit]) => readOne(service, name, unit, target));
}

function readEntry(entry: unknown, place: string, target: string): readonly [string, Unit[]] {
  if (isRecord(entry)) {
    const { service_name: named, hosts, service, units } = entry;
    if (typeof named === "string" && Array.isArray(hosts)) {
      return [named, hosts.map((host: unknown) => readHost(named, host, target))];
    }
    if (typeof service === "string" && Array.isArray(units)) {
      return [service, units.map((unit: unknown) => readListed(service, unit, target))];
    }
  }
  throw new SourceFailed(target, `${place} must have "service_name" and "hosts", or "service" and "units"`);
}

/** A host of the http interface: a unit of its own, since the interface has none. */
function readHost(service: string, host: unknown, target: string): Unit {
  if (!isRecord(host)) throw new SourceFailed(target, `a host of service "${service}" must be an object`);
  const { hostname, port: given, "private-address": address } = host;
  // Databags have texts only, and lists made of them sometimes too.
  const port = typeof given === "string" && /^\d{1,5}$/.test(given) ? Number(given) : given;
  const name = unitOfHost({ hostname: String(hostname), port: Number(port) });
  const isOther = address !== undefined && address !== null && address !== hostname;
  return readOne(service, name, { hostname, port, ...(isOther ? { private_address: address } : {}) }, target);
}

function readListed(service: string, given: unknown, target: string): Unit {
  const { unit, ...rest } = isRecord(given) ? given : {};
  if (typeof unit !== "string") {
    throw new SourceFailed(target, `a unit of service "${service}" must have its name as "unit"`);
  }
  return readOne(service, unit, rest, target);
}

function readOne(service: string, name: string, unit: unknown, target: string): Unit {
  try {
    return readUnit(name, unit);
  } catch (thrown) {
    const why = reason(thrown).replace(/^Cannot register /, "");
    throw new SourceFailed(target, `service "${service}", ${why}`, thrown);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
