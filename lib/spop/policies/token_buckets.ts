/**
 * Token buckets for any number of keys in a fixed amount of memory: 16 bytes a bucket.
 *
 * A bucket is one number, the time at which it will be full again; one that is full is the same as none, so places free
 * themselves as time goes by, without a timer. A key may be in any of 8 places; when all are taken, the one that is
 * nearest to being full makes room, which at worst gives that key a few tokens too many.
 *
 * Hot path: a take looks at two cache lines and allocates nothing.
 */

/** What buckets are like. */
export interface BucketOptions {
  /** Tokens that a bucket gains in a second. */
  readonly rate: number;
  /** Tokens that a bucket holds. */
  readonly burst: number;
  /** How many buckets there is memory for; rounded up to a power of two, 8 at least. */
  readonly buckets: number;
}

/** Buckets that all have one rate and one burst; the last take's outcome is in its fields. */
export class TokenBuckets {
  /** Whether the last take was allowed; if not, nothing was taken. */
  isAllowed = true;
  /** Whole tokens that are left. */
  remaining = 0;
  /** After how many milliseconds the take would have been allowed; 0 when it was, -1 when never. */
  retryMs = 0;
  /** How often a bucket that was not full had to make room. */
  evictions = 0;
  readonly #burst: number;
  readonly #msPerToken: number;
  readonly #sets: number;
  /** Two words of hash for each place. */
  readonly #keys: Uint32Array;
  /** When each bucket is full again. */
  readonly #fullAt: Float64Array;

  /** @param options see {@linkcode BucketOptions} */
  constructor(options: BucketOptions) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(WAYS, options.buckets)));
    this.#burst = options.burst;
    this.#msPerToken = 1000 / options.rate;
    this.#sets = places / WAYS;
    this.#keys = new Uint32Array(places * 2);
    this.#fullAt = new Float64Array(places).fill(-Infinity);
  }

  /** Bytes that the buckets take. */
  get bytes(): number {
    return this.#keys.byteLength + this.#fullAt.byteLength;
  }

  /**
   * How many buckets are not full. It looks at all of them.
   *
   * @param now the time
   */
  inUse(now: number): number {
    return this.#fullAt.reduce((count, fullAt) => fullAt > now ? count + 1 : count, 0);
  }

  /**
   * Takes tokens out of a key's bucket, if there are enough.
   *
   * @param low the first word of the key's hash
   * @param high the second
   * @param cost how many tokens; 0 only looks
   * @param now milliseconds of a clock that never goes back
   */
  take(low: number, high: number, cost: number, now: number): void {
    const place = this.#place(low, high, now);
    const fullAt = Math.max(now, this.#fullAt[place] ?? now);
    const wouldBeFullAt = fullAt + cost * this.#msPerToken;
    const overdrawnMs = wouldBeFullAt - now - this.#burst * this.#msPerToken;
    this.isAllowed = overdrawnMs <= ROUNDING_MS;
    if (this.isAllowed) {
      if (cost > 0) {
        this.#keys[place * 2] = low;
        this.#keys[place * 2 + 1] = high;
        this.#fullAt[place] = wouldBeFullAt;
      }
      this.retryMs = 0;
    } else this.retryMs = cost > this.#burst ? -1 : Math.ceil(overdrawnMs - ROUNDING_MS);
    const missingMs = (this.isAllowed ? wouldBeFullAt : fullAt) - now;
    this.remaining = Math.max(0, Math.floor(this.#burst - (missingMs - ROUNDING_MS) / this.#msPerToken));
  }

  /** The key's place, or the one that it would get. */
  #place(low: number, high: number, now: number): number {
    const first = (low & (this.#sets - 1)) * WAYS;
    let best = first;
    let bestFullAt = Infinity;
    for (let place = first; place < first + WAYS; place++) {
      if (this.#keys[place * 2] === low && this.#keys[place * 2 + 1] === high) return place;
      const fullAt = this.#fullAt[place] ?? Infinity;
      if (fullAt >= bestFullAt) continue;
      best = place;
      bestFullAt = fullAt;
    }
    if (bestFullAt > now) this.evictions++;
    this.#fullAt[best] = -Infinity;
    return best;
  }
}

/** Places that a key may be in. */
const WAYS = 8;

/** Sums of fractions are not exact; less than this is nothing. */
const ROUNDING_MS = 1e-6;
