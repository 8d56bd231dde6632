/**
 * Who serves what: the pictures of all sources as one, with a revision for each change.
 */
import { isDeepStrictEqual } from "node:util";
import { Feed } from "../feed/mod.ts";
import { compare, mergeService } from "./merge.ts";
import type { Picture, Service } from "./service.ts";

/** A service that has changed. */
export interface ServiceChange {
  /** The registry's, as of the change; changes of one moment share it. */
  readonly revision: number;
  readonly service: string;
  readonly change: "added" | "changed" | "removed";
  /** The service as it is now; without units when it was removed. */
  readonly units: Service["units"];
}

/** All services, as of a revision. */
export interface ServiceList {
  readonly revision: number;
  readonly services: readonly Service[];
}

/**
 * The registry.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Registry } from "./registry.ts";
 * const registry = new Registry();
 * registry.put("file", new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]]]));
 * assert.equal(registry.list().services[0]?.service, "web");
 * registry.drop("file");
 * assert.deepEqual(registry.changes.latest().map(({ value }) => value.change), ["added", "removed"]);
 * ```
 */
export class Registry {
  /** What changes, a record a service. */
  readonly changes = new Feed<ServiceChange>({ maxWeight: MOST_UNITS, weigh: ({ units }) => 1 + units.length });
  readonly #pictures = new Map<string, Picture>();
  readonly #now: () => number;
  readonly #services = new Map<string, Service>();
  #list: ServiceList;
  /** Those who wait for a change. No shared promise: on a quiet registry it would keep everyone who ever waited. */
  readonly #waiting = new Set<() => void>();

  /** @param now the time in milliseconds since 1970: revisions of a later start are higher than those of an earlier one */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#list = { revision: now(), services: [] };
  }

  /** All services. */
  list(): ServiceList {
    return this.#list;
  }

  /** One service; `undefined` where there is none. */
  get(service: string): Service | undefined {
    return this.#services.get(service);
  }

  /**
   * Takes the whole picture of a source in the place of its last one. What it costs depends on the services whose list of
   * units is another: a list is never changed in place.
   *
   * @param source its name
   * @param picture all that it knows
   */
  put(source: string, picture: Picture): void {
    const before = this.#pictures.get(source);
    this.#pictures.set(source, picture);
    this.#merge([...before?.keys() ?? [], ...picture.keys()].filter((one) => before?.get(one) !== picture.get(one)));
  }

  /** Forgets all that a source has said. */
  drop(source: string): void {
    const before = this.#pictures.get(source);
    this.#pictures.delete(source);
    this.#merge([...before?.keys() ?? []]);
  }

  /**
   * Waits until something is newer than a revision.
   *
   * @param revision what the caller knows; another registry's revision is answered at once
   * @param signal ends the waiting
   * @returns all services, also when the waiting was ended
   */
  async since(revision: number, signal: AbortSignal): Promise<ServiceList> {
    if (this.#list.revision === revision && !signal.aborted) {
      const { promise, resolve: wake } = Promise.withResolvers<void>();
      const onAbort = () => wake();
      this.#waiting.add(wake);
      signal.addEventListener("abort", onAbort, { once: true });
      await promise;
      this.#waiting.delete(wake);
      signal.removeEventListener("abort", onAbort);
    }
    return this.#list;
  }

  /**
   * All services now, and again whenever they have changed; who is slow gets the newest only.
   *
   * @param signal ends it
   */
  async *watch(signal: AbortSignal): AsyncGenerator<ServiceList, void> {
    for (let list = this.#list; !signal.aborted; list = await this.since(list.revision, signal)) yield list;
  }

  #merge(names: readonly string[]): void {
    const revision = Math.max(this.#list.revision + 1, this.#now());
    const changes = [...new Set(names)].sort(compare).flatMap((service): ServiceChange[] => {
      const [old, now] = [this.#services.get(service), mergeService(service, this.#pictures.values())];
      if (isSame(old, now)) return [];
      if (now === undefined) this.#services.delete(service);
      else this.#services.set(service, now);
      const change = old === undefined ? "added" : now === undefined ? "removed" : "changed";
      return [{ revision, service, change, units: now?.units ?? [] }];
    });
    if (changes.length === 0) return;
    const services = [...this.#services.values()].sort((a, b) => compare(a.service, b.service));
    this.#list = { revision, services };
    for (const change of changes) this.changes.push(change);
    for (const wake of this.#waiting) wake();
  }
}

/** A thousand changes of a service with ten thousand units would fill the memory with lists: so many units are kept in all. */
const MOST_UNITS = 200_000;

/** Unit by unit: most are the same objects. */
function isSame(old: Service | undefined, now: Service | undefined): boolean {
  if (old === undefined || now === undefined) return old === now;
  const { units } = old;
  return units.length === now.units.length &&
    now.units.every((unit, index) => unit === units[index] || isDeepStrictEqual(unit, units[index]));
}
