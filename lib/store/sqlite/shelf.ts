/**
 * A shelf in SQLite. When its file turns out to be broken, or was taken away while it was open, it begins a new one.
 */
import type { HistoryBounds, PastChange, Row, Shelf } from "../shelf.ts";
import { type ChangeRecord, type EntryRecord, isChangeRecord, isEntryRecord } from "./records.ts";
import { failureOf, isBroken } from "./failure.ts";
import { openDatabase, type OpenedDatabase, type Placement } from "./open_database.ts";

/** What a shelf in SQLite is made from. */
export interface SqliteShelfOptions extends Placement {
  readonly history: number;
  readonly pollMs: number;
}

/** Rows and history in two tables. */
export class SqliteShelf implements Shelf {
  readonly isLasting = true;
  readonly #options: SqliteShelfOptions;
  #database: OpenedDatabase;
  #isChanging = false;
  #generation = 0;

  /** @throws {StoreFailed} when there can be no file */
  constructor(options: SqliteShelfOptions) {
    this.#options = options;
    this.#database = openDatabase(options);
  }

  get pollMs(): number {
    return this.#options.pollMs;
  }

  get generation(): number {
    return this.#generation;
  }

  change<T>(act: () => T): T {
    // SQLite would go on writing into a file that nobody can open any more.
    if (this.#database.isGone()) this.#beginAnew();
    return this.#healed(() => {
      this.#database.run(SQL.begin);
      this.#isChanging = true;
      try {
        const done = act();
        this.#database.run(SQL.commit);
        return done;
      } catch (thrown) {
        this.#database.rollBack();
        throw thrown;
      } finally {
        this.#isChanging = false;
      }
    });
  }

  row(key: string): Row | undefined {
    return this.#healed(() => this.#entries(SQL.row, key).at(0));
  }

  rows(prefix: string): Row[] {
    // No key holds the last of all characters: all that begin with the prefix stand before prefix and it.
    return this.#healed(() => this.#entries(SQL.rows, prefix, `${prefix}\u{10ffff}`));
  }

  put({ key, text, updatedAt, expiresAt }: Omit<Row, "revision">): Row {
    const revision = this.#note("put", key, text, updatedAt, expiresAt);
    this.#database.run(SQL.put, key, text, revision, updatedAt, expiresAt);
    return { key, text, revision, updatedAt, expiresAt };
  }

  remove(key: string, kind: "deleted" | "expired"): void {
    this.#note(kind, key, null, 0, null);
    this.#database.run(SQL.remove, key);
  }

  expiredAt(now: number): string[] {
    return this.#healed(() => this.#entries(SQL.expired, now).map(({ key }) => key));
  }

  nextExpiry(): number | undefined {
    return this.#healed(() => numberOf(this.#database.all(SQL.nextExpiry)[0]?.["at"]));
  }

  history(): HistoryBounds {
    return this.#healed(() => {
      const found = this.#database.all(SQL.history)[0];
      return { oldest: numberOf(found?.["oldest"]) ?? 0, newest: numberOf(found?.["newest"]) ?? 0 };
    });
  }

  changesAfter(revision: number, most: number): PastChange[] {
    return this.#healed(() =>
      this.#database.all(SQL.changesAfter, revision, most).filter(isChangeRecord).map(changeOf)
    );
  }

  close(): void {
    this.#database.close();
  }

  /** Writes the history; what is too old goes. @returns the change's revision */
  #note(kind: string, key: string, text: string | null, at: number, expiresAt: number | null): number {
    const revision = Number(this.#database.run(SQL.note, kind, key, text, at, expiresAt));
    this.#database.run(SQL.forget, revision - this.#options.history);
    return revision;
  }

  #entries(sql: string, ...values: readonly (string | number)[]): Row[] {
    return this.#database.all(sql, ...values).filter(isEntryRecord).map(rowOf);
  }

  /** Puts a broken file aside and does it once more, on a new one. */
  #healed<T>(act: () => T): T {
    if (this.#isChanging) return act(); // the change around it is done once more as a whole
    try {
      return act();
    } catch (thrown) {
      if (!isBroken(thrown)) throw failureOf(thrown);
      this.#beginAnew();
    }
    try {
      return act();
    } catch (thrown) {
      throw failureOf(thrown);
    }
  }

  #beginAnew(): void {
    this.#database.close();
    this.#database = openDatabase(this.#options);
    this.#generation++;
  }
}

const SQL = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  row: "SELECT * FROM entries WHERE key = ?",
  rows: "SELECT * FROM entries WHERE key >= ? AND key < ?",
  expired: "SELECT * FROM entries WHERE expires_at <= ?",
  nextExpiry: "SELECT min(expires_at) AS at FROM entries WHERE expires_at IS NOT NULL",
  put: "INSERT OR REPLACE INTO entries (key, value, revision, updated_at, expires_at) VALUES (?, ?, ?, ?, ?)",
  remove: "DELETE FROM entries WHERE key = ?",
  note: "INSERT INTO changes (kind, key, value, updated_at, expires_at) VALUES (?, ?, ?, ?, ?)",
  forget: "DELETE FROM changes WHERE revision <= ?",
  history: "SELECT min(revision) AS oldest, max(revision) AS newest FROM changes",
  changesAfter: "SELECT * FROM changes WHERE revision > ? ORDER BY revision LIMIT ?",
} as const;

function rowOf({ key, value, revision, updated_at, expires_at }: EntryRecord): Row {
  return { key, text: value, revision, updatedAt: updated_at, expiresAt: expires_at };
}

function changeOf(record: ChangeRecord): PastChange {
  const { kind, key, revision } = record;
  if (kind !== "put" || record.value === null) return { kind: kind === "expired" ? kind : "deleted", key, revision };
  return { kind, row: rowOf({ ...record, value: record.value }) };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
