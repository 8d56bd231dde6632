/**
 * A store in a file of the state directory (SQLite): several processes may have it open, and a file that is broken is put
 * aside for people to look at, never in the way.
 */
import { getLogger } from "@logtape/logtape";
import { SqliteShelf } from "./sqlite/shelf.ts";
import { ShelfStore } from "./shelf_store.ts";
import type { Store } from "./store.ts";

/** Where a store is kept. */
export interface OpenStoreOptions {
  /** Its directory; made, for its owner alone, when it is not there. */
  readonly directory: string;
  /** How many changes are kept for watches that resume; 1000 if not given. */
  readonly history?: number;
  /** The largest file, in bytes; 1 GiB if not given. */
  readonly maxBytes?: number;
  /** How often changes of other processes are looked for while somebody watches, in milliseconds; 250 if not given. */
  readonly pollMs?: number;
  /** Told when the file was broken and has been put aside; a warning in the log if not given. */
  readonly onPutAside?: (broken: PutAside) => void;
  /** The time in milliseconds since 1970; the system's if not given. */
  readonly now?: () => number;
}

/** A broken file. */
export interface PutAside {
  /** Where it is now. */
  readonly path: string;
  /** What SQLite said. */
  readonly why: string;
}

const LOG = getLogger(["happi", "store"]);

/**
 * Opens the store of a directory, `happi.db`. What was put is there after the process was killed; a power cut may take
 * the last moments.
 *
 * @throws {StoreFailed} when there can be none: no permission, no room, a read-only disk
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openStore } from "./open.ts";
 * const directory = await Deno.makeTempDir();
 * {
 *   await using store = await openStore({ directory });
 *   await store.put("greeting", "hello");
 * }
 * await using again = await openStore({ directory });
 * assert.equal((await again.get("greeting"))?.value, "hello");
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export function openStore(options: OpenStoreOptions): Promise<Store> {
  const { directory, history = 1000, maxBytes = 1024 ** 3, pollMs = 250, onPutAside = warn, now = Date.now } = options;
  return Promise.try(() => {
    const shelf = new SqliteShelf({ directory, history, maxBytes, pollMs, onPutAside, now });
    return new ShelfStore(shelf, now);
  });
}

function warn({ path, why }: PutAside): void {
  LOG.warn('The store was broken ({why}) and begins anew; the broken file is "{path}"', { path, why });
}
