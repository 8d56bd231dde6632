/**
 * Who watches a store: each reads the shelf's history at its own pace, and is woken by a change of this process, by one
 * of another (looked for while somebody watches), and by an entry's end.
 */
import { entryOf, type PastChange, type Shelf } from "./shelf.ts";
import type { Change, WatchOptions } from "./store.ts";

/** What watches need of their store. */
export interface WatchesOptions {
  readonly now: () => number;
  /** Removes what has expired; may throw. */
  readonly sweep: () => void;
}

/** The watches of a store. */
export class Watches {
  readonly #shelf: Shelf;
  readonly #options: WatchesOptions;
  readonly #end = new AbortController();
  #watchers = 0;
  #change: PromiseWithResolvers<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(shelf: Shelf, options: WatchesOptions) {
    this.#shelf = shelf;
    this.#options = options;
  }

  /** Tells all who watch that there is something to read. */
  wake(): void {
    const change = this.#change;
    this.#change = undefined;
    change?.resolve();
    // An entry that goes soon may have come.
    if (this.#watchers > 0) this.#plan();
  }

  /** Ends all. */
  close(): void {
    this.#end.abort();
    clearTimeout(this.#timer);
    this.wake();
  }

  watch(prefix: string, { after, signal }: WatchOptions): AsyncIterableIterator<Change, undefined> {
    const left = new AbortController();
    const begun = this.#shelf.generation;
    const signals = [left.signal, this.#end.signal, ...(signal === undefined ? [] : [signal])];
    // From the call on, not from the first read on.
    const changes = this.#follow(prefix, after ?? this.#newest(), begun, AbortSignal.any(signals));
    return {
      next: () => changes.next(),
      return() {
        left.abort();
        return changes.return(undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async *#follow(
    prefix: string,
    after: number | undefined,
    begun: number,
    signal: AbortSignal,
  ): AsyncGenerator<Change, undefined> {
    const wake = () => this.wake();
    signal.addEventListener("abort", wake, { once: true });
    if (this.#watchers++ === 0) this.#plan();
    try {
      for (let seen = after, generation = begun; !signal.aborted;) {
        const found = this.#read(generation === this.#shelf.generation ? seen : undefined);
        seen = found.revision;
        generation = this.#shelf.generation;
        for (const change of found.changes) {
          if (signal.aborted) return;
          if (change.kind === "reset" || change.key.startsWith(prefix)) yield change;
        }
        // Nothing is awaited between the last look at the shelf and this: no wake is missed.
        if (found.changes.length === 0 && !signal.aborted) await this.#changed();
      }
    } finally {
      signal.removeEventListener("abort", wake);
      if (--this.#watchers === 0) clearTimeout(this.#timer);
    }
  }

  /** What comes behind a revision. A shelf that cannot be read is tried again with the next wake. */
  #read(seen: number | undefined): { readonly changes: readonly Change[]; readonly revision: number | undefined } {
    try {
      const { oldest, newest } = this.#shelf.history();
      if (seen === undefined || seen < oldest - 1 || seen > newest) {
        return { changes: [{ kind: "reset", revision: newest }], revision: newest };
      }
      const changes = this.#shelf.changesAfter(seen, MOST_AT_ONCE).map(changeOf);
      return { changes, revision: changes.at(-1)?.revision ?? seen };
    } catch {
      return { changes: [], revision: seen };
    }
  }

  #newest(): number | undefined {
    try {
      return this.#shelf.history().newest;
    } catch {
      return undefined;
    }
  }

  #changed(): Promise<void> {
    this.#change ??= Promise.withResolvers<void>();
    return this.#change.promise;
  }

  /** Looks again when another process may have changed something, and when the next entry goes. */
  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#end.signal.aborted) return;
    const ms = Math.min(this.#shelf.pollMs, this.#untilExpiry());
    if (ms === Infinity) return;
    this.#timer = setTimeout(() => {
      try {
        this.#options.sweep();
      } catch {
        // It is tried again with the next look.
      }
      this.wake();
    }, Math.min(ms, LONGEST_TIMER_MS));
  }

  #untilExpiry(): number {
    try {
      const at = this.#shelf.nextExpiry();
      return at === undefined ? Infinity : Math.max(SHORTEST_LOOK_MS, at - this.#options.now());
    } catch {
      return SHORTEST_LOOK_MS * 100;
    }
  }
}

/** Changes that are read from the shelf at once. */
const MOST_AT_ONCE = 256;
const SHORTEST_LOOK_MS = 5;
const LONGEST_TIMER_MS = 0x7fff_ffff;

function changeOf(past: PastChange): Exclude<Change, { kind: "reset" }> {
  if (past.kind !== "put") return past;
  const entry = entryOf(past.row);
  return { kind: "put", revision: entry.revision, key: entry.key, entry };
}
