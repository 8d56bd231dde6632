/**
 * Whether data is other than when it was last looked at, as charms ask it: by a hash that is kept.
 */
import type { Store } from "../store/mod.ts";

/**
 * Tells whether data has changed since the last call with the same id, or was never seen; and remembers it.
 *
 * The order of keys does not matter, that of lists does.
 *
 * @param store where hashes are kept
 * @param id what the data is of
 * @param data what JSON can say
 * @returns true when it is other, or new
 * @throws {StoreFailed} when it cannot be remembered
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { memoryStore } from "../store/mod.ts";
 * import { dataChanged } from "./data_changed.ts";
 * await using store = memoryStore();
 * assert.equal(await dataChanged(store, "web", { a: 1, b: 2 }), true);
 * assert.equal(await dataChanged(store, "web", { b: 2, a: 1 }), false);
 * ```
 */
export async function dataChanged(store: Store, id: string, data: unknown): Promise<boolean> {
  const hash = await hashOf(data);
  const key = `services/data_changed/${encodeURIComponent(id)}`;
  const known = await store.get(key);
  if (known?.value === hash) return false;
  await store.put(key, hash);
  return true;
}

/** The same test without remembering. */
export async function isDataChanged(store: Store, id: string, data: unknown): Promise<boolean> {
  const known = await store.get(`services/data_changed/${encodeURIComponent(id)}`);
  return known?.value !== await hashOf(data);
}

async function hashOf(data: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(sorted(data));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JSON with the keys of objects in order. */
function sorted(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
  }) ?? "null";
}
