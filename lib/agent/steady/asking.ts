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
   * @param work what it waits for; given the share of its own deadline that it may wait, so that what the others have said is
   *   still heard when one of them is late. Who is waited for by others has less
   * @throws {CheckFailed} when the other one waits for the first
   */
  async wait<T>(asker: string, asked: string, work: (share: number) => Promise<T>): Promise<T> {
    const way = this.#way(asked, asker, new Set());
    if (way !== undefined) throw new CheckFailed(`checks ask each other in a circle: ${[asker, ...way].join(" > ")}`);
    const waitsFor = this.#waitsFor.get(asker) ?? new Set();
    this.#waitsFor.set(asker, waitsFor.add(asked));
    try {
      return await work(SHARE ** (1 + this.#waitingFor(asker)));
    } finally {
      waitsFor.delete(asked);
      if (waitsFor.size === 0 && this.#waitsFor.get(asker) === waitsFor) this.#waitsFor.delete(asker);
    }
  }

  /** How many wait for this one, each for the next. */
  #waitingFor(asked: string): number {
    let most = 0;
    for (const [asker, waitsFor] of this.#waitsFor) {
      if (waitsFor.has(asked)) most = Math.max(most, 1 + this.#waitingFor(asker));
    }
    return most;
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

/** The part of a deadline that others may take. */
const SHARE = 0.9;
