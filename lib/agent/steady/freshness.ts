/**
 * For how long what was found out is the answer, and when it is found out anew without anybody waiting for it.
 */

/** What a freshness is made with, in milliseconds. */
export interface FreshnessOptions {
  readonly maxAgeMs: number;
  readonly everyMs?: number;
  readonly deadlineMs: number;
}

/** How old what is known is. */
export class Freshness {
  readonly #options: FreshnessOptions;
  readonly #renew: () => void;
  /** For how long a finding is the answer. */
  readonly #freshMs: number;
  #ranAt = -Infinity;
  #refreshAt = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /**
   * @param options with an interval, the newest finding is the answer as long as the next one can be under way
   * @param renew has it found out anew
   */
  constructor(options: FreshnessOptions, renew: () => void) {
    const { everyMs, maxAgeMs, deadlineMs } = options;
    this.#options = options;
    this.#renew = renew;
    this.#freshMs = everyMs === undefined ? maxAgeMs : Math.max(maxAgeMs, everyMs * (1 + JITTER) + deadlineMs);
  }

  /** Whether what is known is the answer; has it found out anew in the background when that is nearly too old. */
  isFresh(now: number): boolean {
    if (now - this.#ranAt > this.#freshMs) return false;
    if (now >= this.#refreshAt && !this.#isStopped) {
      this.#refreshAt = Infinity;
      this.#renew();
    }
    return true;
  }

  /**
   * It was found out just now.
   *
   * @param now by the clock that is not set
   * @param askedAt when somebody asked for it last: where nobody does, the interval ends
   */
  found(now: number, askedAt: number): void {
    const { everyMs, maxAgeMs } = this.#options;
    this.#ranAt = now;
    clearTimeout(this.#timer);
    if (everyMs === undefined) this.#refreshAt = now + maxAgeMs * (REFRESH_FROM + REFRESH_SPREAD * Math.random());
    else if (!this.#isStopped && now - askedAt <= Math.max(MOST_QUIET_MS, everyMs * 10)) {
      this.#timer = setTimeout(this.#renew, everyMs * (1 - JITTER + 2 * JITTER * Math.random()));
    }
  }

  /** Finds nothing out in the background any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}

/** How much an interval is shortened or lengthened, so that checks do not run in step. */
const JITTER = 0.1;
/** The part of its maximum age from which on a finding that is asked for is renewed in the background. */
const REFRESH_FROM = 0.7;
const REFRESH_SPREAD = 0.2;
/** How long nobody may ask before the checks at an interval rest, in milliseconds. */
const MOST_QUIET_MS = 60_000;
