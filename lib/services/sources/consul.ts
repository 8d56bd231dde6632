/**
 * The source `consul`: the healthy instances of services in a Consul catalog, by blocking queries: one for the list of
 * services, where all are wanted, and one for each of them.
 */
import { isName } from "../read_unit.ts";
import type { Source } from "../source.ts";
import { Asker, type HttpOptions, readSecret, targetOf } from "./asker.ts";
import { blockingQuery } from "./consul/blocking_query.ts";
import { type CONSUL_HEALTH, consulUnits } from "./consul/units.ts";
import { SourceFailed } from "./errors.ts";
import { type Parts, WHOLE } from "./parts.ts";
import { makeLife, rounds, type SourceOptions } from "./rounds.ts";

/** Which services of which Consul. */
export interface ConsulOptions extends SourceOptions, HttpOptions {
  /** An agent or a server. Default `http://127.0.0.1:8500`. */
  readonly url?: URL | undefined;
  /** Which services; all but Consul's own if not given. */
  readonly services?: readonly string[] | undefined;
  /** Only instances with this tag. */
  readonly tag?: string | undefined;
  readonly datacenter?: string | undefined;
  readonly namespace?: string | undefined;
  readonly partition?: string | undefined;
  /** Which instances count, by the worst of their checks. Default `passing`. */
  readonly health?: keyof typeof CONSUL_HEALTH | undefined;
  /** Whether any server may answer, though it may be behind. Default true. */
  readonly stale?: boolean | undefined;
  /** A file with the token. */
  readonly tokenFile?: string | undefined;
  /** How long Consul waits for a change, in milliseconds. Default 300,000. */
  readonly waitMs?: number | undefined;
  /** A question is asked again no sooner than this, in milliseconds, whatever changes. Default: as often as pictures are told. */
  readonly gapMs?: number | undefined;
  /** A Consul that does not block is asked so often, in milliseconds. Default 10,000. */
  readonly intervalMs?: number | undefined;
  /** Services that are looked at, each with a connection. Default 150: Consul gives a client 200. */
  readonly maxServices?: number | undefined;
}

/**
 * Makes it.
 *
 * @param name its name
 * @param options which services
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { consulSource } from "./consul.ts";
 * const source = consulSource("own", { services: ["web"] });
 * assert.equal(source.target, "http://127.0.0.1:8500/");
 * ```
 */
export function consulSource(name: string, options: ConsulOptions): Source {
  const url = options.url ?? new URL("http://127.0.0.1:8500");
  return makeLife({ name, kind: "consul", target: targetOf(url) }, options, async (parts, signal) => {
    using asker = new Asker(options);
    const watch = new CatalogWatch(asker, url, options, parts, signal);
    if (options.services === undefined) await watch.all();
    else await watch.these(options.services);
  });
}

/** Looks at the catalog, or at some services. */
class CatalogWatch {
  readonly #asker: Asker;
  readonly #url: URL;
  readonly #options: ConsulOptions;
  readonly #parts: Parts;
  readonly #signal: AbortSignal;
  readonly #watched = new Map<string, { readonly end: AbortController; readonly ended: Promise<void> }>();

  constructor(asker: Asker, url: URL, options: ConsulOptions, parts: Parts, signal: AbortSignal) {
    this.#asker = asker;
    this.#url = url;
    this.#options = options;
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Follows services whose names are known. */
  async these(services: readonly string[]): Promise<void> {
    this.#parts.expect(services);
    await Promise.all(services.map((service) => this.#follow(service, this.#signal)));
  }

  /** Follows the list of services, and each of them as long as it is there. */
  async all(): Promise<void> {
    await this.#query(WHOLE, "catalog/services", this.#signal, (json) => {
      const names = this.#namesIn(json);
      // The parts first, so that all of them are waited for at the start.
      this.#parts.expect([WHOLE, ...names]);
      this.#parts.put(WHOLE, new Map());
      for (const [name, { end }] of this.#watched) {
        if (names.includes(name)) continue;
        end.abort();
        this.#watched.delete(name);
      }
      for (const name of names) {
        if (this.#watched.has(name)) continue;
        const end = new AbortController();
        const ended = this.#follow(name, AbortSignal.any([end.signal, this.#signal]));
        this.#watched.set(name, { end, ended });
      }
    });
    await Promise.all([...this.#watched.values()].map(({ ended }) => ended));
  }

  async #follow(service: string, signal: AbortSignal): Promise<void> {
    const { health = "passing" } = this.#options;
    await this.#query(service, `health/service/${encodeURIComponent(service)}`, signal, (json) => {
      const { units, faults: [fault] } = consulUnits(json, health, targetOf(this.#url));
      this.#parts.put(service, new Map([[service, units]]), fault);
    });
  }

  /** Asks again whenever something has changed. */
  async #query(part: string, path: string, signal: AbortSignal, onAnswer: (json: unknown) => void): Promise<void> {
    const { waitMs = 300_000, throttleMs = 500, gapMs = throttleMs, intervalMs = 10_000 } = this.#options;
    let index: bigint | undefined;
    const look = async () => {
      const url = this.#urlOf(path);
      const answer = await blockingQuery(this.#asker, url, await this.#headers(), index, waitMs, signal)
        .catch((thrown) => {
          // It may be another server, or the same with other data, that answers next: it is not to be waited for.
          index = undefined;
          throw thrown;
        });
      const isReset = index !== undefined && answer.index === undefined;
      index = answer.index;
      if (answer.hasChanged) onAnswer(answer.json);
      else this.#parts.confirm(part);
      return index === undefined && !isReset ? intervalMs : gapMs;
    };
    await rounds(look, (why) => this.#parts.fail(part, why), this.#options, signal);
  }

  #urlOf(path: string): URL {
    const { tag, datacenter, namespace, partition, health = "passing", stale = true } = this.#options;
    const url = new URL(`${this.#url.href.replace(/\/$/, "")}/v1/${path}`);
    const isHealth = path.startsWith("health/");
    const query = {
      ...(isHealth && health === "passing" ? { passing: "1" } : {}),
      ...(isHealth && tag !== undefined ? { tag } : {}),
      ...(datacenter === undefined ? {} : { dc: datacenter }),
      ...(namespace === undefined ? {} : { ns: namespace }),
      ...(partition === undefined ? {} : { partition }),
      ...(stale ? { stale: "" } : {}),
    };
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return url;
  }

  async #headers(): Promise<Record<string, string>> {
    const { tokenFile } = this.#options;
    return tokenFile === undefined ? {} : { "x-consul-token": await readSecret(tokenFile) };
  }

  /** The services that a route could name. */
  #namesIn(json: unknown): string[] {
    const { maxServices = 150, tag } = this.#options;
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new SourceFailed(targetOf(this.#url), "its answer is no list of services");
    }
    const names = Object.entries(json).filter(([name, tags]) =>
      name !== "consul" && isName(name) && (tag === undefined || Array.isArray(tags) && tags.includes(tag))
    ).map(([name]) => name);
    if (names.length <= maxServices) return names;
    throw new SourceFailed(
      targetOf(this.#url),
      `it has ${names.length} services, and ${maxServices} are looked at: name those that matter`,
    );
  }
}
