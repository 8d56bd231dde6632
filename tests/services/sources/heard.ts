/**
 * What a source tells, to be waited for.
 *
 * @module
 */

import type { Picture, Source, SourceListener } from "../../../lib/services/mod.ts";

/** A deadline for what should have come long before. */
const PATIENCE_MS = 20_000;

/** Listens to a source and ends it. */
export class Heard implements SourceListener, AsyncDisposable {
  readonly pictures: Picture[] = [];
  readonly troubles: (string | undefined)[] = [];
  readonly #source: Source;
  #news = Promise.withResolvers<void>();

  /** @param source is started */
  constructor(source: Source) {
    this.#source = source;
    source.start(this);
  }

  onPicture(picture: Picture): void {
    this.pictures.push(picture);
    this.#wake();
  }

  onTrouble(why: string | undefined): void {
    this.troubles.push(why);
    this.#wake();
  }

  /** The hosts of the newest picture: `web: 10.0.0.1:80 10.0.0.2:80`, a line a service. */
  get hosts(): string {
    const picture = this.pictures.at(-1);
    if (picture === undefined) return "nothing";
    return [...picture].map(([service, units]) =>
      `${service}: ${units.flatMap((unit) => unit.hosts).map(({ hostname, port }) => `${hostname}:${port}`).join(" ")}`
    ).join("\n");
  }

  /** Waits until the newest picture has these hosts. */
  async untilHosts(hosts: string): Promise<void> {
    await this.#until(() => this.hosts === hosts, () => `hosts "${hosts}", and they are "${this.hosts}"`);
  }

  /** Waits until the last trouble is like this; `undefined` for none. */
  async untilTrouble(pattern: RegExp | undefined): Promise<void> {
    await this.#until(() => {
      const last = this.troubles.at(-1);
      return pattern === undefined ? last === undefined && this.troubles.length > 0 : pattern.test(last ?? "");
    }, () => `trouble ${pattern}, and there were ${JSON.stringify(this.troubles)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }

  async #until(isDone: () => boolean, words: () => string): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => late.reject(new Error(`Cannot wait for ${words()}`)), PATIENCE_MS);
    try {
      while (!isDone()) await Promise.race([this.#news.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
