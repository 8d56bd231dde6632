/**
 * A store in memory: for tests, and where no state directory is to be had.
 */
import type { PastChange, Row, Shelf } from "./shelf.ts";
import { ShelfStore } from "./shelf_store.ts";
import type { Store } from "./store.ts";

/** How a store in memory is made. */
export interface MemoryStoreOptions {
  /** How many changes are kept for watches that resume; 1000 if not given. */
  readonly history?: number;
  /** The time in milliseconds since 1970; the system's if not given. */
  readonly now?: () => number;
}

/**
 * Makes a store that is gone with the process.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { memoryStore } from "./memory.ts";
 * await using store = memoryStore();
 * const { revision } = await store.put("services/web", { port: 8080 });
 * await assert.rejects(store.put("services/web", {}, { expected: 0 }), /it has revision 1 and must not be there/);
 * await store.put("services/web", { port: 8081 }, { expected: revision });
 * assert.deepEqual((await store.get("services/web"))?.value, { port: 8081 });
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  return new ShelfStore(new MemoryShelf(options.history ?? 1000), options.now ?? Date.now);
}

class MemoryShelf implements Shelf {
  readonly isLasting = false;
  readonly pollMs = Infinity;
  readonly generation = 0;
  readonly #most: number;
  readonly #rows = new Map<string, Row>();
  /** When those go that do not stay. */
  readonly #ends = new Map<string, number>();
  readonly #history: PastChange[] = [];
  #newest = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** What can fail is looked at before anything is changed: there is nothing to take back. */
  change<T>(act: () => T): T {
    return act();
  }

  row(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  rows(prefix: string): Row[] {
    return [...this.#rows.values()].filter(({ key }) => key.startsWith(prefix));
  }

  put(wanted: Omit<Row, "revision">): Row {
    const row = { ...wanted, revision: ++this.#newest };
    this.#rows.set(row.key, row);
    if (row.expiresAt === null) this.#ends.delete(row.key);
    else this.#ends.set(row.key, row.expiresAt);
    this.#note({ kind: "put", row });
    return row;
  }

  remove(key: string, kind: "deleted" | "expired"): void {
    this.#rows.delete(key);
    this.#ends.delete(key);
    this.#note({ kind, key, revision: ++this.#newest });
  }

  expiredAt(now: number): string[] {
    return [...this.#ends].filter(([, end]) => end <= now).map(([key]) => key);
  }

  nextExpiry(): number | undefined {
    return this.#ends.size === 0 ? undefined : [...this.#ends.values()].reduce((a, b) => Math.min(a, b));
  }

  history() {
    return { oldest: this.#newest - this.#history.length + (this.#newest === 0 ? 0 : 1), newest: this.#newest };
  }

  changesAfter(revision: number, most: number): PastChange[] {
    const from = Math.max(0, revision + 1 - this.history().oldest);
    return this.#newest === 0 ? [] : this.#history.slice(from, from + most);
  }

  close(): void {
    this.#rows.clear();
  }

  #note(change: PastChange): void {
    this.#history.push(change);
    if (this.#history.length > this.#most) this.#history.shift();
  }
}
