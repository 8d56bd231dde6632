/**
 * Answers held back for a moment, when a connection must say goodbye and there is no time left to wait until it is quiet.
 *
 * A NOTIFY that crosses a goodbye is lost. So ACKs are held for a moment: HAProxy sends what it has until all of it waits
 * for us, or 20 frames do, and then little is left that could cross.
 */
import { DEADLINE_SHARE } from "./options.ts";

/** Whether answers are held, and for how long. */
export class Hold {
  /** Answers are to be held from now on. */
  isWanted = false;
  /** Answers are held. */
  isOn = false;
  /** ACKs that are held. */
  count = 0;
  readonly #processingMs: number;
  readonly #now: () => number;
  #quietMs = 0;
  #endsAt = 0;

  /**
   * @param processingMs how long HAProxy waits for an ACK, in milliseconds
   * @param now the clock, in milliseconds
   */
  constructor(processingMs: number, now: () => number = () => performance.now()) {
    this.#processingMs = processingMs;
    this.#now = now;
  }

  /**
   * Answers are to be held from now on.
   *
   * @param quietMs so long without a frame means that no more are on their way, in milliseconds
   */
  want(quietMs: number): void {
    this.isWanted = true;
    this.#quietMs = quietMs;
  }

  /**
   * Holds; what is held already goes on to be.
   *
   * @param askedAt when the NOTIFY of the newest answer was read, by `performance.now()`
   */
  begin(askedAt: number): void {
    const mostMs = Math.min(MOST_HOLD_MS, this.#processingMs * HOLD_SHARE);
    const endsAt = Math.min(this.#now() + mostMs, askedAt + this.#processingMs * DEADLINE_SHARE);
    this.#endsAt = this.isOn ? Math.min(this.#endsAt, endsAt) : endsAt;
    this.isOn = true;
  }

  /** Lets go of what is held. */
  end(): void {
    this.isOn = false;
    this.count = 0;
  }

  /** So many wait that HAProxy sends no more. */
  get isFull(): boolean {
    return this.count >= MOST_WAITING;
  }

  /** Nobody is to wait any longer. */
  get isOver(): boolean {
    return this.#now() >= this.#endsAt;
  }

  /** How long nothing may arrive until what is held leaves, in milliseconds. */
  get quietMs(): number {
    return Math.min(this.#quietMs, Math.max(0, this.#endsAt - this.#now()));
  }
}

/** `max-waiting-frames` of HAProxy up to 3.0 where nothing else is said, and fixed since. */
const MOST_WAITING = 20;
/** So long an ACK is held at most. */
const MOST_HOLD_MS = 200;
/** And for no larger a part of the time that HAProxy waits for it: the handler has had some as well. */
const HOLD_SHARE = 0.4;
