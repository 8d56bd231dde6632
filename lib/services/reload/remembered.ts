/**
 * What was done at run time through happi, remembered: one document a thing, its latest state, in the store. Several
 * processes may note at once (the server, and a command in a shell): each change is an edit of what the store has.
 *
 * Private keys are in here: the store's file has mode 0600. While the store fails, everything holds in memory.
 */
import type { Client } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { memoryStore, RevisionConflict, type Store } from "../../store/mod.ts";
import type { Held } from "../reconcile/server_steps.ts";
import { type RunTimeDocument, subjectOf } from "./document.ts";
import { deleteLarge, getLarge, isHead, listLarge, putLarge } from "./large_values.ts";
import type { Edit } from "./note.ts";
import { readDocument } from "./read_document.ts";
import { rememberingClient } from "./remembering_client.ts";

/** How one remembers. */
export interface RememberedOptions {
  /** Where it outlives a restart; nowhere if not given. */
  readonly store?: Store;
  /** Which HAProxy it is about, where one store serves several; `local` if not given. */
  readonly scope?: string;
  /** How many things are remembered at most; 20,000 if not given. */
  readonly maxDocuments?: number;
  /** Told, once each, why something cannot be remembered. */
  readonly onTrouble?: (why: string) => void;
}

interface Known {
  readonly document: RunTimeDocument | undefined;
  /** 0: the store does not have it. */
  readonly revision: number;
}

/** What was done at run time. */
export class Remembered implements AsyncDisposable {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #most: number;
  readonly #onTrouble: (why: string) => void;
  readonly #known = new Map<string, Known>();
  /** Edits that the store does not have yet, by key. */
  readonly #pending = new Map<string, Edit[]>();
  readonly #closing = new AbortController();
  #trouble: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How long the last writing took. */
  #writeMs = 0;
  #writing: Promise<void> = Promise.resolve();
  #following: Promise<void> = Promise.resolve();

  private constructor({ store, scope = "local", maxDocuments = 20_000, onTrouble = () => {} }: RememberedOptions) {
    this.#store = store ?? memoryStore();
    this.#prefix = `services/remembered/${encodeURIComponent(scope)}/`;
    this.#most = maxDocuments;
    this.#onTrouble = onTrouble;
  }

  /**
   * Reads what is remembered.
   *
   * @param options where, and of which HAProxy
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { Remembered } from "./remembered.ts";
   * await using remembered = await Remembered.open();
   * const name = "web/s1";
   * remembered.edit([{ kind: "server", name, apply: () => ({ kind: "server", name, state: "drain" }) }]);
   * assert.equal(remembered.held("web", "s1"), "drain");
   * ```
   */
  static async open(options: RememberedOptions = {}): Promise<Remembered> {
    const remembered = new Remembered(options);
    await remembered.documents();
    remembered.#following = remembered.#follow();
    return remembered;
  }

  /**
   * The same client, whose changes are remembered.
   *
   * @param client a worker's client, or a master's with its current worker
   */
  wrap(client: Client): Client {
    return rememberingClient(client, this);
  }

  /** Everything that is remembered now, read from the store anew, by kind and name. */
  async documents(): Promise<RunTimeDocument[]> {
    await this.flush();
    await this.#quietly(async () => {
      const kept = await listLarge(this.#store, this.#prefix);
      for (const key of this.#known.keys()) if (!kept.has(key) && !this.#pending.has(key)) this.#known.delete(key);
      for (const [key, { value, revision }] of kept) this.#learn(key, value, revision);
    });
    const documents = [...this.#known.values()].flatMap(({ document }) => document ? [document] : []);
    return documents.sort((a, b) => subjectOf(a) < subjectOf(b) ? -1 : 1);
  }

  /** What somebody wants of a server for now, as it was said last; nothing when it is to be ready. */
  held(backend: string, server: string): Held | undefined {
    const document = this.#known.get(this.#keyOf({ kind: "server", name: `${backend}/${server}` }))?.document;
    const state = document?.kind === "server" ? document.state : undefined;
    return state === "ready" ? undefined : state;
  }

  edit(edits: readonly Edit[]): void {
    for (const edit of edits) {
      const isNew = this.#known.get(this.#keyOf(edit))?.document === undefined;
      if (isNew && this.#known.size >= this.#most) {
        this.trouble(`Cannot remember ${subjectOf(edit)}: ${this.#most} things are remembered, which is the limit`);
      } else this.#add({ ...pick(edit), apply: (before) => withAbsence(edit.apply(before), undefined) });
    }
  }

  /** Notes since when something is not there, or that it is again. */
  mark(document: RunTimeDocument, missingSince: number | undefined): void {
    const known = this.#known.get(this.#keyOf(document))?.document;
    if (known === undefined || known.missing_since === missingSince) return;
    this.#add({ ...pick(document), apply: (before) => withAbsence(before, missingSince) });
  }

  /** Forgets something: HAProxy's own is newer, or it has been missing for long. */
  forget(document: Pick<RunTimeDocument, "kind" | "name">): void {
    this.edit([{ ...pick(document), apply: () => undefined }]);
  }

  trouble(why: unknown): void {
    const words = reason(why);
    if (words !== this.#trouble) this.#onTrouble(words);
    this.#trouble = words;
  }

  /** Settles when the store has everything, or has failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#quietly(() => this.#write()));
    await this.#writing;
  }

  /** Writes what is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.flush();
    await this.#following;
  }

  async #write(): Promise<void> {
    const startedAt = performance.now();
    for (const key of [...this.#pending.keys()]) {
      for (let isWritten = false; !isWritten;) isWritten = await this.#writeOne(key);
    }
    this.#writeMs = performance.now() - startedAt;
  }

  /** Gives whether the store has it; not when somebody else was faster, whose document is edited then. */
  async #writeOne(key: string): Promise<boolean> {
    const edits = this.#pending.get(key) ?? [];
    const { document, revision } = this.#known.get(key) ?? { document: undefined, revision: 0 };
    try {
      const next = document === undefined
        ? await deleteLarge(this.#store, key, revision).then(() => 0)
        : await putLarge(this.#store, key, document, revision);
      const later = (this.#pending.get(key) ?? []).slice(edits.length);
      const now = this.#known.get(key);
      if (later.length > 0) this.#pending.set(key, later);
      else this.#pending.delete(key);
      if (now?.document === undefined && next === 0) this.#known.delete(key);
      else this.#known.set(key, { document: now?.document, revision: next });
      return later.length === 0;
    } catch (thrown) {
      if (!(thrown instanceof RevisionConflict)) throw thrown;
      const theirs = await getLarge(this.#store, key);
      const all = this.#pending.get(key) ?? [];
      const edited = all.reduce((before, edit) => edit.apply(before), readDocument(theirs?.value));
      this.#known.set(key, { document: edited, revision: theirs?.revision ?? 0 });
      return false;
    }
  }

  /** What others note, for {@linkcode Remembered.held}. */
  async #follow(): Promise<void> {
    await this.#quietly(async () => {
      const { signal } = this.#closing;
      for await (const change of this.#store.watch(this.#prefix, { signal })) {
        if (change.kind === "reset") void this.documents();
        else if (change.kind === "put" && isHead(change.key)) {
          const kept = await getLarge(this.#store, change.key);
          if (kept) this.#learn(change.key, kept.value, kept.revision);
        } else if (isHead(change.key) && !this.#pending.has(change.key)) this.#known.delete(change.key);
      }
    });
  }

  #learn(key: string, value: unknown, revision: number): void {
    if (this.#pending.has(key) || (this.#known.get(key)?.revision ?? 0) > revision) return;
    this.#known.set(key, { document: readDocument(value), revision });
  }

  #add(edit: Edit): void {
    const key = this.#keyOf(edit);
    const { document, revision } = this.#known.get(key) ?? { document: undefined, revision: 0 };
    this.#known.set(key, { document: edit.apply(document), revision });
    this.#pending.set(key, [...this.#pending.get(key) ?? [], edit]);
    // What takes long to write is written the more rarely.
    const afterMs = Math.min(LATEST_MS, Math.max(WRITE_AFTER_MS, 10 * this.#writeMs));
    this.#timer ??= setTimeout(() => void this.flush(), afterMs);
  }

  #keyOf({ kind, name }: Pick<RunTimeDocument, "kind" | "name">): string {
    return `${this.#prefix}${kind}/${encodeURIComponent(name)}`;
  }

  async #quietly(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.trouble(thrown);
    }
  }
}

const WRITE_AFTER_MS = 20;
const LATEST_MS = 1_000;

const pick = ({ kind, name }: Pick<RunTimeDocument, "kind" | "name">) => ({ kind, name });

/** The document with the time since when its thing is missing; who changes a thing has seen it. */
function withAbsence(document: RunTimeDocument | undefined, missingSince: number | undefined) {
  if (document === undefined || document.missing_since === missingSince) return document;
  const { missing_since: _, ...rest } = document;
  return missingSince === undefined ? rest : { ...rest, missing_since: missingSince };
}
