/**
 * How long messages take that are answered at once: all of one read have the same time, from the read to the write.
 *
 * Hot path: to read the clock twice a frame would cost a twentieth of it, so under load one read in eight stands for the
 * others.
 */
import type { Route } from "./route.ts";

/** Times the frames of reads. */
export class ReadClock {
  /** Routes that have answered messages at once that are not timed yet. */
  readonly #busy: Route[] = [];
  #startedAt = 0;
  /** Reads to come that are not timed. */
  #untimed = 0;
  #timedAt = 0;

  /** When the read was done whose frames are taken, by `performance.now()`; the clock is only read when somebody asks. */
  get startedAt(): number {
    if (this.#startedAt === 0) this.#startedAt = performance.now();
    return this.#startedAt;
  }

  /** Begins the frames of one read: from here their time counts. */
  begin(): void {
    this.#startedAt = --this.#untimed <= 0 ? performance.now() : 0;
  }

  /** A message was answered at once. */
  note(route: Route): void {
    if (route.answeredUntimed++ === 0) this.#busy.push(route);
  }

  /** Ends the frames of one read: what was answered at once is timed. */
  end(): void {
    if (this.#untimed > 0 || this.#busy.length === 0) return;
    const now = performance.now();
    const us = (now - this.startedAt) * 1000;
    for (const route of this.#busy) {
      route.counters.latency.add(us, route.answeredUntimed);
      route.answeredUntimed = 0;
    }
    this.#busy.length = 0;
    this.#untimed = now - this.#timedAt < BUSY_MS ? STRIDE : 0;
    this.#timedAt = now;
  }
}

/** Of so many reads one is timed while they come in less than {@linkcode BUSY_MS}. */
const STRIDE = 8;
const BUSY_MS = 1;
