/**
 * What HAProxy should have: services and routes, turned into servers of backends and entries of maps and ACLs. Pure.
 */
import { isIP } from "node:net";
import type { Host, Service, Unit } from "../service.ts";
import { type Addresses, canonicalAddress } from "./addresses.ts";
import { desiredEntries, type Entry } from "./entries.ts";
import { keywordsOf, lastingWords } from "./keywords.ts";
import type { Route } from "./route.ts";
import { serverNames } from "./server_names.ts";
import { fill, isSayable } from "./template.ts";

/** A server that a backend should have. */
export interface DesiredServer {
  readonly backend: string;
  /** Its name; with prepared servers only a name for the unit. */
  readonly server: string;
  readonly service: string;
  readonly unit: string;
  readonly hostname: string;
  /** Any of these is right, the first is the best; none when the name cannot be looked up at the moment. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly weight?: number;
  readonly maxconn?: number;
  readonly state: "ready" | "drain";
  readonly check_port?: number;
  readonly has_check: boolean;
  readonly agent?: { readonly addr?: string; readonly port: number; readonly send?: string };
  /** The words behind the address in `add server`. */
  readonly keywords: readonly string[];
  /** Those of them that HAProxy cannot change later, as one text. */
  readonly made_with: string;
  /** The prefix of the prepared servers, one of which it takes. */
  readonly template?: string;
  /** What else is known of the unit, as names of templates: `meta.zone`. */
  readonly meta: Readonly<Record<string, string>>;
}

/** Something that stands in the way and that people have to see to. */
export interface Problem {
  /** The backend, file or service that it is about. */
  readonly about: string;
  readonly why: string;
}

/** What HAProxy should have. */
export interface Desired {
  /** For each backend of a route its servers, by name. */
  readonly backends: ReadonlyMap<string, DesiredBackend>;
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

/** A backend that routes lead to. */
export interface DesiredBackend {
  readonly backend: string;
  readonly servers: readonly DesiredServer[];
  /** The largest of its routes. */
  readonly min_share: number;
  /** The largest of its routes. */
  readonly drain_ms: number;
  /** Prefixes of prepared servers. */
  readonly templates: readonly string[];
  /** Names of servers of the configuration that are happi's. */
  readonly own: readonly string[];
}

/**
 * What HAProxy should have.
 *
 * @param services all that is known
 * @param routes which of it goes where
 * @param addresses of the hosts that are names
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { desired } from "./desired.ts";
 * import { route } from "./route.ts";
 * const web = { service: "web", units: [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 8080 }] }] };
 * const { backends } = desired([web], [route({ service: "web", backend: "be_web" })]);
 * assert.deepEqual(backends.get("be_web")?.servers.map(({ server, port }) => [server, port]), [["happi-web-0", 8080]]);
 * ```
 */
export function desired(services: readonly Service[], routes: readonly Route[], addresses?: Addresses): Desired {
  const problems: Problem[] = [];
  const backends = new Map<string, DesiredBackend>();
  for (const [backend, its] of Map.groupBy(routes, (route) => route.backend)) {
    const drafts = its.flatMap((route) => draftsOf(route, services.find((one) => one.service === route.service)));
    const names = serverNames(drafts.map(({ route: { server: pattern, service }, unit, host, isOneOfSeveral }) => ({
      ...{ pattern, service, unit: unit.unit, isOneOfSeveral, hostname: host.hostname, port: host.port },
      ...(unit.meta === undefined ? {} : { meta: unit.meta }),
    })));
    const servers = drafts.map((draft, index) => serverOf(draft, names[index] ?? "", addresses, problems));
    backends.set(backend, {
      backend,
      servers: withoutDoubles(servers, problems),
      min_share: Math.max(...its.map((route) => route.min_share)),
      drain_ms: Math.max(...its.map((route) => route.drain_ms)),
      templates: [...new Set(its.flatMap((route) => route.server_template ?? []))].sort(),
      own: [...new Set(its.flatMap((route) => route.own))].sort(),
    });
  }
  for (const [name, why] of addresses?.failed ?? []) {
    problems.push({ about: name, why: `Cannot look up "${name}": ${why}` });
  }
  const entries = desiredEntries(routes, backends, problems);
  return { backends, entries, problems };
}

/** A unit at one of its places, for a route. */
interface Draft {
  readonly route: Route;
  readonly unit: Unit;
  readonly host: Host;
  readonly isOneOfSeveral: boolean;
}

function draftsOf(route: Route, service: Service | undefined): Draft[] {
  return (service?.units ?? []).flatMap((unit) =>
    unit.hosts.map((host) => ({ route, unit, host, isOneOfSeveral: unit.hosts.length > 1 }))
  );
}

/** The address within the network of the hosts goes before the name for everybody. */
export function hostnameOf(host: Host): string {
  return host.private_address ?? host.hostname;
}

function serverOf(
  { route, unit, host }: Draft,
  server: string,
  addresses: Addresses | undefined,
  problems: Problem[],
): DesiredServer {
  const { options, backend, service } = route;
  const hostname = hostnameOf(host);
  const isAddress = isIP(hostname) > 0;
  const found = isAddress ? [canonicalAddress(hostname)] : addresses?.found.get(hostname) ?? [];
  const [weight, maxconn] = [unit.weight ?? options.weight, unit.maxconn ?? options.maxconn];
  const values = { service, backend, unit: unit.unit, server, hostname, address: found[0], port: String(host.port) };
  const { agent_check } = options;
  const meta = metaOf(unit);
  const text = agent_check?.send === undefined ? undefined : fill(agent_check.send, { ...values, ...meta });
  const send = text !== undefined && isSayable(text) ? text : undefined;
  if (text !== send) {
    const why =
      `Cannot send its agent "${text}" for unit "${unit.unit}" of "${service}": it is empty or no line of text`;
    problems.push({ about: backend, why });
  }
  const agent = agent_check && {
    port: agent_check.port,
    ...(agent_check.addr === undefined ? {} : { addr: canonicalAddress(agent_check.addr) }),
    ...(send === undefined ? {} : { send }),
  };
  const said = {
    ...(weight === undefined ? {} : { weight }),
    ...(maxconn === undefined ? {} : { maxconn }),
    ...(agent === undefined ? {} : { agent }),
  };
  return {
    ...{ backend, server, service, unit: unit.unit, hostname, addresses: found, port: host.port, ...said },
    meta,
    state: unit.state ?? "ready",
    has_check: options.check ?? false,
    ...(options.check_port === undefined ? {} : { check_port: options.check_port }),
    keywords: keywordsOf(options, said),
    made_with: lastingWords(options, said),
    ...(route.server_template === undefined ? {} : { template: route.server_template }),
  };
}

/** What a unit's source said, as names of templates. */
function metaOf(unit: Unit): Record<string, string> {
  return Object.fromEntries(Object.entries(unit.meta ?? {}).map(([key, value]) => [`meta.${key}`, value]));
}

/** Two units at the same place would get twice the traffic there; a ready one goes before one that drains. */
function withoutDoubles(servers: readonly DesiredServer[], problems: Problem[]): DesiredServer[] {
  const byName = servers.toSorted((a, b) => a.server < b.server ? -1 : a.server > b.server ? 1 : 0);
  const places = new Map<string, DesiredServer>();
  for (const one of byName.toSorted((a, b) => Number(a.state === "drain") - Number(b.state === "drain"))) {
    const place = `${one.addresses[0] ?? one.hostname} ${one.port}`;
    const first = places.get(place);
    if (first === undefined) places.set(place, one);
    else if (first.state === one.state) {
      const why = `Cannot use unit "${one.unit}" of "${one.service}" in backend "${one.backend}": ` +
        `unit "${first.unit}" of "${first.service}" is at "${place.replace(" ", ":")}" too`;
      problems.push({ about: one.backend, why });
    }
  }
  const kept = new Set(places.values());
  return byName.filter((one) => kept.has(one));
}
