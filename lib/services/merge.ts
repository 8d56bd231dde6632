/**
 * The pictures of all sources as one: every service once, its units and their hosts sorted and without doubles, so that the
 * same truth always looks the same. Pure.
 */
import type { Host, Picture, Service, Unit } from "./service.ts";

/**
 * Merges pictures.
 *
 * Which source said it first, or stands first, makes no difference: after a restart they may come in another order. A unit
 * that several know has the hosts of all of them, and of everything else the most cautious that one of them says: drained
 * rather than ready, the least weight, the least `maxconn`; of two values of `meta` the lesser text.
 *
 * @param pictures of all sources
 * @returns the services that have hosts, by name
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mergePictures } from "./merge.ts";
 * const juju = new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.2", port: 80 }] }]]]);
 * const file = new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]]]);
 * assert.deepEqual(mergePictures([juju, file]), [{
 *   service: "web",
 *   units: [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }, { hostname: "10.0.0.2", port: 80 }] }],
 * }]);
 * ```
 */
export function mergePictures(pictures: Iterable<Picture>): Service[] {
  const all = [...pictures];
  const names = new Set(all.flatMap((picture) => [...picture.keys()]));
  return [...names].sort(compare).flatMap((name) => mergeService(name, all) ?? []);
}

/** The same for one service; `undefined` where no unit of it has a host. */
export function mergeService(service: string, pictures: Iterable<Picture>): Service | undefined {
  const known = new Map<string, Unit>();
  for (const picture of pictures) {
    for (const unit of picture.get(service) ?? []) {
      const before = known.get(unit.unit);
      known.set(unit.unit, before === undefined ? settled(unit) : mergeUnits(before, unit));
    }
  }
  const units = [...known.values()].filter(({ hosts }) => hosts.length > 0).sort((a, b) => compare(a.unit, b.unit));
  return units.length === 0 ? undefined : { service, units };
}

/** A unit that one source alone knows: the same object each time, so that ten thousand of them are neither made nor compared anew. */
function settled(unit: Unit): Unit {
  const known = SETTLED.get(unit) ?? mergeUnits(undefined, unit);
  SETTLED.set(unit, known);
  return known;
}

const SETTLED = new WeakMap<Unit, Unit>();

function mergeUnits(known: Unit | undefined, unit: Unit): Unit {
  const all = known === undefined ? [unit] : [known, unit];
  const weights = all.flatMap(({ weight }) => weight ?? []);
  // For HAProxy, 0 is no limit.
  const limits = all.flatMap(({ maxconn }) => maxconn ?? []).map((limit) => limit === 0 ? Infinity : limit);
  const limit = Math.min(...limits);
  const states = all.flatMap(({ state }) => state ?? []);
  const meta = all.flatMap((one) => Object.entries(one.meta ?? {}));
  return {
    unit: unit.unit,
    hosts: sortHosts(all.flatMap(({ hosts }) => hosts)),
    ...(weights.length === 0 ? {} : { weight: Math.min(...weights) }),
    ...(limits.length === 0 ? {} : { maxconn: limit === Infinity ? 0 : limit }),
    ...(states.length === 0 ? {} : { state: states.includes("drain") ? "drain" : "ready" }),
    ...(all.every((one) => one.meta === undefined) ? {} : { meta: mergeMeta(meta) }),
  };
}

/** By key, and of two values of one key the lesser. */
function mergeMeta(entries: readonly (readonly [key: string, value: string])[]): Readonly<Record<string, string>> {
  const sorted = entries.toSorted(([a, one], [b, other]) => compare(a, b) || compare(other, one));
  return Object.fromEntries(sorted);
}

/**
 * Hosts without doubles, by name, address and port.
 *
 * @param hosts in any order
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sortHosts } from "./merge.ts";
 * const [a, b] = [{ hostname: "a", port: 9 }, { hostname: "a", port: 10 }];
 * assert.deepEqual(sortHosts([b, a, b]), [a, b]);
 * ```
 */
export function sortHosts(hosts: readonly Host[]): Host[] {
  const unique = new Map(hosts.map((host) => [JSON.stringify(keyOf(host)), host]));
  return [...unique.values()].sort((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    return compare(left[0], right[0]) || compare(left[1], right[1]) || left[2] - right[2];
  });
}

function keyOf({ hostname, private_address = "", port }: Host): readonly [string, string, number] {
  return [hostname, private_address, port];
}

/** By characters, the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
