/**
 * What must survive a restart: JSON values by key, with revisions and watches; in memory, or in a file of the state directory.
 *
 * @module
 */
export { InvalidEntry, RevisionConflict, StoreClosed, StoreFailed } from "./errors.ts";
export { memoryStore, type MemoryStoreOptions } from "./memory.ts";
export { openStore, type OpenStoreOptions } from "./open.ts";
export { type Change, type Entry, type Listing, type PutOptions, type Store, type WatchOptions } from "./store.ts";
