/**
 * Keys from a JWKS URL. It is asked again before what it said is too old (`Cache-Control: max-age`), with `If-None-Match`,
 * in the background; and at once when a token names a key that is not known, but not more often than every so many seconds.
 * While it cannot be reached its last keys stay good, for a day at most.
 */
import { HappiError, reason } from "../../../errors.ts";
import { readLimited } from "../limited_body.ts";
import type { Outside } from "../sources/outside.ts";
import { withoutSecrets } from "../sources/source.ts";
import { keysFromJwks, UnusableKeys, type VerificationKey } from "./keys.ts";
import type { KeySource } from "./key_source.ts";

/** How a JWKS URL is asked. */
export interface JwksUrlOptions {
  readonly url: string;
  /** The least time between two questions, in milliseconds, whatever tokens say. */
  readonly leastIntervalMs: number;
  /** How long an answer without `Cache-Control` is good, in milliseconds. */
  readonly refreshMs: number;
  /** How long the answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Clock and HTTP. */
  readonly outside: Outside;
}

const MOST_BYTES = 1 << 20;
const MOST_FRESH_MS = 86_400_000;
const MOST_STALE_MS = 86_400_000;

/** Keys that a URL gives. */
export class JwksUrl implements KeySource {
  readonly #options: JwksUrlOptions;
  /** The URL as it may be told. */
  readonly #name: string;
  readonly #ended = new AbortController();
  #keys: readonly VerificationKey[] = [];
  #text = "";
  #etag: string | null = null;
  #running: Promise<void> | undefined;
  #askedAt = -Infinity;
  #answeredAt = -Infinity;
  #dueAt = -Infinity;
  #failures = 0;
  #questions = 0;
  generation = 0;

  /** @param options how it is asked; call `reload` once before use */
  constructor(options: JwksUrlOptions) {
    this.#options = options;
    this.#name = withoutSecrets(options.url);
  }

  get keys(): readonly VerificationKey[] {
    return this.#keys;
  }

  touch(now: number): void {
    if (now - this.#answeredAt > MOST_STALE_MS && this.#keys.length > 0) this.#forget();
    // A clock that was set back must not make old keys last: they may have been revoked.
    const isFresh = now >= this.#answeredAt && now < this.#dueAt;
    if (isFresh || !this.#mayAsk(now)) return;
    this.#ask(undefined).catch(() => {/* counted; the keys that there are stay */});
  }

  async lookAgain(now: number): Promise<boolean> {
    const before = this.generation;
    if (this.#running === undefined && !this.#mayAsk(now)) return false;
    await this.#ask(undefined).catch(() => {/* counted */});
    return this.generation !== before;
  }

  reload(signal?: AbortSignal): Promise<void> {
    return this.#ask(signal);
  }

  stats(): Record<string, number> {
    return { keys: this.keys.length, jwks_questions: this.#questions, jwks_failures: this.#failures };
  }

  close(): void {
    this.#ended.abort(new HappiError("policy_ended", `Cannot ask "${this.#name}": the policy has ended`));
  }

  /** What was verified with these keys is over too, so the next answer must be a whole one. */
  #forget(): void {
    this.#keys = [];
    this.#text = "";
    this.#etag = null;
    this.generation++;
  }

  #mayAsk(now: number): boolean {
    return this.#running === undefined && Math.abs(now - this.#askedAt) >= this.#options.leastIntervalMs;
  }

  /** Asks; everybody who wants an answer meanwhile waits for the same one. */
  #ask(signal: AbortSignal | undefined): Promise<void> {
    this.#running ??= this.#askNow(signal).catch((thrown) => {
      this.#failures++;
      throw thrown;
    }).finally(() => this.#running = undefined);
    return this.#running;
  }

  async #askNow(signal: AbortSignal | undefined): Promise<void> {
    const { url, outside, timeoutMs } = this.#options;
    this.#questions++;
    this.#askedAt = outside.now();
    this.#ended.signal.throwIfAborted();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const signals = [deadline.signal, this.#ended.signal, ...(signal === undefined ? [] : [signal])];
    try {
      const response = await outside.fetch(url, {
        headers: { accept: "application/json", ...(this.#etag === null ? {} : { "if-none-match": this.#etag }) },
        redirect: "error",
        signal: AbortSignal.any(signals),
      });
      await this.#take(response);
    } catch (thrown) {
      throw thrown instanceof HappiError ? thrown : new UnusableKeys(this.#name, reason(thrown), thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  async #take(response: Response): Promise<void> {
    const { outside, refreshMs, leastIntervalMs } = this.#options;
    const body = await readLimited(response, MOST_BYTES);
    if (response.status !== 304 || this.#etag === null) {
      if (!response.ok) throw new UnusableKeys(this.#name, `it answered with status ${response.status}`);
      if (body === undefined) throw new UnusableKeys(this.#name, `it answered with more than ${MOST_BYTES} bytes`);
      const text = new TextDecoder().decode(body);
      // The same again without an ETag is no reason to forget what was verified.
      if (text !== this.#text) {
        this.#keys = await keysFromJwks(text, this.#name, false);
        this.#text = text;
        this.generation++;
      }
      this.#etag = response.headers.get("etag");
    }
    this.#answeredAt = outside.now();
    const fresh = freshFor(response.headers.get("cache-control")) ?? refreshMs;
    this.#dueAt = this.#answeredAt + Math.min(Math.max(fresh, leastIntervalMs), MOST_FRESH_MS);
  }
}

/** What `Cache-Control` says about how long an answer is good, in milliseconds. */
function freshFor(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/\bno-(store|cache)\b/i.test(header)) return 0;
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(header)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
