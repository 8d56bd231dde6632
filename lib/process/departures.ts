/**
 * Processes of a keeper that are to be ended, and those whose end is under way.
 */
import type { Child } from "./child.ts";

/** How one goes. */
export interface Departure {
  /** Whether none is started until it has ended: what takes its place may need what it holds. */
  readonly blocks: boolean;
  readonly event: "reap" | "stop_pid";
}

/** Those that go. */
export class Departures {
  readonly #onEnd: (child: Child, event: Departure["event"]) => void;
  readonly #onEnded: () => void;
  readonly #outgoing = new Map<Child, Departure>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #blocking = new Set<Promise<void>>();
  readonly #asked = new WeakSet<Child>();

  /**
   * @param onEnd told when one is asked to end
   * @param onEnded told when it has ended
   */
  constructor(onEnd: (child: Child, event: Departure["event"]) => void, onEnded: () => void) {
    this.#onEnd = onEnd;
    this.#onEnded = onEnded;
  }

  /** Whether one of those that are still to be ended serves. */
  get hasReady(): boolean {
    return [...this.#outgoing.keys()].some((child) => child.state === "ready");
  }

  get isEmpty(): boolean {
    return this.#outgoing.size + this.#leaving.size === 0;
  }

  get isBlocked(): boolean {
    return this.#blocking.size > 0;
  }

  /** Whether its end was wanted. */
  has(child: Child): boolean {
    return this.#asked.has(child);
  }

  /** Puts them down to be ended. */
  add(children: readonly Child[], departure: Departure = { blocks: false, event: "reap" }): void {
    for (const child of children) {
      this.#asked.add(child);
      if (child.exit === undefined) this.#outgoing.set(child, departure);
    }
  }

  /** Asks all those to end that are put down. */
  begin(): void {
    for (const [child, { blocks, event }] of this.#outgoing) {
      this.#outgoing.delete(child);
      if (child.exit !== undefined) continue;
      this.#onEnd(child, event);
      const ended: Promise<void> = child.stop().then(() => {
        this.#leaving.delete(ended);
        this.#blocking.delete(ended);
        this.#onEnded();
      });
      this.#leaving.add(ended);
      if (blocks) this.#blocking.add(ended);
    }
  }

  /** Settles when all those have ended that new ones wait for. */
  async untilClear(): Promise<void> {
    await Promise.all(this.#blocking);
  }

  /** Settles when all have ended. */
  async untilOver(): Promise<void> {
    await Promise.all(this.#leaving);
  }
}
