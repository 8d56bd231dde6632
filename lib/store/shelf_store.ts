/**
 * A store over a shelf: keys and values are checked, what has expired goes, expectations hold, watches are told.
 */
import { reason } from "../errors.ts";
import { InvalidEntry, RevisionConflict, StoreClosed, StoreFailed } from "./errors.ts";
import { entryOf, type Row, type Shelf, ShelfBusy } from "./shelf.ts";
import type { Change, Entry, Listing, PutOptions, Store, WatchOptions } from "./store.ts";
import { Watches } from "./watches.ts";

/** A store over a shelf. */
export class ShelfStore implements Store {
  readonly #shelf: Shelf;
  readonly #now: () => number;
  readonly #watches: Watches;
  #isClosed = false;

  /**
   * @param shelf is closed with the store
   * @param now the time in milliseconds since 1970
   */
  constructor(shelf: Shelf, now: () => number) {
    this.#shelf = shelf;
    this.#now = now;
    this.#watches = new Watches(shelf, { now, sweep: () => this.#sweep() });
  }

  get isLasting(): boolean {
    return this.#shelf.isLasting;
  }

  async get(key: string): Promise<Entry | undefined> {
    return await this.#act(`read "${key}" from the store`, () => {
      this.#sweepIfPossible();
      const row = this.#shelf.row(key);
      return row === undefined || this.#isOver(row) ? undefined : entryOf(row);
    });
  }

  async put(key: string, value: unknown, { expected, ttlMs }: PutOptions = {}): Promise<Entry> {
    checkKey(key);
    const text = textOf(key, value);
    if (ttlMs !== undefined && !(ttlMs > 0)) {
      throw new InvalidEntry(key, `its time is "${ttlMs}" ms and must be longer`);
    }
    return await this.#act(`keep "${key}" in the store`, () =>
      this.#change(() => {
        this.#expect(key, expected);
        const updatedAt = this.#now();
        const expiresAt = ttlMs === undefined ? null : Math.ceil(updatedAt + ttlMs);
        return entryOf(this.#shelf.put({ key, text, updatedAt, expiresAt }));
      }));
  }

  async delete(key: string, { expected }: Pick<PutOptions, "expected"> = {}): Promise<boolean> {
    return await this.#act(`remove "${key}" from the store`, () =>
      this.#change(() => {
        this.#expect(key, expected);
        const isThere = this.#shelf.row(key) !== undefined;
        if (isThere) this.#shelf.remove(key, "deleted");
        return isThere;
      }));
  }

  async list(prefix: string): Promise<Listing> {
    return await this.#act("read the store", () => {
      this.#sweepIfPossible();
      // The revision first: what another process changes in between is then told again rather than never.
      const { newest: revision } = this.#shelf.history();
      const rows = this.#shelf.rows(prefix).filter((row) => !this.#isOver(row));
      return { revision, entries: rows.map(entryOf).sort((a, b) => a.key < b.key ? -1 : 1) };
    });
  }

  watch(prefix: string, options: WatchOptions = {}): AsyncIterableIterator<Change, undefined> {
    if (this.#isClosed) throw new StoreClosed();
    return this.#watches.watch(prefix, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#watches.close();
      this.#shelf.close();
    }
    return Promise.resolve();
  }

  /** Tries again while another process has the file, without keeping this one from its other work. */
  async #act<T>(what: string, act: () => T): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (let pauseMs = 1;; pauseMs = Math.min(pauseMs * 2, 50)) {
      if (this.#isClosed) throw new StoreClosed();
      try {
        return act();
      } catch (thrown) {
        if (!(thrown instanceof ShelfBusy)) throw failure(what, thrown);
        if (performance.now() > end) throw new StoreFailed(what, "another process does not let go of it", thrown);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  #change<T>(act: () => T): T {
    const done = this.#shelf.change(() => {
      this.#removeExpired();
      return act();
    });
    this.#watches.wake();
    return done;
  }

  #expect(key: string, expected: number | undefined): void {
    if (expected === undefined) return;
    const actual = this.#shelf.row(key)?.revision ?? 0;
    if (actual !== expected) throw new RevisionConflict(key, expected, actual);
  }

  #removeExpired(): void {
    for (const key of this.#shelf.expiredAt(this.#now())) this.#shelf.remove(key, "expired");
  }

  #sweep(): void {
    if (this.#shelf.expiredAt(this.#now()).length > 0) this.#change(() => {});
  }

  /** Who only reads is not kept from it by a disk that cannot be written. */
  #sweepIfPossible(): void {
    try {
      this.#sweep();
    } catch {
      // What is over is not shown, whether it could be removed or not.
    }
  }

  #isOver(row: Row): boolean {
    return row.expiresAt !== null && row.expiresAt <= this.#now();
  }
}

/** How long another process may hold the file. */
const PATIENCE_MS = 2_000;
const LONGEST_KEY = 512;
const LARGEST_VALUE = 256 * 1024;

function checkKey(key: string): void {
  if (key === "") throw new InvalidEntry(key, "its key is empty");
  if (key.length > LONGEST_KEY) throw new InvalidEntry(key, `its key is longer than ${LONGEST_KEY} characters`);
  if (!key.isWellFormed() || /[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(key)) {
    throw new InvalidEntry(key, "its key holds control characters");
  }
}

function textOf(key: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (thrown) {
    throw new InvalidEntry(key, `its value is no JSON: ${reason(thrown)}`, thrown);
  }
  if (text === undefined) throw new InvalidEntry(key, "its value is no JSON");
  if (new TextEncoder().encode(text).length > LARGEST_VALUE) {
    throw new InvalidEntry(key, `its value is larger than ${LARGEST_VALUE} bytes`);
  }
  return text;
}

function failure(what: string, thrown: unknown): unknown {
  return thrown instanceof StoreFailed ? new StoreFailed(what, thrown.why, thrown.cause) : thrown;
}
