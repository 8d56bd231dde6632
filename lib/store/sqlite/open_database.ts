/**
 * Opening the file: its directory and itself for their owner alone, write-ahead logging, a look at whether it is whole.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { reason } from "../../errors.ts";
import { StoreFailed } from "../errors.ts";
import type { PutAside } from "../open.ts";
import { ShelfBusy } from "../shelf.ts";
import { failureOf, isBroken } from "./failure.ts";
import { type SqliteRecord, TABLES } from "./records.ts";

/** Where the file is, and how large it may be. */
export interface Placement {
  readonly directory: string;
  readonly maxBytes: number;
  readonly onPutAside: (broken: PutAside) => void;
  readonly now: () => number;
}

/** A value that SQLite is given. */
type Value = string | number | null;

/** An open database, with its statements kept. */
export interface OpenedDatabase {
  /** Whether the file was moved, deleted or replaced since. */
  isGone(): boolean;
  /** Takes back what a failed change has done. */
  rollBack(): void;
  all(sql: string, ...values: readonly Value[]): SqliteRecord[];
  /** @returns the number of the row that was inserted last */
  run(sql: string, ...values: readonly Value[]): number;
  close(): void;
}

/**
 * Opens the file; one that is broken is put aside first.
 *
 * @throws {StoreFailed} when there can be none
 */
export function openDatabase(placement: Placement): OpenedDatabase {
  const file = `${placement.directory}/happi.db`;
  const what = `open the store "${file}"`;
  try {
    Deno.mkdirSync(placement.directory, { recursive: true, mode: 0o700 });
    // One process at a time looks whether the file is whole: a second must not put the first one's new file aside.
    using lock = Deno.openSync(`${file}.lock`, { create: true, write: true, mode: 0o600 });
    lock.lockSync(true);
    try {
      return open(file, placement);
    } catch (thrown) {
      if (!isBroken(thrown)) throw thrown;
      placement.onPutAside({ path: putAside(file, placement.now()), why: reason(thrown) });
      return open(file, placement);
    }
  } catch (thrown) {
    if (thrown instanceof ShelfBusy) throw thrown;
    const failure = failureOf(thrown);
    throw new StoreFailed(what, whyOf(failure), thrown);
  }
}

function open(file: string, { maxBytes }: Placement): OpenedDatabase {
  // SQLite gives its other files (-wal, -shm) the mode of this one.
  Deno.openSync(file, { create: true, write: true, mode: 0o600 }).close();
  Deno.chmodSync(file, 0o600);
  const database = new DatabaseSync(file);
  try {
    const opened = keepStatements(database, file);
    for (const sql of pragmas(maxBytes)) opened.all(sql);
    checkWhole(opened);
    for (const sql of TABLES) opened.run(sql);
    return opened;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function pragmas(maxBytes: number): string[] {
  return [
    `PRAGMA busy_timeout = ${BUSY_MS}`,
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA trusted_schema = OFF",
    `PRAGMA max_page_count = ${Math.max(16, Math.floor(maxBytes / PAGE_BYTES))}`,
  ];
}

/** SQLite waits in this thread, so hardly at all: who calls comes again. */
const BUSY_MS = 20;
const PAGE_BYTES = 4096;

function checkWhole(database: OpenedDatabase): void {
  const [found] = database.all("PRAGMA quick_check(1)");
  const said = Object.values(found ?? {})[0];
  if (said !== "ok") throw Object.assign(new Error(String(said)), { errcode: SQLITE_CORRUPT });
}

const SQLITE_CORRUPT = 11;

/** @returns where it is now */
function putAside(file: string, now: number): string {
  const aside = `${file}.broken-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  for (const end of ["", "-wal", "-shm"]) {
    try {
      Deno.renameSync(`${file}${end}`, `${aside}${end}`);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }
  return aside;
}

/** Everything is a statement: the errors of `exec` have no code. */
function keepStatements(database: DatabaseSync, file: string): OpenedDatabase {
  const inode = inodeOf(file);
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string) => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return {
    isGone: () => inodeOf(file) !== inode,
    rollBack() {
      try {
        statement("ROLLBACK").run();
      } catch {
        // SQLite has taken it back already.
      }
    },
    all: (sql, ...values) => statement(sql).all(...values),
    run: (sql, ...values) => Number(statement(sql).run(...values).lastInsertRowid),
    close() {
      try {
        database.close();
      } catch {
        // It is closed, or its file is gone.
      }
    },
  };
}

function inodeOf(file: string): number | null | undefined {
  try {
    return Deno.statSync(file).ino;
  } catch {
    return undefined;
  }
}

function whyOf(failure: unknown): string {
  if (failure instanceof StoreFailed) return failure.why;
  if (failure instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (failure instanceof Deno.errors.AlreadyExists || failure instanceof Deno.errors.NotADirectory) {
    return "there is a file in the place of its directory";
  }
  return reason(failure);
}
