/**
 * What is under way at a time, in no order. Hot path: each message behind a promise comes and goes.
 *
 * Not a `Set`: that makes itself a new table again and again, and once one has grown old, every later one is old from the
 * start. What old tables hold outlives the collector's quick rounds although it is dead: 600 bytes of each message, and
 * pauses of 30 ms to clear them away.
 */

/** Something that is kept in one {@linkcode Bag} at most. */
export interface Placed {
  /** Where it is; the bag's own affair. */
  place: number;
}

/** Things to add and to remove, each at the cost of a few assignments. */
export class Bag<T extends Placed> {
  readonly #items: T[] = [];

  /** How many there are. */
  get size(): number {
    return this.#items.length;
  }

  /** One more, which must not be in a bag. */
  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** One less; gives whether it was there. The last one takes its place. */
  remove(item: T): boolean {
    const items = this.#items;
    const { place } = item;
    if (items[place] !== item) return false;
    const last = items.pop();
    if (last === undefined || last === item) return true;
    items[place] = last;
    last.place = place;
    return true;
  }

  /** Takes all out. */
  clear(): void {
    this.#items.length = 0;
  }

  /** Takes all out, one after the other; more may come and go meanwhile. */
  *drain(): Iterable<T> {
    for (let item = this.#items.pop(); item !== undefined; item = this.#items.pop()) yield item;
  }
}
