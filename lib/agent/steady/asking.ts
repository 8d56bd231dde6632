/**
 * Which checks wait for which others: a check that waits for itself, by whatever way, would never be answered.
 */
import { CheckFailed } from "../errors.ts";

/** Who waits for whom. */
export class Asking {
  readonly #waitsFor = new Map<string, Set<string>>();

  /**
   * Lets one check wait for another.
   *
   * @param asker who waits
   * @param asked for whom
   * @param work what it waits for
   * @throws {CheckFailed} when the other one waits for the first
   */
  async wait<T>(asker: string, asked: string, work: () => Promise<T>): Promise<T> {
    const way = this.#way(asked, asker, new Set());
    if (way !== undefined) throw new CheckFailed(`checks ask each other in a circle: ${[asker, ...way].join(" > ")}`);
    const waitsFor = this.#waitsFor.get(asker) ?? new Set();
    this.#waitsFor.set(asker, waitsFor.add(asked));
    try {
      return await work();
    } finally {
      waitsFor.delete(asked);
      if (waitsFor.size === 0 && this.#waitsFor.get(asker) === waitsFor) this.#waitsFor.delete(asker);
    }
  }

  /** By what way one check waits for another. */
  #way(from: string, to: string, seen: Set<string>): string[] | undefined {
    if (from === to) return [to];
    if (seen.has(from)) return undefined;
    seen.add(from);
    for (const next of this.#waitsFor.get(from) ?? []) {
      const way = this.#way(next, to, seen);
      if (way !== undefined) return [from, ...way];
    }
    return undefined;
  }
}
