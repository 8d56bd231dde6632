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
  #isDraining = false;

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

  /** From now on connections are sent home when they are quiet: a NOTIFY that crosses a goodbye is lost. */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.stop();
    this.#timer = this.#lookEvery(QUIET_MS / 2);
  }

  /** There is little time left to send connections home: HAProxy up to 3.0 keeps them busy as long as it is. */
  hurry(): void {
    for (const session of this.#sessions()) session.hurry();
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
      if (this.#isDraining && quietMs >= QUIET_MS) this.#sendHome(session);
      else if (session.isShakingHands && quietMs >= this.#limits.handshakeMs) session.cutOff(2, "no HELLO came");
      else if (quietMs >= this.#limits.idleMs && session.inFlight === 0) session.leave();
    }
  }
}

/** A connection that has been quiet for so long is not likely to speak in the same instant as we say goodbye. */
const QUIET_MS = 10;
