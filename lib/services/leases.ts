/**
 * Units that have registered themselves, each with a lease: who does not renew it is drained, and a while later forgotten.
 *
 * They are kept in a store, so that they are there again after a restart. A lease begins anew then: a registry that was away
 * cannot know who would have renewed.
 */
import { isDeepStrictEqual } from "node:util";
import { reason } from "../errors.ts";
import { memoryStore, type Store } from "../store/mod.ts";
import { InvalidUnit, ServiceNotFound, TooManyUnits } from "./errors.ts";
import { byTimer, type Lease, type LeasesOptions, type LeasesStats } from "./lease.ts";
import { isName, readUnit } from "./read_unit.ts";
import type { Registry } from "./registry.ts";
import type { Picture, Unit } from "./service.ts";

/** The name under which registered units are a source of the registry. */
export const REGISTERED = "registered";

interface Kept {
  readonly lease: Lease;
  /** Nobody has renewed it in time: it is drained, and soon forgotten. */
  readonly isOver: boolean;
  /** Calls its end off. */
  readonly callOff: () => void;
}

/** Leases. */
export class Leases implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #store: Store;
  readonly #options: Required<Omit<LeasesOptions, "store">>;
  readonly #kept = new Map<string, Kept>();
  /** What the registry was told last. */
  #picture: Picture = new Map();
  readonly #counts = { registered: 0, renewed: 0, expired: 0, faults: 0 };
  /** Writes, one after the other. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(registry: Registry, options: LeasesOptions) {
    const { store = memoryStore(), ttlMs = { least: 1_000, most: 86_400_000 }, ...rest } = options;
    const { drainMs = 30_000, maxUnits = 10_000, now = Date.now, schedule = byTimer, onFault = () => {} } = rest;
    this.#registry = registry;
    this.#store = store;
    this.#options = {
      ttlMs,
      drainMs,
      maxUnits,
      now,
      schedule,
      onFault: (why) => (this.#counts.faults++, onFault(why)),
    };
  }

  /**
   * Reads what was kept.
   *
   * @param registry gets a picture of all that is registered, at each change
   * @param options where leases survive
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { Leases } from "./leases.ts";
   * import { Registry } from "./registry.ts";
   * const registry = new Registry();
   * await using leases = await Leases.open(registry);
   * leases.register("web", { unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }, 30_000);
   * assert.equal(registry.get("web")?.units.length, 1);
   * ```
   */
  static async open(registry: Registry, options: LeasesOptions = {}): Promise<Leases> {
    const leases = new Leases(registry, options);
    try {
      const { entries } = await leases.#store.list(PREFIX);
      for (const { value } of entries) leases.#remember(value);
    } catch (thrown) {
      leases.#options.onFault(reason(thrown));
    }
    const byService = Map.groupBy(leases.list(), ({ service }) => service);
    leases.#picture = new Map([...byService].map(([service, all]) => [service, all.map(({ unit }) => unit)]));
    registry.put(REGISTERED, leases.#picture);
    return leases;
  }

  /** All leases, by service and unit. */
  list(): Lease[] {
    return [...this.#kept.values()].map(({ lease }) => lease);
  }

  /** Counters. */
  stats(): LeasesStats {
    return { leases: this.#kept.size, ...this.#counts };
  }

  /** The lease of a unit; `undefined` where it has none. */
  get(service: string, unit: string): Lease | undefined {
    return this.#kept.get(keyOf(service, unit))?.lease;
  }

  /**
   * Registers a unit, or changes and renews it.
   *
   * @param service its service
   * @param unit what it is
   * @param ttlMs how long it holds without being renewed; `null` for ever
   * @throws {InvalidUnit} when the service's name or the time does not fit
   * @throws {TooManyUnits} when there are as many as there may be
   */
  register(service: string, unit: Unit, ttlMs: number | null): Lease {
    if (!isName(service)) throw new InvalidUnit(unit.unit, `"${service.slice(0, 127)}" is no name of a service`);
    const key = keyOf(service, unit.unit);
    const { maxUnits, ttlMs: { least, most } } = this.#options;
    if (ttlMs !== null && !(ttlMs >= least && ttlMs <= most)) {
      throw new InvalidUnit(
        unit.unit,
        `a lease lasts from ${least / 1000} to ${most / 1000} seconds, not ${ttlMs / 1000}`,
      );
    }
    const known = this.#kept.get(key);
    if (known === undefined && this.#kept.size >= maxUnits) throw new TooManyUnits(unit.unit, maxUnits);
    const lease = this.#begin({ service, unit, ttl_ms: ttlMs, expires_at: null });
    // Who renews by registering again costs no write.
    if (known === undefined || known.isOver || !isSame(known.lease, lease)) {
      this.#counts.registered++;
      this.#write(key, lease);
      this.#publish(service, unit.unit, unit);
    } else this.#counts.renewed++;
    return lease;
  }

  /**
   * Renews a lease as it is.
   *
   * @throws {ServiceNotFound} when it has ended: register again
   */
  renew(service: string, unit: string): Lease {
    const kept = this.#kept.get(keyOf(service, unit));
    // One that is drained because nobody renewed it is given up; HAProxy may have been told.
    if (kept === undefined || kept.isOver) throw new ServiceNotFound("unit", `${service}/${unit}`);
    this.#counts.renewed++;
    return this.#begin(kept.lease);
  }

  /** Takes a unit's traffic away; its lease goes on. @throws {ServiceNotFound} */
  drain(service: string, unit: string): Lease {
    const kept = this.#kept.get(keyOf(service, unit));
    if (kept === undefined) throw new ServiceNotFound("unit", `${service}/${unit}`);
    if (kept.isOver) return kept.lease;
    return this.register(service, { ...kept.lease.unit, state: "drain" }, kept.lease.ttl_ms);
  }

  /** Forgets a unit; gives whether it was there. */
  deregister(service: string, unit: string): boolean {
    const key = keyOf(service, unit);
    const kept = this.#kept.get(key);
    if (kept === undefined) return false;
    kept.callOff();
    this.#kept.delete(key);
    this.#write(key, undefined);
    this.#publish(service, unit, undefined);
    return true;
  }

  /** Settles when all is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Ends: leases stay in the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { callOff } of this.#kept.values()) callOff();
    this.#kept.clear();
    await this.flush();
  }

  /** A lease's time begins; its end drains the unit. */
  #begin(lease: Lease): Lease {
    const key = keyOf(lease.service, lease.unit.unit);
    this.#kept.get(key)?.callOff();
    const { ttl_ms: ttlMs } = lease;
    const { now, schedule } = this.#options;
    const begun = { ...lease, expires_at: ttlMs === null ? null : now() + ttlMs };
    const callOff = ttlMs === null ? () => {} : schedule(() => this.#expire(key), ttlMs);
    this.#kept.set(key, { lease: begun, isOver: false, callOff });
    return begun;
  }

  #expire(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    const { lease } = kept;
    const { schedule, drainMs } = this.#options;
    this.#counts.expired++;
    const unit: Unit = { ...lease.unit, state: "drain" };
    this.#kept.set(key, {
      lease: { ...lease, unit },
      isOver: true,
      callOff: schedule(() => this.deregister(lease.service, lease.unit.unit), drainMs),
    });
    this.#publish(lease.service, unit.unit, unit);
  }

  /** Tells the registry; the lists of other services stay the same, so that it need not look at them. */
  #publish(service: string, name: string, unit: Unit | undefined): void {
    const others = (this.#picture.get(service) ?? []).filter((one) => one.unit !== name);
    const units = unit === undefined ? others : [...others, unit];
    const rest = [...this.#picture].filter(([one]) => one !== service);
    this.#picture = new Map(units.length === 0 ? rest : [...rest, [service, units]]);
    this.#registry.put(REGISTERED, this.#picture);
  }

  #write(key: string, lease: Lease | undefined): void {
    const { onFault } = this.#options;
    this.#writing = this.#writing.then(async () => {
      if (lease === undefined) await this.#store.delete(key);
      else await this.#store.put(key, { service: lease.service, unit: lease.unit, ttl_ms: lease.ttl_ms });
    }).catch((thrown) => onFault(reason(thrown)));
  }

  /** What was kept by an earlier happi, as far as it can be understood. */
  #remember(value: unknown): void {
    if (typeof value !== "object" || value === null || !("unit" in value) || !("service" in value)) return;
    const { unit: given, service } = value;
    const ttlMs = "ttl_ms" in value && typeof value.ttl_ms === "number" ? value.ttl_ms : null;
    if (typeof given !== "object" || given === null || !("unit" in given) || typeof service !== "string") return;
    const { unit: name, ...fields } = given;
    try {
      this.#begin({ service, unit: readUnit(String(name), fields), ttl_ms: ttlMs, expires_at: null });
    } catch (thrown) {
      this.#options.onFault(reason(thrown));
    }
  }
}

function isSame(one: Lease, other: Lease): boolean {
  return one.ttl_ms === other.ttl_ms && isDeepStrictEqual(one.unit, other.unit);
}

const PREFIX = "services/registered/";

/** Names hold slashes, and keys of the store are parted by them. */
function keyOf(service: string, unit: string): string {
  return `${PREFIX}${encodeURIComponent(service)}/${encodeURIComponent(unit)}`;
}
