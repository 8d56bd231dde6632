/**
 * The pictures that a plan is made from: services as they are known, names looked up, HAProxy read.
 */
import type { Client } from "../../client/mod.ts";
import type { Service } from "../service.ts";
import { type PatternFile, readActual } from "./actual.ts";
import { type Addresses, lookUpAll, type Resolve } from "./addresses.ts";
import { desired, type DesiredServer, hostnameOf } from "./desired.ts";
import type { OwnedByBackend } from "./ownership.ts";
import type { Pictures } from "./plan.ts";
import type { Route } from "./route.ts";

/** What is looked at. */
export interface Sights {
  readonly client: Client;
  readonly services: readonly Service[];
  readonly routes: readonly Route[];
  readonly owned: OwnedByBackend;
  readonly resolve: Resolve;
  /** Addresses that were found before: a name that cannot be looked up at the moment keeps them. */
  readonly lastFound: Map<string, readonly string[]>;
  readonly signal?: AbortSignal;
}

/**
 * Looks at everything anew.
 *
 * @throws {SocketError} when HAProxy cannot be reached
 */
export async function look(sights: Sights): Promise<Pick<Pictures, "desired" | "actual" | "owned">> {
  const { client, services, routes, owned, signal } = sights;
  const wanted = desired(services, routes, await addressesOf(sights));
  const files = [...wanted.entries, ...[...owned.values()].flatMap(({ entries }) => entries)];
  const dynamic = [...wanted.backends.values()].filter(({ servers }) => servers.some(changesBackend));
  const actual = await readActual(client, dynamic.map(({ backend }) => backend), withoutDoubles(files), signal);
  return { desired: wanted, actual, owned };
}

/** Whether it matters if the backend takes servers and weights. */
function changesBackend({ template, weight }: DesiredServer): boolean {
  return template === undefined || weight !== undefined;
}

async function addressesOf({ services, routes, resolve, lastFound, signal }: Sights): Promise<Addresses> {
  const routed = new Set(routes.map(({ service }) => service));
  const hosts = services.filter(({ service }) => routed.has(service)).flatMap(({ units }) =>
    units.flatMap((unit) => unit.hosts.map(hostnameOf))
  );
  const { found, failed } = await lookUpAll(hosts, resolve, signal);
  const all = new Map(found);
  for (const name of failed.keys()) {
    const before = lastFound.get(name);
    if (before) all.set(name, before);
  }
  lastFound.clear();
  for (const [name, addresses] of all) lastFound.set(name, addresses);
  return { found: all, failed };
}

function withoutDoubles(files: readonly PatternFile[]): PatternFile[] {
  return [...new Map(files.map(({ kind, file }) => [`${kind} ${file}`, { kind, file }])).values()];
}
