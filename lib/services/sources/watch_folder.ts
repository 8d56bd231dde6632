/**
 * Waits for something to happen in a folder. Where the system cannot tell (a network file system, a folder that is not
 * there yet), only the time passes.
 */
import { type Pause, pause as realPause } from "../reconcile/pause.ts";

/** Watches a folder. */
export class FolderWatch implements Disposable {
  /** Which. */
  readonly folder: string;
  readonly #pause: Pause;
  #watcher: Deno.FsWatcher | undefined;
  #hasChanged = false;
  #waiting: AbortController | undefined;

  /**
   * @param folder watched itself, not the folders in it
   * @param pause waits
   */
  constructor(folder: string, pause: Pause = realPause) {
    this.folder = folder;
    this.#pause = pause;
  }

  /** Begins to watch, if it does not yet: what happens from now on is noticed. */
  begin(): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = Deno.watchFs(this.folder, { recursive: false });
    } catch {
      // It is tried again after the next wait.
      return;
    }
    void this.#listen(this.#watcher);
  }

  /** Waits until something has happened since the last wait, or the time is over. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    if (!this.#hasChanged) await this.#pause(ms, AbortSignal.any([waiting.signal, signal]));
    this.#waiting = undefined;
    this.#hasChanged = false;
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  async #listen(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind, paths } of watcher) {
        // Reading a file is an event too; ours would wake us for ever.
        if (kind === "access") continue;
        this.#hasChanged = true;
        this.#waiting?.abort();
        // A folder that was removed or renamed is watched no more, and another may take its name.
        if ((kind === "remove" || kind === "rename") && paths.some((path) => path === this.folder)) break;
      }
    } catch {
      // What cannot be watched is looked at from time to time.
    }
    if (this.#watcher !== watcher) return;
    watcher.close();
    this.#watcher = undefined;
  }
}
