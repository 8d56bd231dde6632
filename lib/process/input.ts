/**
 * What a process is told on its stdin.
 *
 * A process that does not read is no reason to wait for ever nor to keep all that is meant for it: only so many bytes wait,
 * and whoever writes hears when nothing moves.
 */
import { InputFull, NoInput } from "./errors.ts";
import type { Chunk } from "./output.ts";

/** What waits for a process that does not read. */
export interface InputLimits {
  /** Bytes; 1 MiB if not said. One write may be longer when nothing else waits. */
  readonly maxWaiting?: number;
  /** How long one who writes waits while nothing is read, in milliseconds; 10 s if not said. */
  readonly patienceMs?: number;
}

/** A process's stdin. */
export class Input {
  readonly #name: string;
  readonly #writer: WritableStreamDefaultWriter<Chunk>;
  readonly #maxWaiting: number;
  readonly #patienceMs: number;
  #waiting = 0;
  /** When a byte was last taken. */
  #movedAt = 0;
  #isClosed = false;

  /**
   * @param name the process's, for errors
   * @param pipe its stdin
   */
  constructor(name: string, pipe: WritableStream<Chunk>, limits: InputLimits = {}) {
    this.#name = name;
    this.#writer = pipe.getWriter();
    this.#writer.closed.catch(() => {}); // whoever writes hears of it
    this.#maxWaiting = limits.maxWaiting ?? 1024 * 1024;
    this.#patienceMs = limits.patienceMs ?? 10_000;
  }

  /**
   * Writes; settles when all is taken. What is written at the same time by two is not mixed.
   *
   * @throws {NoInput} when it is closed
   * @throws {InputFull} when too much waits already (nothing of this was written), or when nothing was read for too long (it
   * still waits, and is read if the process ever reads)
   */
  async write(bytes: Chunk): Promise<void> {
    if (this.#isClosed) throw new NoInput(this.#name, "its input is closed");
    if (this.#waiting > 0 && this.#waiting + bytes.length > this.#maxWaiting) {
      throw new InputFull(this.#name, `it does not read: ${this.#waiting} bytes wait for it already`);
    }
    if (this.#waiting === 0) this.#movedAt = performance.now();
    let last: Promise<void> = Promise.resolve();
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) last = this.#queue(bytes.subarray(at, at + PIECE_BYTES));
    while (!await this.#isTaken(last)) {
      if (performance.now() < this.#movedAt + this.#patienceMs) continue;
      throw new InputFull(
        this.#name,
        `it has read nothing for ${this.#patienceMs / 1000} s: ${this.#waiting} bytes wait`,
      );
    }
  }

  /** No more comes: the process reads what waits, then its end. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#writer.close().catch(() => {}); // it has ended
  }

  /** The process has ended: what still waits is let go. */
  async end(): Promise<void> {
    this.#isClosed = true;
    await this.#writer.abort().catch(() => {}); // closed before
  }

  #queue(piece: Chunk): Promise<void> {
    this.#waiting += piece.length;
    const taken = this.#writer.write(piece).then(() => {
      this.#movedAt = performance.now();
    }).finally(() => this.#waiting -= piece.length);
    taken.catch(() => {}); // a later piece tells
    return taken;
  }

  /** Waits for a piece, at most until nothing has moved for too long. */
  async #isTaken(piece: Promise<void>): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), this.#movedAt + this.#patienceMs - performance.now());
    try {
      return await Promise.race([piece.then(() => true), late.promise]);
    } catch {
      throw new NoInput(this.#name, "it has closed its input");
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What a pipe takes at once. */
const PIECE_BYTES = 64 * 1024;
