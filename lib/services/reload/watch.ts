/**
 * Noticing that HAProxy is another process than before: reloaded by its master, or started anew (management guide, 9.3
 * "show info", 9.4 "show proc").
 *
 * Each look is a connection of its own: one that is kept would go on speaking with the old worker, and keep it alive.
 */
import { type Client, type Info, servingWorker, SocketError } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { type Pause, pause } from "../reconcile/pause.ts";

/** Which process of HAProxy it is. */
export interface HaproxyProcess {
  /** The worker's process number: in a container it may be the same after a restart. */
  readonly pid: number;
  /** When it was started, in seconds since 1970; 0 where HAProxy does not say. */
  readonly started_at: number;
  /** Its version, such as `3.2.26-1`. */
  readonly version: string;
}

/** What is told of a reload or a restart. */
export interface Reloaded {
  readonly before: HaproxyProcess;
  readonly after: HaproxyProcess;
}

/** How one watches. */
export interface ReloadWatchOptions {
  /** A worker's socket, or a master's with its current worker. */
  readonly client: Client;
  /** The master's socket too, where there is one: the master knows of a new worker before that one listens. */
  readonly master?: Client;
  /** Told each time, at once. */
  readonly onReload: (reloaded: Reloaded) => void;
  /** Told of the first process that is seen, when none was known. */
  readonly onFirst?: (process: HaproxyProcess) => void;
  /** Told once as long as HAProxy cannot be reached, and with `undefined` when it can be again. */
  readonly onAway?: (why: string | undefined) => void;
  /** The process that was known before: what happened since then is told at the first look. */
  readonly known?: HaproxyProcess;
  /** How often to look, in milliseconds; 500 if not given. */
  readonly intervalMs?: number;
  /** How often while HAProxy is away or about to change, in milliseconds; 50 if not given. */
  readonly closeMs?: number;
  /** Waits; by the system's clock if not given. */
  readonly pause?: Pause;
}

/** Watches one HAProxy. */
export class ReloadWatch implements AsyncDisposable {
  readonly #options: ReloadWatchOptions;
  readonly #closing = new AbortController();
  #known: HaproxyProcess | undefined;
  #running: Promise<void> | undefined;

  /** @param options see {@linkcode ReloadWatchOptions} */
  constructor(options: ReloadWatchOptions) {
    this.#options = options;
    this.#known = options.known;
  }

  /** The process that was seen last; `undefined` before the first. */
  get process(): HaproxyProcess | undefined {
    return this.#known;
  }

  /** Begins to look. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { intervalMs = 500, closeMs = 50, onAway } = this.#options;
    const wait = this.#options.pause ?? pause;
    const { signal } = this.#closing;
    let away: string | undefined;
    while (!signal.aborted) {
      let waitMs = intervalMs;
      try {
        const { process, isAboutToChange } = await this.#look(signal);
        if (isAboutToChange) waitMs = closeMs;
        if (away !== undefined) onAway?.(undefined);
        away = undefined;
        this.#see(process);
      } catch (thrown) {
        if (signal.aborted) return;
        // What is lost comes back soon, as a new process; what stays away is not asked twenty times a second for ever.
        waitMs = away === undefined ? closeMs : Math.min(intervalMs, closeMs * 2);
        const why = reason(thrown);
        if (away === undefined) onAway?.(why);
        away ??= why;
      }
      await wait(waitMs, signal);
    }
  }

  #see(process: HaproxyProcess): void {
    const before = this.#known;
    this.#known = process;
    if (before === undefined) this.#options.onFirst?.(process);
    else if (!isSameProcess(before, process)) this.#options.onReload({ before, after: process });
  }

  async #look(signal: AbortSignal): Promise<{ process: HaproxyProcess; isAboutToChange: boolean }> {
    const { client, master } = this.#options;
    const [process, coming] = await Promise.all([readProcess(client, signal), master && comingWorker(master, signal)]);
    return { process, isAboutToChange: coming !== undefined && coming !== process.pid };
  }
}

/**
 * Reads which process answers now, over a connection of its own.
 *
 * @param client a worker's socket
 * @param signal ends it
 * @throws {SocketError} when nobody answers
 */
export async function readProcess(client: Client, signal?: AbortSignal): Promise<HaproxyProcess> {
  // A method that only reads would share a connection, and so does not see the new worker for a while.
  const text = await client.socket.send("show info", { timeoutMs: LOOK_TIMEOUT_MS, ...(signal ? { signal } : {}) });
  const value = (name: keyof Info & string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
  return { pid: Number(value("Pid")), started_at: Number(value("Start_time_sec")), version: value("Version") };
}

/** Whether two looks saw the same process. */
export function isSameProcess(a: HaproxyProcess, b: HaproxyProcess): boolean {
  return a.pid === b.pid && a.started_at === b.started_at;
}

/** The worker that the master has; `undefined` where it does not say: 2.6 is away while it loads. */
async function comingWorker(master: Client, signal: AbortSignal): Promise<number | undefined> {
  try {
    return servingWorker(await master.with({ signal, timeoutMs: LOOK_TIMEOUT_MS }).getProcesses())?.pid;
  } catch (thrown) {
    if (thrown instanceof SocketError || !signal.aborted) return undefined;
    throw thrown;
  }
}

const LOOK_TIMEOUT_MS = 1_500;
