/**
 * One connection of HAProxy's: its request's bytes until the line ends, or stops coming, then one line and the end.
 *
 * Hot path: one read, one look into a map, one write, for a request that came whole and is answered from what is known. No
 * timer: the listener looks after those that are slow.
 */
import type { AgentCounters } from "./counters.ts";

/** Answers a request: at once where the answer is known. Never throws, never rejects. */
export type Respond = (request: string) => Uint8Array | Promise<Uint8Array>;

/** What a connection may take. */
export interface ExchangeLimits {
  readonly maxRequestBytes: number;
  readonly idleMs: number;
  readonly silentMs: number;
  readonly connectionMs: number;
}

/** What connections share. */
export interface ExchangeSurroundings {
  readonly limits: ExchangeLimits;
  readonly respond: Respond;
  /** Answers a request that is longer than any may be. */
  readonly tooLong: () => Uint8Array | Promise<Uint8Array>;
  readonly counters: AgentCounters;
  /** Buffers of `maxRequestBytes` to be used again. */
  readonly buffers: Uint8Array<ArrayBuffer>[];
}

/** One connection. */
export class Exchange {
  readonly #conn: Deno.Conn;
  readonly #around: ExchangeSurroundings;
  readonly #startedAt = performance.now();
  #lastByteAt = this.#startedAt;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;
  #discarded = 0;
  /** The answer is on its way. */
  #answering: Promise<void> | undefined;
  #isAnswered = false;
  #isClosed = false;

  /**
   * @param conn is closed at the end
   * @param around what it shares with others
   */
  constructor(conn: Deno.Conn, around: ExchangeSurroundings) {
    this.#conn = conn;
    this.#around = around;
    this.#buffer = around.buffers.pop() ?? new Uint8Array(around.limits.maxRequestBytes);
  }

  /** Serves it to its end; never rejects. */
  async serve(): Promise<void> {
    try {
      while (this.#answering === undefined && !this.#isClosed) {
        const room = this.#length < this.#buffer.length ? this.#buffer.subarray(this.#length) : new Uint8Array(DISCARD);
        const count = await this.#conn.read(room);
        if (this.#answering !== undefined) break;
        if (count === null) {
          if (this.#length === 0) this.close();
          else this.#end(this.#length);
        } else this.#take(count);
      }
    } catch {
      // HAProxy resets the connection when it has its answer, or has given up. What is on its way may still arrive.
      if (this.#answering === undefined) this.close();
    }
    await this.#answering;
    this.close();
    this.#around.buffers.push(this.#buffer);
  }

  /** Looks whether it takes too long: then what came so far is the request, or that was all. */
  check(now: number): void {
    const { idleMs, silentMs, connectionMs } = this.#around.limits;
    if (now - this.#startedAt >= connectionMs) this.close();
    else if (this.#answering !== undefined) return;
    else if (now - this.#startedAt >= silentMs || this.#length > 0 && now - this.#lastByteAt >= idleMs) {
      this.#end(this.#length);
    }
  }

  /** Ends at once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isAnswered) this.#around.counters.unanswered++;
    try {
      this.#conn.close();
    } catch {
      // The other side was quicker.
    }
  }

  #take(count: number): void {
    this.#lastByteAt = performance.now();
    this.#around.counters.bytesIn += count;
    if (this.#length === this.#buffer.length) {
      this.#discarded += count;
      // Without reading on, the end of the connection would be a reset, and the answer lost.
      if (this.#discarded >= MOST_DISCARDED) this.#end(this.#length);
      return;
    }
    const from = this.#length;
    this.#length += count;
    const end = this.#buffer.indexOf(NEWLINE, from);
    if (end >= 0 && end < this.#length) this.#end(end);
  }

  /** The request has ended there. */
  #end(length: number): void {
    const { respond, tooLong } = this.#around;
    const isTooLong = length === this.#buffer.length;
    const answer = isTooLong ? tooLong() : respond(DECODER.decode(this.#buffer.subarray(0, length)).trim());
    this.#answering = this.#answer(answer);
  }

  async #answer(answer: Uint8Array | Promise<Uint8Array>): Promise<void> {
    const { counters } = this.#around;
    try {
      let bytes = answer instanceof Uint8Array ? answer : await answer;
      counters.latency.add(performance.now() - this.#lastByteAt);
      while (bytes.length > 0 && !this.#isClosed) {
        const written = await this.#conn.write(bytes);
        counters.bytesOut += written;
        bytes = bytes.subarray(written);
      }
      this.#isAnswered = bytes.length === 0;
    } catch {
      // HAProxy has given up.
    }
    this.close();
  }
}

const NEWLINE = 10;
const DECODER = new TextDecoder();
/** How much of a request that is too long is read in one go, and altogether, in bytes. */
const DISCARD = 4096;
const MOST_DISCARDED = 1024 * 1024;
