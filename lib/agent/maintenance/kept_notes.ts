/**
 * Notes in the store: written one after the other, read at the start, and followed where another process writes them too.
 */
import { createHash } from "node:crypto";
import { type Entry, RevisionConflict, type Store } from "../../store/mod.ts";
import { type MaintenanceNote, readNote } from "./note.ts";

/** Whom notes are told. */
export interface KeptNotesOptions {
  /** Told of notes that are there, or come from another process. */
  readonly onNote: (note: MaintenanceNote) => void;
  /** Told when something could not be read or written. */
  readonly onFault: (cause: unknown) => void;
}

/** Notes in the store. */
export class KeptNotes {
  readonly #store: Store;
  readonly #options: KeptNotesOptions;
  readonly #end = new AbortController();
  /** The notes that were written as they are. */
  readonly #written = new Map<string, { readonly since: number; readonly revision: number }>();
  #writing: Promise<void> = Promise.resolve();
  #following: Promise<void> = Promise.resolve();

  constructor(store: Store, options: KeptNotesOptions) {
    this.#store = store;
    this.#options = options;
  }

  async open(): Promise<void> {
    try {
      this.#following = this.#follow(await this.#readAll());
    } catch (thrown) {
      this.#options.onFault(thrown);
    }
  }

  /** Whether a restart would find the note. */
  has({ name, since }: MaintenanceNote): boolean {
    return this.#store.isLasting && this.#written.get(name)?.since === since;
  }

  /** Writes a note; never rejects. */
  put(note: MaintenanceNote): Promise<void> {
    return this.#write(async () => {
      const { revision } = await this.#store.put(keyOf(note.name), note);
      this.#written.set(note.name, { since: note.since, revision });
    });
  }

  /** Removes a note, unless another process has written a newer one; never rejects. */
  remove({ name, since }: MaintenanceNote): Promise<void> {
    return this.#write(async () => {
      const written = this.#written.get(name);
      if (written === undefined || written.since > since) return;
      this.#written.delete(name);
      try {
        await this.#store.delete(keyOf(name), { expected: written.revision });
      } catch (thrown) {
        if (!(thrown instanceof RevisionConflict)) throw thrown;
      }
    });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    this.#end.abort();
    await Promise.all([this.#writing, this.#following]);
  }

  /** One after the other: the newest is what stays. */
  #write(act: () => Promise<void>): Promise<void> {
    return this.#writing = this.#writing.then(act).catch((thrown) => this.#options.onFault(thrown));
  }

  /** @returns the revision up to which it has read */
  async #readAll(): Promise<number> {
    const { entries, revision } = await this.#store.list(PREFIX);
    for (const entry of entries) this.#take(entry);
    return revision;
  }

  #take({ value, revision }: Entry): void {
    const note = readNote(value);
    if (note === undefined) return;
    const { name, since } = note;
    if (revision >= (this.#written.get(name)?.revision ?? 0)) this.#written.set(name, { since, revision });
    this.#options.onNote(note);
  }

  async #follow(after: number): Promise<void> {
    try {
      for await (const change of this.#store.watch(PREFIX, { after, signal: this.#end.signal })) {
        if (change.kind === "put") this.#take(change.entry);
        else if (change.kind === "reset") await this.#readAll();
      }
    } catch (thrown) {
      this.#options.onFault(thrown);
    }
  }
}

const PREFIX = "agent/maintenance/";

/** Requests of the wire can be longer than a key. */
function keyOf(name: string): string {
  const isShort = /^[\w.:@/[\]|-]{1,200}$/.test(name);
  return PREFIX + (isShort ? name : createHash("sha256").update(name).digest("hex"));
}
