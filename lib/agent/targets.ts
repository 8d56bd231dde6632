/**
 * The targets that requests on the wire have named: so many of them and no more, found by the request's text.
 */
import type { Watched } from "./watched.ts";

/** Remembers targets; those that nobody asks for are forgotten first. */
export class Targets {
  readonly #most: number;
  readonly #onForgotten: (target: Watched) => void;
  readonly #byKey = new Map<string, Watched>();
  /** One target may be named in several ways. */
  readonly #byText = new Map<string, Watched>();
  /** When each was looked at last for whether it may be forgotten. */
  readonly #seenAt = new Map<Watched, { at: number; texts: string[] }>();

  /**
   * @param most how many to remember
   * @param onForgotten told of each that is no longer remembered
   */
  constructor(most: number, onForgotten: (target: Watched) => void) {
    this.#most = most;
    this.#onForgotten = onForgotten;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /** All of them. */
  all(): IterableIterator<Watched> {
    return this.#byKey.values();
  }

  /** The target that was named in these very words before. */
  named(text: string): Watched | undefined {
    return this.#byText.get(text);
  }

  /** The target of this name. */
  get(key: string): Watched | undefined {
    return this.#byKey.get(key);
  }

  /**
   * The target of this name, made when it is not remembered.
   *
   * @param key says the same however it is written
   * @param text as it is written
   * @param make makes it
   * @param now by the clock that is not set
   */
  remember(key: string, text: string, make: () => Watched, now: number): Watched {
    let target = this.#byKey.get(key);
    if (target === undefined) {
      if (this.#byKey.size >= this.#most) this.#makeRoom(now);
      target = make();
      this.#byKey.set(key, target);
      this.#seenAt.set(target, { at: now, texts: [] });
    }
    const texts = this.#seenAt.get(target)?.texts;
    const isRoom = texts?.length === 0 || text.length <= LONGEST_TEXT;
    if (texts !== undefined && isRoom && texts.length < MOST_TEXTS && !texts.includes(text)) {
      texts.push(text);
      this.#byText.set(text, target);
    }
    return target;
  }

  /** Forgets all that nobody has asked for since then. */
  forgetBefore(since: number): void {
    for (const [key, target] of this.#byKey) if (target.isForgettable(since)) this.#forget(key, target);
  }

  /** Forgets all. */
  clear(): void {
    for (const [key, target] of this.#byKey) this.#forget(key, target);
  }

  /** Forgets the first that was not asked for since it was last looked at; when there is none, simply the first. */
  #makeRoom(now: number): void {
    for (let tries = this.#byKey.size; tries > 0; tries--) {
      const first = this.#byKey.entries().next();
      if (first.done) return;
      const [key, target] = first.value;
      const seen = this.#seenAt.get(target);
      if (tries === 1 || seen === undefined || target.isForgettable(seen.at)) return this.#forget(key, target);
      seen.at = now;
      this.#byKey.delete(key);
      this.#byKey.set(key, target);
    }
  }

  #forget(key: string, target: Watched): void {
    for (const text of this.#seenAt.get(target)?.texts ?? []) this.#byText.delete(text);
    this.#seenAt.delete(target);
    this.#byKey.delete(key);
    this.#onForgotten(target);
  }
}

/** In how many ways one target may be named and be found without reading the request. */
const MOST_TEXTS = 8;

/** A longer one is read each time, unless it is the only one. */
const LONGEST_TEXT = 512;
