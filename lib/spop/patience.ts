/**
 * Limits of time for all connections of a listener, looked at from time to time: no timer for each, nothing for each read.
 */
import type { Limits } from "./options.ts";
import type { Session } from "./session.ts";

/** Looks after connections that say nothing. */
export class Patience {
  readonly #limits: Limits;
  readonly #sessions: () => Iterable<Session>;
  readonly #quietSince = new WeakMap<Session, number>();
  #timer: ReturnType<typeof setInterval>;
  /** While it drains: how long a connection is to be quiet before it is sent home. */
  #quietMs: number | undefined;
  /** The same for one that is to leave in a hurry. */
  #hurryMs = MOST_HURRY_MS;

  /**
   * @param limits how long connections may be quiet
   * @param sessions those that are open
   */
  constructor(limits: Limits, sessions: () => Iterable<Session>) {
    this.#limits = limits;
    this.#sessions = sessions;
    const shortest = Math.min(limits.handshakeMs, limits.idleMs);
    this.#timer = this.#lookEvery(Math.min(1_000, Math.max(10, shortest / 4)));
  }

  /**
   * From now on connections are sent home when they are quiet: a NOTIFY that crosses a goodbye is lost.
   *
   * @param timeoutMs how long the drain takes at most, in milliseconds
   */
  drain(timeoutMs: number): void {
    if (this.#quietMs !== undefined) return;
    this.#quietMs = Math.min(MOST_QUIET_MS, timeoutMs * QUIET_SHARE);
    this.#hurryMs = Math.min(MOST_HURRY_MS, timeoutMs * HURRY_SHARE);
    this.stop();
    this.#timer = this.#lookEvery(Math.max(5, this.#quietMs / 10));
  }

  /** There is little time left to send connections home: HAProxy up to 3.0 keeps them busy as long as it is. */
  hurry(): void {
    for (const session of this.#sessions()) session.hurry(this.#hurryMs);
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #lookEvery(ms: number): ReturnType<typeof setInterval> {
    const timer = setInterval(() => this.#look(), ms);
    Deno.unrefTimer(Number(timer));
    return timer;
  }

  /** What has already arrived is read first: timers may come before it in a turn of the event loop. */
  #sendHome(session: Session): void {
    const leave = () => void (session.hasSpoken || session.leave());
    setTimeout(() => setTimeout(leave, 0), 0);
  }

  #look(): void {
    const now = performance.now();
    for (const session of this.#sessions()) {
      if (session.hasSpoken) {
        session.hasSpoken = false;
        this.#quietSince.set(session, now);
        continue;
      }
      const quietMs = now - (this.#quietSince.get(session) ?? now);
      if (quietMs >= (this.#quietMs ?? Infinity)) this.#sendHome(session);
      else if (session.isShakingHands && quietMs >= this.#limits.handshakeMs) session.cutOff(2, "no HELLO came");
      else if (quietMs >= this.#limits.idleMs && session.inFlight === 0) session.leave();
    }
  }
}

/**
 * A connection that has been quiet for so long is no longer in use, or so little that hardly anything crosses a goodbye.
 * One that is used has pauses of some 10 ms all the time.
 */
const MOST_QUIET_MS = 250;
/** And no larger a part of a drain's time than this. */
const QUIET_SHARE = 0.1;
/** In a hurry, so long without a frame means that all who could ask wait for their answers. */
const MOST_HURRY_MS = 80;
/** And no larger a part of a drain's time than this: what is held must leave before the time is over. */
const HURRY_SHARE = 0.08;
