/**
 * What is under a store: rows by key and a bounded history, read and changed at once. In memory and in SQLite it is the
 * same to the store above, which makes expiry, expectations and watches of it.
 */
import type { Entry } from "./store.ts";

/** An entry as it is kept: its value as JSON text. */
export interface Row {
  readonly key: string;
  readonly text: string;
  readonly revision: number;
  readonly updatedAt: number;
  /** `null`: it stays. */
  readonly expiresAt: number | null;
}

/** A change as it is kept. */
export type PastChange =
  | { readonly kind: "put"; readonly row: Row }
  | { readonly kind: "deleted" | "expired"; readonly revision: number; readonly key: string };

/** The revisions that the history goes from and to; both 0 before the first change. */
export interface HistoryBounds {
  readonly oldest: number;
  readonly newest: number;
}

/** Rows and history. */
export interface Shelf {
  /** Whether it outlives the process. */
  readonly isLasting: boolean;
  /** How often others may change it, to be looked at in milliseconds; `Infinity` where nobody else can. */
  readonly pollMs: number;
  /** Counts how often it had to begin anew: revisions of before mean nothing then. */
  readonly generation: number;
  /** Does several things as one change, or none of them. @throws {ShelfBusy} when another process changes it */
  change<T>(act: () => T): T;
  row(key: string): Row | undefined;
  rows(prefix: string): Row[];
  /** Within {@linkcode Shelf.change}: puts a row with the next revision, and writes it into the history. */
  put(row: Omit<Row, "revision">): Row;
  /** Within {@linkcode Shelf.change}: removes a row that is there, and writes it into the history. */
  remove(key: string, kind: "deleted" | "expired"): void;
  /** The keys whose time is over. */
  expiredAt(now: number): string[];
  /** When the next row goes; `undefined` when all stay. */
  nextExpiry(): number | undefined;
  history(): HistoryBounds;
  /** The changes behind a revision, oldest first, so many at most. */
  changesAfter(revision: number, most: number): PastChange[];
  close(): void;
}

/** Another process changes the shelf; a moment later it will be free. */
export class ShelfBusy extends Error {}

/** An entry as its users see it. */
export function entryOf({ key, text, revision, updatedAt, expiresAt }: Row): Entry {
  const entry = { key, value: JSON.parse(text), revision, updated_at: updatedAt };
  return expiresAt === null ? entry : { ...entry, expires_at: expiresAt };
}
