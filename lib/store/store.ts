/**
 * The store: what is kept, how it is changed, and how others learn of it.
 *
 * One counter of revisions for all keys: each change takes the next number. The interface is cut so that a shared engine
 * (etcd, Consul, NATS) can stand behind it.
 */

/** A value and what is known of it. */
export interface Entry {
  readonly key: string;
  /** JSON; whoever reads it checks what it is. */
  readonly value: unknown;
  /** The number of the change that made it so. */
  readonly revision: number;
  /** When it was put, in milliseconds since 1970. */
  readonly updated_at: number;
  /** When it goes by itself, in milliseconds since 1970. */
  readonly expires_at?: number;
}

/** What a watch tells. */
export type Change =
  | { readonly kind: "put"; readonly revision: number; readonly key: string; readonly entry: Entry }
  /** `expired`: nobody deleted it, its time was over. */
  | { readonly kind: "deleted" | "expired"; readonly revision: number; readonly key: string }
  /** The changes up to this revision are no longer known: list again, then go on with what follows. */
  | { readonly kind: "reset"; readonly revision: number };

/** What is there, and as of when. */
export interface Listing {
  /** The store's newest revision; a watch `after` it misses nothing. */
  readonly revision: number;
  /** By key, in the order of their characters. */
  readonly entries: readonly Entry[];
}

/** How a value is put. */
export interface PutOptions {
  /** The revision that the key must have; 0: it must not be there. Anything if not given. */
  readonly expected?: number;
  /** The entry goes after so many milliseconds, unless it is put again. */
  readonly ttlMs?: number;
}

/** From where and until when one watches. */
export interface WatchOptions {
  /** Begins with the changes behind this revision; with those from the call on if not given. */
  readonly after?: number;
  /** Ends the watch, without an error. */
  readonly signal?: AbortSignal;
}

/** Keeps JSON values by key. */
export interface Store extends AsyncDisposable {
  /** Whether what is put outlives the process. */
  readonly isLasting: boolean;
  /**
   * The entry of a key; `undefined` where there is none, or no longer.
   *
   * @throws {StoreFailed} when it cannot be read
   */
  get(key: string): Promise<Entry | undefined>;
  /**
   * Puts a value; what was there is replaced.
   *
   * @param key 1 to 512 characters without control characters, such as `agent/maintenance/web`
   * @param value what JSON can say, up to 256 KiB
   * @returns the entry as it is now
   * @throws {RevisionConflict} when the key has another revision than `expected`
   * @throws {InvalidEntry} when the key or the value cannot be kept
   * @throws {StoreFailed} when it cannot be written: the disk is full, read-only or gone
   */
  put(key: string, value: unknown, options?: PutOptions): Promise<Entry>;
  /**
   * Removes a key.
   *
   * @returns whether it was there
   * @throws {RevisionConflict} {@linkcode StoreFailed} as `put` does
   */
  delete(key: string, options?: Pick<PutOptions, "expected">): Promise<boolean>;
  /**
   * Everything below a prefix; "" for all.
   *
   * @throws {StoreFailed} when it cannot be read
   */
  list(prefix: string): Promise<Listing>;
  /**
   * The changes below a prefix, in order, each once; those of other processes on the same file too.
   *
   * A bounded number of changes is kept: who asks for older ones, or reads too slowly, gets a `reset` in their place.
   *
   * @returns ends with the signal, with `return()` (leaving the loop), or when the store is closed
   */
  watch(prefix: string, options?: WatchOptions): AsyncIterableIterator<Change, undefined>;
}
