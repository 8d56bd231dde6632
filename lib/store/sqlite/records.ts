/**
 * The two tables, and what their rows are when they come back.
 */

/** The tables; made when they are not there. A change's number is its revision, and never used again. */
export const TABLES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    revision INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS entries_by_end ON entries (expires_at) WHERE expires_at IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS changes (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT`,
];

/** A row of `entries`. */
export interface EntryRecord {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
  readonly updated_at: number;
  readonly expires_at: number | null;
}

/** A row of `changes`. */
export interface ChangeRecord extends Omit<EntryRecord, "value"> {
  readonly kind: string;
  readonly value: string | null;
}

/** A row as SQLite gives it. */
export type SqliteRecord = Readonly<Record<string, unknown>>;

/** Whether a row is one of `entries`. */
export function isEntryRecord(record: SqliteRecord): record is SqliteRecord & EntryRecord {
  return hasShared(record) && typeof record["value"] === "string";
}

/** Whether a row is one of `changes`. */
export function isChangeRecord(record: SqliteRecord): record is SqliteRecord & ChangeRecord {
  return hasShared(record) && typeof record["kind"] === "string" &&
    (record["value"] === null || typeof record["value"] === "string");
}

function hasShared({ key, revision, updated_at, expires_at }: SqliteRecord): boolean {
  return typeof key === "string" && typeof revision === "number" && typeof updated_at === "number" &&
    (expires_at === null || typeof expires_at === "number");
}
