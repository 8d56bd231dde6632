/**
 * A value made of a source, and made again when the source changes. What is there stays until the new one is good.
 */
import type { HappiError } from "../../../errors.ts";
import type { Outside } from "./outside.ts";
import { type Opened, type Source, SourceFailed, type SourceVersion } from "./source.ts";

/** How a source is watched. */
export interface WatchOptions<T> {
  /** Makes the value from a new version; what it throws leaves the old value in place. */
  readonly load: (opened: Opened & { kind: "new" }, before: T | undefined, signal: AbortSignal) => Promise<T>;
  /** How often the source is asked, in milliseconds; 10 percent more or less each time. */
  readonly intervalMs: number;
  /** Called after each time that the source was asked by itself. It must not throw. */
  readonly onAsked?: (result: Asked) => void | Promise<void>;
  /** The world. */
  readonly outside: Outside;
}

/** What came of asking. */
export type Asked = { readonly isChanged: boolean } | { readonly error: HappiError };

/** A value that follows its source. */
export class Watched<T> implements AsyncDisposable {
  /** The path or URL. */
  readonly name: string;
  readonly #source: Source;
  readonly #options: WatchOptions<T>;
  readonly #end = new AbortController();
  #value: T | undefined;
  #version: SourceVersion | undefined;
  #confirmedAt = NaN;
  #error: HappiError | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #polling: Promise<void> = Promise.resolve();

  /**
   * @param source what is watched; nothing is read yet
   * @param options see {@linkcode WatchOptions}
   */
  constructor(source: Source, options: WatchOptions<T>) {
    this.name = source.name;
    this.#source = source;
    this.#options = options;
  }

  /** The value; `undefined` until the source could be read. */
  get value(): T | undefined {
    return this.#value;
  }

  /** When the source last said that the value is right (for a file: when it was written); NaN before. */
  get confirmedAt(): number {
    return this.#confirmedAt;
  }

  /** Why the source could not be read the last time; `undefined` when it could. */
  get error(): HappiError | undefined {
    return this.#error;
  }

  /**
   * Asks the source now. Calls are carried out one after the other.
   *
   * @param signal gives up
   * @returns whether there is a new value
   * @throws {HappiError} when it could not be read; the value stays
   */
  refresh(signal?: AbortSignal): Promise<boolean> {
    const both = signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]);
    const result = this.#last.then(() => this.#ask(both));
    this.#last = result.catch(() => {});
    return result;
  }

  /** Begins to ask the source again and again. */
  poll(): void {
    this.#polling = this.#keepAsking();
  }

  /** Ends the asking; the value stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#polling;
    await this.#last;
  }

  async #ask(signal: AbortSignal): Promise<boolean> {
    try {
      signal.throwIfAborted();
      const opened = await this.#source.open(this.#version, signal);
      if (opened.kind === "new") {
        this.#value = await this.#options.load(opened, this.#value, signal);
        this.#version = opened.version;
      }
      this.#confirmedAt = opened.confirmedAt;
      this.#error = undefined;
      return opened.kind === "new";
    } catch (thrown) {
      this.#error = SourceFailed.from(this.name, thrown);
      throw this.#error;
    }
  }

  async #keepAsking(): Promise<void> {
    const { intervalMs, outside, onAsked } = this.#options;
    const { signal } = this.#end;
    while (!signal.aborted) {
      await outside.sleep(intervalMs * (0.9 + 0.2 * outside.random()), signal);
      if (signal.aborted) return;
      const asked = await this.refresh().then(
        (isChanged): Asked => ({ isChanged }),
        (thrown): Asked => ({ error: SourceFailed.from(this.name, thrown) }),
      );
      if (!signal.aborted) await onAsked?.(asked);
    }
  }
}
