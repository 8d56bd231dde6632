/**
 * Definitions that came over the API, kept for the next start: written when they are made or changed, gone when they are.
 *
 * Those of the configuration are not written: the file says them. Environments are written too, and are secrets: the
 * store's file is its owner's alone.
 */
import type { Store } from "../store/mod.ts";
import type { Definition } from "./definition.ts";
import type { Manager } from "./manager_face.ts";
import { readDefinition } from "./read_definition.ts";
import { writeDefinition } from "./write_definition.ts";

/** Where definitions stand in the store. */
const PREFIX = "process/definition/";

/** How definitions are kept. */
export interface DefinitionsStoreOptions {
  readonly store: Store;
  /** Whether the configuration defines it: such are not written, and go before what is. */
  readonly isConfigured: (name: string) => boolean;
  /** Told of what cannot be written, or cannot be read any more. */
  readonly onFault: (thrown: unknown) => void;
}

/**
 * Keeps definitions.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { memoryStore } from "../store/mod.ts";
 * import { DefinitionsStore } from "./definitions_store.ts";
 * import { ProcessManager } from "./manager.ts";
 * await using store = memoryStore();
 * await using manager = new ProcessManager();
 * const kept = new DefinitionsStore({ store, isConfigured: () => false, onFault: (thrown) => { throw thrown; } });
 * kept.follow(manager);
 * await manager.add({ name: "web", cmd: "serve", start: false });
 * await kept.written();
 * assert.deepEqual(await kept.read(), [{ name: "web", cmd: "serve", start: false }]);
 * ```
 */
export class DefinitionsStore {
  readonly #options: DefinitionsStoreOptions;
  #followed: { readonly manager: Manager; lastId: number } | undefined;
  #change = Promise.withResolvers<void>();

  /** @param options see {@linkcode DefinitionsStoreOptions} */
  constructor(options: DefinitionsStoreOptions) {
    this.#options = options;
  }

  /** What is kept, but for what the configuration defines. What cannot be read is told, and left out. */
  async read(): Promise<Definition[]> {
    const { store, isConfigured, onFault } = this.#options;
    const { entries } = await store.list(PREFIX);
    return entries.filter(({ key }) => !isConfigured(key.slice(PREFIX.length))).flatMap(({ value }) => {
      try {
        return [readDefinition(value)];
      } catch (thrown) {
        onFault(thrown);
        return [];
      }
    });
  }

  /** Writes what changes from now on, until the manager ends. */
  follow(manager: Manager): void {
    this.#followed = { manager, lastId: manager.events.lastId };
    void this.#follow(manager, this.#followed);
  }

  /** Settles when what has changed up to now is written. */
  async written(): Promise<void> {
    const { manager, lastId } = this.#followed ?? {};
    if (manager === undefined || lastId === undefined) return;
    const target = manager.events.lastId;
    while ((this.#followed?.lastId ?? target) < target) await this.#change.promise;
  }

  async #follow(manager: Manager, place: { lastId: number }): Promise<void> {
    for await (const item of manager.events.read()) {
      try {
        if (item.kind === "lost") await this.#writeAll(manager);
        else if (CHANGES.has(item.record.value.event)) await this.#write(manager, item.record.value.name);
      } catch (thrown) {
        this.#options.onFault(thrown);
      }
      place.lastId = item.kind === "lost" ? place.lastId + item.count : item.record.id;
      this.#change.resolve();
      this.#change = Promise.withResolvers();
    }
  }

  /** Brings one into the state that it has by now. */
  async #write(manager: Manager, name: string): Promise<void> {
    const { store, isConfigured } = this.#options;
    if (isConfigured(name)) return;
    if (!manager.names().includes(name)) {
      await store.delete(`${PREFIX}${name}`);
      return;
    }
    await store.put(`${PREFIX}${name}`, writeDefinition(manager.definition(name)));
  }

  /** More has happened than could be read: all of them, also those that are no more. */
  async #writeAll(manager: Manager): Promise<void> {
    const { entries } = await this.#options.store.list(PREFIX);
    const names = new Set([...manager.names(), ...entries.map(({ key }) => key.slice(PREFIX.length))]);
    for (const name of names) await this.#write(manager, name);
  }
}

const CHANGES: ReadonlySet<string> = new Set(["create", "update", "delete"]);
