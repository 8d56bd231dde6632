/**
 * What a process writes, as a feed of the bytes as they came.
 *
 * Its pipes are always read, whether anybody listens or not: a process never waits for its readers, and what is kept for
 * those who come later is bounded in bytes.
 */
import { Feed } from "../feed/mod.ts";

/** Bytes as they were read from a pipe. */
export type Chunk = Uint8Array<ArrayBuffer>;

/** What is kept of an output. */
export interface OutputLimits {
  /** Bytes for readers who come later; 1 MiB if not said. */
  readonly replayBytes?: number;
}

/** One label's output: stdout, stderr, or both. */
export class Output {
  readonly feed: Feed<Chunk>;
  #bytes = 0;
  readonly #readers: ReadableStreamBYOBReader[];
  readonly #read: Promise<unknown>;

  /**
   * Begins to read.
   *
   * @param pipes whose bytes belong to the label
   */
  constructor(pipes: readonly ReadableStream<Chunk>[], { replayBytes = 1024 * 1024 }: OutputLimits = {}) {
    this.feed = new Feed({ capacity: 10_000, maxWeight: replayBytes, weigh: (chunk) => chunk.length });
    this.#readers = pipes.map((pipe) => pipe.getReader({ mode: "byob" }));
    this.#read = Promise.all(this.#readers.map((reader) => this.#readAll(reader)));
  }

  /** How many bytes have been read. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Reads to the end, then closes the feed. A process that was started by the one that has ended may hold the pipe open:
   * it is not waited for longer than that.
   *
   * @param patienceMs from now on
   */
  async finish(patienceMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    await Promise.race([this.#read, late]);
    clearTimeout(timer);
    await Promise.all(this.#readers.map((reader) => reader.cancel().catch(() => {}))); // it was broken already
    await this.#read;
    this.feed.close();
  }

  async #readAll(reader: ReadableStreamBYOBReader): Promise<void> {
    let room = new ArrayBuffer(ROOM_BYTES);
    try {
      while (true) {
        const { done, value } = await reader.read(new Uint8Array(room));
        if (done || value === undefined) return;
        // A copy of its own length: the kept bytes are what the feed weighs.
        this.feed.push(value.slice());
        this.#bytes += value.length;
        room = value.buffer;
      }
    } catch {
      // A pipe that breaks has ended; how the process ended is told by its status.
    }
  }
}

/** What a pipe holds. */
const ROOM_BYTES = 64 * 1024;
