/**
 * The last records of a feed: numbered, in order, bounded by their number and by their weight.
 */

/** A record, and its place in the feed. */
export interface FeedRecord<T> {
  /** Its number: 1 for the feed's first, one more for each that follows. */
  readonly id: number;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  readonly value: T;
}

/** A ring of records. Writing is constant in time: the oldest make room. */
export class Ring<T> {
  readonly #slots: (FeedRecord<T> | undefined)[] = [];
  readonly #capacity: number;
  readonly #maxWeight: number;
  readonly #weigh: (value: T) => number;
  #firstId = 1;
  #nextId = 1;
  #weight = 0;

  /**
   * @param capacity how many records it keeps at most
   * @param maxWeight what they may weigh together; the newest stays whatever it weighs
   * @param weigh what a value weighs: always the same for the same value
   */
  constructor(capacity: number, maxWeight: number, weigh: (value: T) => number) {
    this.#capacity = capacity;
    this.#maxWeight = maxWeight;
    this.#weigh = weigh;
  }

  /** The number of the oldest record that is kept; that of the next one when none is. */
  get firstId(): number {
    return this.#firstId;
  }

  /** The number of the newest record; 0 before the first. */
  get lastId(): number {
    return this.#nextId - 1;
  }

  /** Adds a record; gives its number. */
  push(value: T, at: number): number {
    const id = this.#nextId++;
    if (id - this.#firstId >= this.#capacity) this.#letGo();
    this.#slots[id % this.#capacity] = { id, at, value };
    this.#weight += this.#weigh(value);
    while (this.#weight > this.#maxWeight && this.#firstId < id) this.#letGo();
    return id;
  }

  /** The record with a number; `undefined` when it is gone or has not come yet. */
  at(id: number): FeedRecord<T> | undefined {
    return id >= this.#firstId && id < this.#nextId ? this.#slots[id % this.#capacity] : undefined;
  }

  /** Lets the oldest go. */
  #letGo(): void {
    const slot = this.#firstId++ % this.#capacity;
    const oldest = this.#slots[slot];
    if (oldest !== undefined) this.#weight -= this.#weigh(oldest.value);
    this.#slots[slot] = undefined;
  }
}
