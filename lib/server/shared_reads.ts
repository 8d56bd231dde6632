/**
 * Identical reads that arrive together share one command to HAProxy, and one piece of JSON.
 *
 * A hot path: a thousand readers of 10,000 servers cost one `show stat`, one parse and one serialization, and each answer is
 * the same bytes. `scripts/bench.ts` shows it.
 */
import type { Client } from "../client/mod.ts";

/** How old a shared answer may be. */
export interface SharedReadsOptions {
  /** Age up to which an answer is given again, in milliseconds from the start of its command; 0 by default: never. */
  readonly maxAgeMs?: number;
  /** A clock in milliseconds that never goes back. */
  readonly now?: () => number;
}

/** One command on its way, or its answer. */
interface Read {
  readonly startedAt: number;
  /** How many changes this server had carried out when it started. */
  readonly changes: number;
  readonly answer: Promise<Uint8Array<ArrayBuffer>>;
  isDone: boolean;
}

/**
 * Reads that are shared by all requests of one server.
 *
 * A read that starts after a change made through this server was answered never gets an answer from before it. A read
 * that fails fails all who share it, and the next one starts anew. No reader can end it for the others: a request that is
 * gone or late just stops waiting, and the command ends by the socket's own time limit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Client } from "../client/mod.ts";
 * import { SharedReads } from "./shared_reads.ts";
 *
 * await using client = new Client("/run/nobody-listens-here.sock");
 * const reads = new SharedReads(client);
 * let commands = 0;
 * const read = () => reads.bytes("info", () => Promise.resolve(`${++commands}`));
 * const [first, second] = await Promise.all([read(), read()]);
 * assert.equal(first, second);
 * assert.equal(commands, 1);
 * ```
 */
export class SharedReads {
  readonly #client: Client;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  readonly #reads = new Map<string, Read>();
  #changes = 0;

  /**
   * @param client asks HAProxy
   * @param options how old an answer may be
   */
  constructor(client: Client, options: SharedReadsOptions = {}) {
    this.#client = client;
    this.#maxAgeMs = options.maxAgeMs ?? 0;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Gives the bytes of an answer, shared with whoever asks for the same at the same time.
   *
   * @param key what is read; the same text for the same answer
   * @param read asks HAProxy with the client it is given, and gives the answer's text
   * @returns the text's bytes, which must not be changed
   * @throws whatever `read` throws
   */
  bytes(key: string, read: (client: Client) => Promise<string>): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#reads.get(key);
    if (known !== undefined && this.#isFresh(known)) return known.answer;
    const started: Read = {
      startedAt: this.#now(),
      changes: this.#changes,
      answer: read(this.#client).then((text) => ENCODER.encode(text)),
      isDone: false,
    };
    this.#reads.set(key, started);
    started.answer.then(() => this.#finish(key, started, true), () => this.#finish(key, started, false));
    return started.answer;
  }

  /** Says that HAProxy has been changed: what was read before is not given to anybody who asks from now on. */
  changed(): void {
    this.#changes++;
  }

  #isFresh(read: Read): boolean {
    if (read.changes !== this.#changes) return false;
    return !read.isDone || this.#now() - read.startedAt < this.#maxAgeMs;
  }

  #finish(key: string, read: Read, isKept: boolean): void {
    read.isDone = true;
    const isLatest = this.#reads.get(key) === read;
    if (isLatest && (!isKept || !this.#isFresh(read))) this.#reads.delete(key);
    if (this.#reads.size > SWEEP_AT) this.#sweep();
  }

  /** Forgets answers that nobody may get any more. */
  #sweep(): void {
    for (const [key, read] of this.#reads) if (!this.#isFresh(read)) this.#reads.delete(key);
  }
}

/** Answers are large and their keys come from requests, so that old ones must not pile up. */
const SWEEP_AT = 16;

const ENCODER = new TextEncoder();
