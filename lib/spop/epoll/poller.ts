/**
 * `epoll`: which file descriptors are ready. One array of events, filled again and again.
 */
import type { Libc } from "./libc.ts";

/** Something can be read, or somebody connects. */
export const READABLE = 0x001;
/** There is room to write again. */
export const WRITABLE = 0x004;
/** The connection failed, or both directions are closed. */
export const BROKEN = 0x008 | 0x010;

const MOST_EVENTS = 256;
const [ADD, REMOVE, CHANGE] = [1, 2, 3] as const;
const CLOSE_ON_EXEC = 0o2000000;

/** An event has 12 bytes on x86-64 and 16 elsewhere: the descriptor behind the bits, or behind a gap. */
const [EVENT_WORDS, FD_WORD] = Deno.build.arch === "x86_64" ? [3, 1] as const : [4, 2] as const;

/** Watches file descriptors. */
export class Poller {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #events = new Int32Array(MOST_EVENTS * EVENT_WORDS);
  readonly #bytes = new Uint8Array(this.#events.buffer);
  readonly #one = new Int32Array(EVENT_WORDS);
  readonly #oneBytes = new Uint8Array(this.#one.buffer);

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#fd = libc.epoll_create1(CLOSE_ON_EXEC);
  }

  /** Watches a descriptor for {@linkcode READABLE} and {@linkcode WRITABLE}. */
  add(fd: number, interest: number): void {
    this.#control(ADD, fd, interest);
  }

  /** Watches it for something else. */
  change(fd: number, interest: number): void {
    this.#control(CHANGE, fd, interest);
  }

  /** Watches it no more. */
  remove(fd: number): void {
    this.#control(REMOVE, fd, 0);
  }

  /**
   * Waits.
   *
   * @param timeoutMs for how long, in milliseconds
   * @returns how many are ready
   */
  wait(timeoutMs: number): number {
    return this.#libc.epoll_wait(this.#fd, this.#bytes, MOST_EVENTS, timeoutMs);
  }

  /** What the `index`th of those that are ready is ready for. */
  bitsAt(index: number): number {
    return this.#events[index * EVENT_WORDS] ?? 0;
  }

  /** Which descriptor it is. */
  fdAt(index: number): number {
    return this.#events[index * EVENT_WORDS + FD_WORD] ?? -1;
  }

  /** Ends. */
  close(): void {
    this.#libc.close(this.#fd);
  }

  #control(what: number, fd: number, interest: number): void {
    this.#one[0] = interest;
    this.#one[FD_WORD] = fd;
    this.#libc.epoll_ctl(this.#fd, what, fd, this.#oneBytes);
  }
}
