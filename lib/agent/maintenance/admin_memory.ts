/**
 * Which checks have said `drain` or `maint` of their own, in the store: after a restart the agent still knows that it has
 * to say `ready`.
 */
import { createHash } from "node:crypto";
import type { Store } from "../../store/mod.ts";
import type { AdminMemory } from "../options.ts";

/**
 * Remembers names, at once in memory and a moment later in the store.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { memoryStore } from "../../store/mod.ts";
 * import { StoredAdminMemory } from "./admin_memory.ts";
 * const store = memoryStore();
 * const before = await StoredAdminMemory.open(store);
 * before.set("web", true);
 * await before.written();
 * assert.equal((await StoredAdminMemory.open(store)).has("web"), true);
 * ```
 */
export class StoredAdminMemory implements AdminMemory {
  readonly #store: Store;
  readonly #onFault: (cause: unknown) => void;
  readonly #names = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: Store, onFault: (cause: unknown) => void) {
    this.#store = store;
    this.#onFault = onFault;
  }

  /**
   * Reads what was kept.
   *
   * @param store where it survives a restart
   * @param onFault told when something could not be read or written; it holds all the same, until a restart
   */
  static async open(store: Store, onFault: (cause: unknown) => void = () => {}): Promise<StoredAdminMemory> {
    const memory = new StoredAdminMemory(store, onFault);
    try {
      for (const { value } of (await store.list(PREFIX)).entries) {
        if (typeof value === "string") memory.#names.add(value);
      }
    } catch (thrown) {
      onFault(thrown);
    }
    return memory;
  }

  /** Whether the check has said so, and has not said `ready` since. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Notes that it has, or that HAProxy has been told `ready`. */
  set(name: string, isSaid: boolean): void {
    if (this.#names.has(name) === isSaid) return;
    if (isSaid) this.#names.add(name);
    else this.#names.delete(name);
    const key = PREFIX + createHash("sha256").update(name).digest("hex");
    const write = async () => void await (isSaid ? this.#store.put(key, name) : this.#store.delete(key));
    this.#writing = this.#writing.then(write).catch(this.#onFault);
  }

  /** Settles when all is in the store. */
  written(): Promise<void> {
    return this.#writing;
  }
}

const PREFIX = "agent/admin/";
