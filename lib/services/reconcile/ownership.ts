/**
 * What is happi's own in HAProxy: what it made, known by its name or remembered in the store, also after a restart.
 * Everything else is somebody's and is not touched.
 *
 * One document a backend. The store may fail: what is remembered then holds until happi ends.
 */
import { reason } from "../../errors.ts";
import type { Store } from "../../store/mod.ts";
import { type Entry, entryName } from "./entries.ts";

/** What is happi's own in a backend. */
export interface Owned {
  /** Names of servers that were made, with the words that they were made with. */
  readonly servers: Readonly<Record<string, string>>;
  /** Servers that happi drained: their way back is not left to an agent. */
  readonly drained: readonly string[];
  /** Entries of maps and ACLs that were put in for the backend. */
  readonly entries: readonly Omit<Entry, "backend" | "value">[];
}

/** For each backend what is happi's own. */
export type OwnedByBackend = ReadonlyMap<string, Owned>;

/** How ownership is kept. */
export interface OwnershipOptions {
  /** Where it outlives a restart; only as long as the process if not given. */
  readonly store?: Store;
  /** Which HAProxy it is about, where one store serves several. */
  readonly scope: string;
  /** Told when the store fails, with why; what was remembered is kept in memory. */
  readonly onTrouble: (why: string) => void;
}

/** Remembers what happi made. */
export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #known = new Map<string, Owned>();
  #isLoaded = false;
  #trouble: string | undefined;

  /** @param options see {@linkcode OwnershipOptions} */
  constructor(options: OwnershipOptions) {
    this.#options = options;
  }

  /** Everything that is remembered; read from the store once. */
  async load(): Promise<OwnedByBackend> {
    const { store } = this.#options;
    if (this.#isLoaded || !store) return this.#known;
    try {
      const { entries } = await store.list(this.#prefix);
      for (const { key, value } of entries) {
        const owned = readOwned(value);
        const backend = key.slice(this.#prefix.length);
        if (owned) this.#known.set(backend, together(owned, this.#known.get(backend)));
      }
      this.#isLoaded = true;
    } catch (thrown) {
      this.#tell(thrown);
    }
    return this.#known;
  }

  /**
   * Remembers what is about to be made, and forgets what is gone: what is known of each backend from now on.
   *
   * @param changed backends and what is happi's own there; nothing is written for those where it is the same
   */
  async remember(changed: OwnedByBackend): Promise<void> {
    const { store } = this.#options;
    for (const [backend, owned] of changed) {
      const before = this.#known.get(backend);
      if (before && JSON.stringify(sorted(before)) === JSON.stringify(sorted(owned))) continue;
      const { servers, drained, entries } = owned;
      const isEmpty = Object.keys(servers).length + drained.length + entries.length === 0;
      if (isEmpty && !before) continue;
      if (isEmpty) this.#known.delete(backend);
      else this.#known.set(backend, sorted(owned));
      try {
        if (isEmpty) await store?.delete(this.#prefix + backend);
        else await store?.put(this.#prefix + backend, sorted(owned));
      } catch (thrown) {
        this.#tell(thrown);
      }
    }
  }

  /** Once as long as it is the same. */
  #tell(thrown: unknown): void {
    const why = reason(thrown);
    if (why !== this.#trouble) this.#options.onTrouble(why);
    this.#trouble = why;
  }

  get #prefix(): string {
    return `services/reconcile/${this.#options.scope}/`;
  }
}

function sorted({ servers, drained, entries }: Owned): Owned {
  const names = Object.keys(servers).sort();
  return {
    drained: [...new Set(drained)].sort(),
    servers: Object.fromEntries(names.map((name) => [name, servers[name] ?? ""])),
    entries: entries.toSorted((a, b) => entryName(a) < entryName(b) ? -1 : 1),
  };
}

/** What was kept, and what was made before it could be read. */
function together(kept: Owned, made: Owned = { servers: {}, drained: [], entries: [] }): Owned {
  return sorted({
    servers: { ...kept.servers, ...made.servers },
    drained: [...kept.drained, ...made.drained],
    entries: [...new Map([...kept.entries, ...made.entries].map((one) => [entryName(one), one])).values()],
  });
}

/** What the store gave; `undefined` where somebody else wrote it. */
function readOwned(value: unknown): Owned | undefined {
  if (!isObject(value) || !isObject(value["servers"]) || !Array.isArray(value["entries"])) return undefined;
  const servers = Object.entries(value["servers"]).filter((one): one is [string, string] => typeof one[1] === "string");
  const entries = value["entries"].flatMap((one: unknown): Omit<Entry, "backend" | "value">[] => {
    if (!isObject(one)) return [];
    const { kind, file, key } = one;
    if ((kind !== "map" && kind !== "acl") || typeof file !== "string" || typeof key !== "string") return [];
    return [{ kind, file, key }];
  });
  const drained = Array.isArray(value["drained"])
    ? value["drained"].filter((one: unknown) => typeof one === "string")
    : [];
  return { servers: Object.fromEntries(servers), drained, entries };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
