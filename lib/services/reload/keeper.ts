/**
 * The keeper: notices that HAProxy was reloaded or restarted, also while happi was away, and makes again what was done at run
 * time through happi.
 */
import { type Client, SocketError } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { Feed } from "../../feed/mod.ts";
import { formatAddress } from "../../net/mod.ts";
import { memoryStore, type Store } from "../../store/mod.ts";
import { putKept, readKept } from "./kept_process.ts";
import { type Pause, pause } from "../reconcile/pause.ts";
import { type RunTimeDocument, subjectOf } from "./document.ts";
import type { Remembered } from "./remembered.ts";
import { type Remark, restore, type Restored } from "./restore.ts";
import { type HaproxyProcess, readProcess, type Reloaded, ReloadWatch } from "./watch.ts";

/** What a keeper needs. */
export interface KeeperOptions {
  /** A worker's client, of level admin; not the one that remembers. */
  readonly client: Client;
  /** The master's too, where there is one. */
  readonly master?: Client;
  readonly remembered: Remembered;
  /** Where it keeps which process it has seen last; without one the first process it sees counts as an old acquaintance. */
  readonly store?: Store;
  /** Which HAProxy it is about, where one store serves several; `local` if not given. */
  readonly scope?: string;
  /** Told of each reload at once, before anything is made again. */
  readonly onReload?: (reloaded: Reloaded) => void;
  /** Told when all that can be is made again: the reconciler is to be woken now, whose maps stand on what was put in. */
  readonly onRestored?: (restored: Restored) => void;
  /** How long what HAProxy does not have is kept, in milliseconds; seven days if not given. */
  readonly keepMissingMs?: number;
  /** How often to look for reloads, in milliseconds; 500 if not given. */
  readonly intervalMs?: number;
  /** After a failure, and for what was missing, it tries again after so long each; 250 ms, 1, 5 and 30 s if not given. */
  readonly retriesMs?: readonly number[];
  /** The time in milliseconds since 1970. */
  readonly now?: () => number;
  /** Waits; by the system's clock if not given. */
  readonly pause?: Pause;
}

/** What a keeper tells. */
export type KeeperRecord =
  | ({ readonly event: "reload" } & Reloaded)
  | ({ readonly event: "restored" } & Restored)
  /** HAProxy cannot be reached, or can be again. */
  | { readonly event: "away"; readonly why: string }
  | { readonly event: "back" }
  /** It has been missing for so long that it is forgotten; or HAProxy's own is newer. */
  | ({ readonly event: "forgotten" } & Remark)
  | { readonly event: "trouble"; readonly why: string };

/** Keeps what was done at run time. */
export class Keeper implements AsyncDisposable {
  /** What it noticed and did. */
  readonly records: Feed<KeeperRecord> = new Feed();
  readonly #options: KeeperOptions;
  readonly #store: Store;
  readonly #scope: string;
  readonly #closing = new AbortController();
  #watch: ReloadWatch | undefined;
  #reloads = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #isWanted = false;
  /** Ends the wait before another try. */
  #waiting = new AbortController();

  /** @param options see {@linkcode KeeperOptions} */
  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#store = options.store ?? memoryStore();
    this.#scope = options.scope ?? "local";
  }

  /** How many reloads and restarts it has noticed. */
  get reloads(): number {
    return this.#reloads;
  }

  /** Begins to watch. A HAProxy that is another process than at the last time is taken care of at once. */
  async start(): Promise<void> {
    if (this.#watch !== undefined) return;
    const { client, master, intervalMs } = this.#options;
    const known = await readKept(this.#store, this.#scope).catch(() => undefined);
    this.#watch = new ReloadWatch({
      client,
      ...(master ? { master } : {}),
      ...(known ? { known } : {}),
      ...(intervalMs === undefined ? {} : { intervalMs }),
      ...(this.#options.pause ? { pause: this.#options.pause } : {}),
      onReload: (reloaded) => this.#onReload(reloaded),
      onAway: (why) => void this.records.push(why === undefined ? { event: "back" } : { event: "away", why }),
      onFirst: (process) => void this.#remember(process),
    });
    this.#watch.start();
  }

  /**
   * Makes everything again that is not as it is remembered, now.
   *
   * @throws {SocketError} when HAProxy is lost on the way
   */
  restore(): Promise<Restored> {
    const result = this.#turn.then(() => this.#restore());
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Ends it; HAProxy stays as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#watch?.[Symbol.asyncDispose]();
    await Promise.all([this.#running, this.#turn]);
    this.records.close();
  }

  #onReload(reloaded: Reloaded): void {
    this.#reloads++;
    this.records.push({ event: "reload", ...reloaded });
    this.#options.onReload?.(reloaded);
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#waiting.abort();
    this.#running = this.#running.then(() => this.#run());
  }

  /** Restores until all is well, or nothing more can be done. */
  async #run(): Promise<void> {
    const { retriesMs = RETRIES_MS } = this.#options;
    const { signal } = this.#closing;
    for (const waitMs of [...retriesMs, undefined]) {
      this.#isWanted = false;
      const isWell = await this.restore().then(
        ({ missing, failed, differences }) => missing.length + failed.length + differences.length === 0,
        (thrown: unknown) => this.#onFailed(thrown),
      );
      if (signal.aborted || this.#isWanted || isWell || waitMs === undefined) return;
      this.#waiting = new AbortController();
      await (this.#options.pause ?? pause)(waitMs, AbortSignal.any([signal, this.#waiting.signal]));
      if (signal.aborted || this.#isWanted) return;
    }
  }

  async #restore(): Promise<Restored> {
    const { client, remembered, onRestored } = this.#options;
    const { signal } = this.#closing;
    const process = await readProcess(client, signal);
    const documents = await remembered.documents();
    const restored = await restore(client, documents, signal);
    this.records.push({ event: "restored", ...restored });
    this.#mark(documents, restored);
    onRestored?.(restored);
    // Had it been reloaded meanwhile, the watch says so, and all this is done again.
    await this.#remember(process);
    return restored;
  }

  #mark(documents: readonly RunTimeDocument[], { missing, superseded }: Restored): void {
    const { remembered, keepMissingMs = WEEK_MS, now = Date.now } = this.#options;
    const lacking = new Set(missing.map(({ subject }) => subject));
    const newer = new Map(superseded.map(({ subject, why }) => [subject, why]));
    const forget = (document: RunTimeDocument, why: string) => {
      remembered.forget(document);
      this.records.push({ event: "forgotten", subject: subjectOf(document), why });
    };
    for (const document of documents) {
      const subject = subjectOf(document);
      const since = document.missing_since ?? now();
      const why = newer.get(subject);
      if (why !== undefined) forget(document, why);
      else if (!lacking.has(subject)) remembered.mark(document, undefined);
      else if (now() - since > keepMissingMs) forget(document, "HAProxy has not had it for a long time");
      else remembered.mark(document, since);
    }
  }

  #onFailed(thrown: unknown): false {
    if (!this.#closing.signal.aborted && !(thrown instanceof SocketError)) {
      this.records.push({ event: "trouble", why: reason(thrown) });
    }
    return false;
  }

  async #remember(process: HaproxyProcess): Promise<void> {
    try {
      await putKept(this.#store, this.#scope, {
        ...process,
        socket: formatAddress(this.#options.client.socket.address),
      });
    } catch (thrown) {
      this.records.push({ event: "trouble", why: reason(thrown) });
    }
  }
}

const RETRIES_MS = [250, 1_000, 5_000, 30_000];
const WEEK_MS = 7 * 86_400_000;
