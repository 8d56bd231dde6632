/**
 * A feed: an ordered, bounded, numbered sequence of records with one writer's side and any number of readers.
 *
 * Writing never waits. A reader goes at its own pace; what was let go before it came to it is told as a number, never
 * skipped in silence. Hot path: `push` stores the record and wakes readers at most once a turn.
 */
import { type FeedRecord, Ring } from "./ring.ts";

/** How a feed is made. */
export interface FeedOptions<T> {
  /** How many records it keeps at most; 1000 if not given. */
  readonly capacity?: number;
  /** What the kept records may weigh together, by `weigh`; without a limit if not given. */
  readonly maxWeight?: number;
  /** What a value weighs, say its bytes: always the same for the same value. 1 if not given. */
  readonly weigh?: (value: T) => number;
  /** Told how many read now, each time that this changes: for writers that rest while nobody does. */
  readonly onReaders?: (readers: number) => void;
  /** Tells this feed from the same one of an earlier process; made up if not given. */
  readonly epoch?: string;
  /** The time in milliseconds since 1970; the system's if not given. */
  readonly now?: () => number;
}

/** Where a reader begins and when it ends. */
export interface ReadOptions {
  /** Begins behind the record with this number; 0 begins with the oldest that is kept. With what comes from now on if not given. */
  readonly after?: number;
  /** Begins with this many of the newest records. `after` goes before it. */
  readonly tail?: number;
  /** Ends the reading, without an error. */
  readonly signal?: AbortSignal;
}

/** What a reader gets: a record, or how many it was too slow for. */
export type FeedItem<T> =
  | { readonly kind: "record"; readonly record: FeedRecord<T> }
  | { readonly kind: "lost"; readonly count: number };

/**
 * A feed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Feed } from "./feed.ts";
 * const feed = new Feed<string>({ capacity: 2 });
 * for (const word of ["a", "b", "c"]) feed.push(word);
 * feed.close();
 * const seen = (await Array.fromAsync(feed.read({ after: 0 }))).map((item) =>
 *   item.kind === "record" ? item.record.value : `${item.count} lost`
 * );
 * assert.deepEqual(seen, ["1 lost", "b", "c"]);
 * ```
 */
export class Feed<T> {
  /** Tells this feed from the same one of an earlier process. */
  readonly epoch: string;
  readonly #ring: Ring<T>;
  readonly #now: () => number;
  readonly #onReaders: (readers: number) => void;
  #readers = 0;
  #isClosed = false;
  #change: PromiseWithResolvers<void> | undefined;

  /** @param options see {@linkcode FeedOptions} */
  constructor(options: FeedOptions<T> = {}) {
    const { capacity = 1000, maxWeight = Infinity, weigh = () => 1 } = options;
    if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError("a feed keeps one record at least");
    this.#now = options.now ?? Date.now;
    this.#onReaders = options.onReaders ?? (() => {});
    this.epoch = options.epoch ?? crypto.randomUUID().slice(0, 8);
    this.#ring = new Ring(capacity, maxWeight, weigh);
  }

  /** The number of the oldest record that is kept; that of the next one when none is. */
  get firstId(): number {
    return this.#ring.firstId;
  }

  /** The number of the newest record; 0 before the first. */
  get lastId(): number {
    return this.#ring.lastId;
  }

  /** How many read now. */
  get readers(): number {
    return this.#readers;
  }

  /** No more records come. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Adds a record; gives its number. A closed feed takes no more: 0. */
  push(value: T): number {
    if (this.#isClosed) return 0;
    const id = this.#ring.push(value, this.#now());
    this.#wake();
    return id;
  }

  /** Ends the feed: readers get what is kept, then their end. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** The newest records, oldest first. */
  latest(most = Infinity): FeedRecord<T>[] {
    const found: FeedRecord<T>[] = [];
    for (let id = Math.max(this.firstId, this.lastId - most + 1); id <= this.lastId; id++) {
      const record = this.#ring.at(id);
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  /**
   * Reads: what is kept from the beginning on, and what comes, until the feed is closed or the reader ends.
   *
   * The reader counts from the call on, so no record is missed between the call and the first `next`.
   *
   * @param options where to begin
   * @returns records in order, with a `lost` wherever some are missing; `return` (or leaving the loop) ends it
   */
  read(options: ReadOptions = {}): AsyncIterableIterator<FeedItem<T>, undefined> {
    let nextId = this.#begin(options);
    let isEnded = false;
    const end = () => {
      if (isEnded) return;
      isEnded = true;
      options.signal?.removeEventListener("abort", end);
      this.#count(-1);
      this.#wake();
    };
    this.#count(1);
    if (options.signal?.aborted) end();
    else options.signal?.addEventListener("abort", end, { once: true });
    const next = async (): Promise<IteratorResult<FeedItem<T>, undefined>> => {
      while (!isEnded) {
        const { firstId } = this;
        if (nextId < firstId) {
          const count = firstId - nextId;
          nextId = firstId;
          return { done: false, value: { kind: "lost", count } };
        }
        const record = this.#ring.at(nextId);
        if (record !== undefined) {
          nextId++;
          return { done: false, value: { kind: "record", record } };
        }
        if (this.#isClosed) end();
        else await this.#changed();
      }
      return { done: true, value: undefined };
    };
    // One at a time, in order, also for a caller that does not wait for each.
    let last: Promise<unknown> = Promise.resolve();
    return {
      next: () => {
        const result = last.then(next);
        last = result;
        return result;
      },
      return: () => {
        end();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** The number of the first record that a reader wants. */
  #begin({ after, tail }: ReadOptions): number {
    if (after !== undefined) return Math.max(1, Math.min(after, this.lastId) + 1);
    return Math.max(this.firstId, this.lastId + 1 - Math.max(0, tail ?? 0));
  }

  #count(change: 1 | -1): void {
    this.#readers += change;
    this.#onReaders(this.#readers);
  }

  /** Settles at the next change. All who wait share one promise. */
  #changed(): Promise<void> {
    this.#change ??= Promise.withResolvers<void>();
    return this.#change.promise;
  }

  #wake(): void {
    const change = this.#change;
    if (change === undefined) return;
    this.#change = undefined;
    change.resolve();
  }
}
