/**
 * What units say to the haproxy charm: whole services as YAML, or the name of a service that they belong to. Pure.
 *
 * | key of a unit | means |
 * |---|---|
 * | `services` | a YAML list of services with their servers; nothing else of the unit counts then |
 * | `all_services` | the same, as apache2 and haproxy itself send it; an entry without servers is on the unit itself |
 * | `service_name`, `sitenames` | to which services the unit belongs, by name |
 * | `private-address`, `port` | where it answers |
 *
 * `errorfiles` and `crts` are left alone: happi writes no configuration.
 */
import { HappiError } from "../../errors.ts";
import { hostsOf } from "../relation/databag.ts";
import type { Host } from "../service.ts";
import { readFormat } from "../sources/formats.ts";
import { ensureAddresses, type LegacyService, type Named, readServices, ServiceTable } from "./legacy_service.ts";
import { applicationOf, type RelationUnit } from "./relation_units.ts";

/** What has come of it. */
export interface LegacyServices {
  /** By name. Servers are in the order of their names. */
  readonly services: readonly LegacyService[];
  /** Units, or parts of what they said, that could not be used. */
  readonly left_out: readonly { readonly unit: string; readonly why: string }[];
}

/** How it is read. */
export interface LegacyOptions {
  /**
   * Services that are there before any unit speaks; the first is for units that belong to no other. The charm's
   * own `haproxy_service` if not given and no unit sends `services`.
   */
  readonly configured?: readonly unknown[];
}

/** The haproxy charm's own service. */
export const DEFAULT_SERVICE = {
  service_name: "haproxy_service",
  service_host: "0.0.0.0",
  service_port: 80,
  service_options: ["balance leastconn", "cookie SRVNAME insert"],
  server_options: ["maxconn 100 cookie S{i} check"],
} as const;

/**
 * The services of an endpoint as the haproxy charm understands its units.
 *
 * @param units what they say, in any order: the same truth always gives the same services
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { legacyServices } from "./legacy_services.ts";
 * const databag = { services: "- {service_name: app, servers: [[s1, 10.0.0.1, 80, check]]}" };
 * const { services } = await legacyServices([{ relation: "proxy:1", unit: "app/0", databag }]);
 * assert.deepEqual(services[0]?.servers, [{ name: "s1", host: "10.0.0.1", port: 80, options: ["check"] }]);
 * ```
 */
export async function legacyServices(
  units: readonly RelationUnit[],
  options: LegacyOptions = {},
): Promise<LegacyServices> {
  const ordered = units.toSorted((a, b) => compare(a.unit, b.unit) || compare(a.relation, b.relation));
  const read = await Promise.all(ordered.map(sentServices));
  const sent = read.map((one) => one?.services);
  const leftOut = ordered.flatMap(({ unit }, index) => read[index]?.faults.map((why) => ({ unit, why })) ?? []);
  const isSent = sent.some((services) => services !== undefined && services.length > 0);
  const table = new ServiceTable();
  for (const one of readServices(options.configured ?? (isSent ? [] : [DEFAULT_SERVICE])).services) table.add(one);
  for (const service of sent.flatMap((services) => services ?? [])) table.add(service);
  ordered.forEach((one, index) => {
    if (sent[index] !== undefined) return;
    const why = join(table, one);
    if (why !== undefined) leftOut.push({ unit: one.unit, why });
  });
  const used = table.list().filter(({ servers, backends }) => servers.length > 0 || backends.length > 0);
  return { services: ensureAddresses(used), left_out: leftOut };
}

/** What a unit sends; `undefined` when it sends no services at all. */
async function sentServices({ unit, databag }: RelationUnit) {
  const key = ["services", "all_services"].find((one) => {
    const text = databag[one];
    return typeof text === "string" && text.trim() !== "" && text.trim() !== "None";
  });
  if (key === undefined) return undefined;
  try {
    const read = readServices(await readFormat(String(databag[key]), "yaml", `${unit}: ${key}`));
    const [host] = hostsOf({ port: "1", ...databag });
    const isOwn = key === "all_services" && host !== undefined;
    return { ...read, services: isOwn ? read.services.map((one) => onUnit(unit, host, one)) : read.services };
  } catch (thrown) {
    if (!(thrown instanceof HappiError)) throw thrown;
    return { services: [], faults: [`its "${key}" is no YAML`] };
  }
}

function onUnit(unit: string, { private_address, hostname }: Host, service: Named): Named {
  const { service_port: port, servers } = service;
  if (port === undefined || servers.length > 0) return service;
  const server = { name: serverName(unit, port), host: private_address ?? hostname, port, options: [] };
  return { ...service, servers: [server] };
}

/** A unit without services of its own becomes a server of those it belongs to. @returns why it does not */
function join(table: ServiceTable, { unit, databag }: RelationUnit): string | undefined {
  const hosts = hostsOf(databag);
  if (hosts.length === 0) return "it has no address and port yet";
  const named = wordsOf(databag["service_name"])[0];
  if (named !== undefined && !table.has(named)) return `there is no service "${named}"`;
  const application = applicationOf(unit);
  const candidates = [named ?? "", ...wordsOf(databag["sitenames"]), `${application}_service`, application];
  const names = [...new Set(candidates.filter((name) => table.has(name)))];
  const first = table.list()[0]?.service_name;
  if (names.length === 0 && first === undefined) return "there is no service it could belong to";
  for (const service of names.length > 0 ? names : [first ?? ""]) {
    const taken = new Set<string>();
    for (const { hostname, private_address, port } of hosts) {
      const plain = serverName(unit, port);
      // A unit with several addresses has several servers, each with a name of its own.
      const name = taken.has(plain) ? `${plain}-${taken.size + 1}` : plain;
      taken.add(name);
      table.addServer(service, { name, host: private_address ?? hostname, port });
    }
  }
  return undefined;
}

function serverName(unit: string, port: number): string {
  return `${unit.replaceAll("/", "-")}-${port}`;
}

function wordsOf(value: unknown): readonly string[] {
  return typeof value === "string" ? value.split(/\s+/).filter((one) => one !== "" && one !== "None") : [];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
