/**
 * The processes of a keeper: those that it keeps, those that a restart replaces until the new ones are ready, and those that
 * go. A process is in one of these at a time.
 */
import type { Child } from "./child.ts";
import type { Departure, Departures } from "./departures.ts";

/** All processes of one definition. */
export class Crew {
  readonly departures: Departures;
  /** Oldest first, as are the replaced. */
  #kept: Child[] = [];
  #replaced: Child[] = [];
  readonly #ready = new WeakMap<Child, Promise<string | undefined>>();

  /** @param departures sees to those that go */
  constructor(departures: Departures) {
    this.departures = departures;
  }

  /** How many there are of those that stay. */
  get size(): number {
    return this.#kept.length;
  }

  /** All that are not on their way out, oldest first. */
  get all(): readonly Child[] {
    return [...this.#replaced, ...this.#kept];
  }

  /** Whether one of its processes is ready. */
  get isReady(): boolean {
    return this.all.some((child) => child.state === "ready");
  }

  /**
   * Takes one in.
   *
   * @param ready gives why it is not ready, for people; `undefined` when it is
   */
  join(child: Child, ready: Promise<string | undefined>): void {
    this.#ready.set(child, ready);
    this.#kept.push(child);
  }

  /** One has ended by itself; gives whether it was to stay. */
  lose(child: Child): boolean {
    remove(this.#replaced, child);
    return remove(this.#kept, child);
  }

  /** Sends the oldest away that are more than so many. */
  shrinkTo(size: number): void {
    this.departures.add(this.#kept.splice(0, Math.max(0, this.#kept.length - size)));
  }

  /** Sends one away. */
  dismiss(child: Child, departure: Departure): void {
    if (remove(this.#kept, child) || remove(this.#replaced, child)) this.departures.add([child], departure);
  }

  /** Sends all away. */
  dismissAll(departure: Departure): void {
    this.departures.add(this.#takeAll(), departure);
  }

  /** Sends those away that were to be replaced. */
  dismissReplaced(): void {
    this.departures.add(this.#replaced.splice(0));
  }

  /** Lets all go on without happi. */
  async release(): Promise<void> {
    await Promise.all(this.#takeAll().map((child) => child.release()));
  }

  /** A restart begins: those that stay are to be replaced. */
  replaceAll(): void {
    this.#replaced.push(...this.#kept.splice(0));
  }

  /** Waits for those that replace others; gives why one of them is not ready, unless somebody wanted it to end. */
  async untilReady(): Promise<string | undefined> {
    const news = [...this.#kept];
    const problems = await Promise.all(news.map((child) => this.#ready.get(child)));
    return problems.find((problem, at) => {
      const child = news[at];
      return problem !== undefined && child !== undefined && !this.departures.has(child);
    });
  }

  /** A restart has failed: the old stay, if there are any, and the new go. Gives whether that is so. */
  keepReplaced(): boolean {
    const olds = this.#replaced.splice(0);
    if (olds.length === 0) return false;
    this.departures.add(this.#kept.splice(0, this.#kept.length, ...olds));
    return true;
  }

  #takeAll(): Child[] {
    return [...this.#replaced.splice(0), ...this.#kept.splice(0)];
  }
}

/** Takes one out of a list; gives whether it was in it. */
function remove<T>(list: T[], one: T): boolean {
  const at = list.indexOf(one);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
