/**
 * Who serves what: the pictures of all sources as one, with a revision for each change.
 */
import { isDeepStrictEqual } from "node:util";
import { Feed } from "../feed/mod.ts";
import { mergePictures } from "./merge.ts";
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
  readonly changes = new Feed<ServiceChange>();
  readonly #pictures = new Map<string, Picture>();
  readonly #now: () => number;
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
    return this.#list.services.find((one) => one.service === service);
  }

  /**
   * Takes the whole picture of a source in the place of its last one.
   *
   * @param source its name
   * @param picture all that it knows
   */
  put(source: string, picture: Picture): void {
    this.#pictures.set(source, picture);
    this.#merge();
  }

  /** Forgets all that a source has said. */
  drop(source: string): void {
    if (this.#pictures.delete(source)) this.#merge();
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

  #merge(): void {
    const services = mergePictures(this.#pictures.values());
    const before = new Map(this.#list.services.map((one) => [one.service, one]));
    const after = new Map(services.map((one) => [one.service, one]));
    const revision = Math.max(this.#list.revision + 1, this.#now());
    const changes = [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((service): ServiceChange[] => {
      const [old, now] = [before.get(service), after.get(service)];
      if (isDeepStrictEqual(old, now)) return [];
      const change = old === undefined ? "added" : now === undefined ? "removed" : "changed";
      return [{ revision, service, change, units: now?.units ?? [] }];
    });
    if (changes.length === 0) return;
    this.#list = { revision, services };
    for (const change of changes) this.changes.push(change);
    for (const wake of this.#waiting) wake();
  }
}
