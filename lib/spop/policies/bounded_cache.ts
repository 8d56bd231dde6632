/**
 * Remembers answers for a while: so many at most, the oldest go first, none outlives its time.
 *
 * Hot path: `get` is one look into a map and allocates nothing.
 */

/**
 * A cache with an end to its size and to the life of what is in it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BoundedCache } from "./bounded_cache.ts";
 * const cache = new BoundedCache<string>(2);
 * cache.set("a", "alpha", 1_000);
 * assert.equal(cache.get("a", 999), "alpha");
 * assert.equal(cache.get("a", 1_000), undefined);
 * ```
 */
export class BoundedCache<V> {
  readonly #most: number;
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>();

  /** @param most how many entries there may be; with 0 nothing is remembered */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many entries there are, those included whose time is over and who were not asked for since. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * What is remembered for a key.
   *
   * @param key the key
   * @param now the time, on the clock of `until`
   */
  get(key: string, now: number): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (now < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /**
   * Remembers.
   *
   * @param key the key
   * @param value what `get` gives
   * @param until the first moment at which it is no longer good
   */
  set(key: string, value: V, until: number): void {
    if (this.#most === 0) return;
    this.#entries.delete(key);
    if (this.#entries.size >= this.#most) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, { value, until });
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }
}
