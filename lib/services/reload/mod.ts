/**
 * Reloads of HAProxy lose nothing: what was done at run time is remembered, and made again; and snapshots of it.
 *
 * @module
 */
export type {
  CertificateDocument,
  CrtListDocument,
  CrtListLine,
  LimitDocument,
  PatternDocument,
  RunTimeDocument,
  ServerDocument,
  ServerSettings,
} from "./document.ts";
export { findScope } from "./kept_process.ts";
export { Keeper, type KeeperOptions, type KeeperRecord } from "./keeper.ts";
export { isRemembered } from "./remembering_client.ts";
export { Remembered, type RememberedOptions } from "./remembered.ts";
export { type Remark, restore, type Restored } from "./restore.ts";
export {
  diffSnapshot,
  InvalidSnapshot,
  readSnapshot,
  restoreSnapshot,
  type Snapshot,
  type SnapshotDifference,
  takeSnapshot,
} from "./snapshot.ts";
export { type HaproxyProcess, type Reloaded, ReloadWatch, type ReloadWatchOptions } from "./watch.ts";
