/**
 * A client that notes what is changed through it: whoever is given it, the HTTP API or the command line, need not know.
 */
import { Client, findMethod, METHODS, type Methods, SocketError } from "../../client/mod.ts";
import { CERTIFICATE_NOTES } from "./certificate_notes.ts";
import { LIMIT_NOTES } from "./limit_notes.ts";
import { resolveName } from "./names.ts";
import type { AnyNote, Edit } from "./note.ts";
import { PATTERN_NOTES } from "./pattern_notes.ts";
import { SERVER_NOTES, stateEdit } from "./server_notes.ts";

/** Where notes go. */
export interface Notebook {
  /** Remembers what edits make of the documents. Never throws. */
  edit(edits: readonly Edit[]): void;
  /** Something could not be noted. */
  trouble(why: unknown): void;
}

const NOTES: Readonly<Record<string, AnyNote>> = {
  ...SERVER_NOTES,
  ...PATTERN_NOTES,
  ...CERTIFICATE_NOTES,
  ...LIMIT_NOTES,
};

/**
 * Whether what a method changes is remembered. What passes by itself is not: sessions, stick tables, health and agent
 * states that the next check makes anew, traces, profiling, transactions that nobody commits.
 *
 * @param name the method's name, in either spelling
 */
export function isRemembered(name: string): boolean {
  return Object.hasOwn(NOTES, findMethod(name)?.name ?? "");
}

/**
 * The same client, whose changes are noted once HAProxy has made them.
 *
 * @param client a worker's client
 * @param notebook where they go
 * @returns a client over the same socket; closing either closes both
 */
export function rememberingClient(client: Client, notebook: Notebook): Client {
  return new RememberingClient(client, notebook);
}

/** A client as far as its users can tell: every method of it goes through `call`. */
class RememberingClient extends Client {
  readonly #inner: Client;
  readonly #notebook: Notebook;

  constructor(inner: Client, notebook: Notebook) {
    super(inner.socket);
    this.#inner = inner;
    this.#notebook = notebook;
  }

  override with(options: Parameters<Client["with"]>[0]): Client {
    return new RememberingClient(this.#inner.with(options), this.#notebook);
  }

  override call(name: keyof Methods, args: readonly unknown[]): unknown {
    const note = NOTES[name];
    return note === undefined || METHODS[name].effect === "read"
      ? this.#inner.call(name, args)
      : this.#noted(name, args, note);
  }

  async #noted(name: keyof Methods, args: readonly unknown[], note: AnyNote): Promise<unknown> {
    const named = await this.#named(args, note);
    const seen = await this.#quietly(async () => await note.before?.(this.#inner, named) ?? []);
    try {
      const result = await this.#inner.call(name, args);
      await this.#quietly(async () => {
        this.#notebook.edit(await note.edits(named, result, seen ?? [], this.#inner));
      });
      return result;
    } catch (thrown) {
      if (note.mayHaveBegun && !(thrown instanceof SocketError)) await this.#quietly(() => this.#noteState(named));
      throw thrown;
    }
  }

  /** Names in the place of numbers, which another configuration gives to others. */
  async #named(args: readonly unknown[], { names }: AnyNote): Promise<readonly unknown[]> {
    const [first, ...rest] = args;
    if (names === undefined || typeof first !== "string" || !/(?:^|\/)#\d/.test(first)) return args;
    return await this.#quietly(async () => [await resolveName(this.#inner, names, first), ...rest]) ?? args;
  }

  /** What a call has left that waited for sessions, and was ended by its caller or in vain. */
  async #noteState([name]: readonly unknown[]): Promise<void> {
    if (typeof name !== "string") return;
    // Its own signal may have ended the call.
    const plain = new Client(this.socket);
    const { servers } = await plain.getServersState(name.slice(0, name.indexOf("/")));
    const found = servers.find((one) => `${one.be_name}/${one.srv_name}` === name);
    const state = found?.admin_states.includes("forced_maint")
      ? "maint"
      : found?.admin_states.includes("forced_drain")
      ? "drain"
      : undefined;
    if (state !== undefined) this.#notebook.edit([stateEdit(name, state)]);
  }

  /** The call is the caller's business, the note is not. */
  async #quietly<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (thrown) {
      this.#notebook.trouble(thrown);
      return undefined;
    }
  }
}
