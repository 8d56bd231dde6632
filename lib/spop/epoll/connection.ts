/**
 * Reading and writing for a session over a file descriptor: no promise anywhere on the way.
 *
 * Hot path: all connections share one read buffer, which therefore stays in the processor's cache; what a read leaves over
 * (the beginning of a frame) is kept aside.
 */
import type { Dispatcher } from "../dispatcher.ts";
import type { Limits } from "../options.ts";
import { type Link, Session } from "../session.ts";
import { ERRORS, type Libc } from "./libc.ts";
import { BROKEN, type Poller, READABLE, WRITABLE } from "./poller.ts";

const NO_SIGNAL = 0x4000;
const SHUT_WRITE = 1;
const LINGER_MS = 500;
const MOST_WASTE = 64 * 1024;
const NOTHING = new Uint8Array();

/** The read buffer of a loop; it grows for frames that are larger. */
export interface SharedIntake {
  bytes: Uint8Array<ArrayBuffer>;
}

/** A connection from HAProxy. */
export class EpollConnection implements Link {
  /** The protocol's side. */
  readonly session: Session;
  readonly #fd: number;
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #intake: SharedIntake;
  readonly #onClosed: (fd: number) => void;
  /** What the last read left over. */
  #rest: Uint8Array = NOTHING;
  #interest = READABLE;
  #waste = 0;
  #isFlushDue = false;
  #isShut = false;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    fd: number,
    libc: Libc,
    poller: Poller,
    intake: SharedIntake,
    dispatcher: Dispatcher,
    limits: Limits,
    onClosed: (fd: number) => void,
  ) {
    this.#fd = fd;
    this.#libc = libc;
    this.#poller = poller;
    this.#intake = intake;
    this.#onClosed = onClosed;
    this.session = new Session(dispatcher, limits, this);
    poller.add(fd, READABLE);
  }

  /** Takes what the descriptor is ready for. */
  onReady(bits: number): void {
    if ((bits & READABLE) !== 0) this.#read();
    else if ((bits & BROKEN) !== 0) return this.close();
    if ((bits & WRITABLE) !== 0 && !this.#isClosed) {
      this.#write();
      if (!this.session.isPaused) this.resume();
    }
  }

  flush(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      this.#write();
    });
  }

  resume(): void {
    if (this.#isClosed) return;
    if (this.#rest.length > 0) this.#receive(this.#rest, this.#rest.length);
    this.#watch();
  }

  hold(quietMs: number): void {
    clearTimeout(this.#timer);
    // One more turn: a timer may come before what has arrived in the meantime.
    this.#timer = setTimeout(() => this.#timer = setTimeout(() => this.session.release(), 0), quietMs);
  }

  /** Closes at once, whatever was not written. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.session.close();
    this.#libc.close(this.#fd);
    this.#onClosed(this.#fd);
  }

  #read(): void {
    const rest = this.#rest;
    const kept = rest.length;
    if (kept * 2 >= this.#intake.bytes.length) this.#intake.bytes = new Uint8Array(kept * 4);
    const { bytes } = this.#intake;
    if (kept > 0) bytes.set(rest);
    const room = kept === 0 ? bytes : bytes.subarray(kept);
    const count = this.#libc.recv(this.#fd, room, room.length, 0);
    if (count <= 0) {
      if (count === 0 || !this.#isTransient()) this.close();
      return;
    }
    if (this.session.isEnding) return this.#discard(count);
    this.session.countIn(count);
    this.#receive(bytes, kept + count);
  }

  #receive(bytes: Uint8Array, arrived: number): void {
    const { session } = this;
    let done = 0;
    do {
      done += session.receive(done === 0 ? bytes : bytes.subarray(done), arrived - done);
      this.#write();
    } while (session.hasMore && !session.isPaused && !this.#isClosed);
    this.#rest = done === arrived ? NOTHING : bytes.slice(done, arrived);
    if (session.isPaused) this.#watch();
  }

  #write(): void {
    const { out } = this.session;
    if (this.#isClosed || this.session.isHeld) return;
    if (out.at > 0) {
      const count = this.#libc.send(this.#fd, out.bytes, out.at, NO_SIGNAL);
      if (count < 0 && !this.#isTransient()) return this.close();
      if (count > 0) {
        this.session.countOut(count);
        if (count < out.at) out.bytes.copyWithin(0, count, out.at);
        out.at -= count;
      }
    }
    if (out.at === 0 && this.session.isEnding) this.#shut();
    if (out.at > 0 || this.#interest !== READABLE) this.#watch();
  }

  /** Watches for what can be gone on with. */
  #watch(): void {
    if (this.#isClosed) return;
    const interest = (this.session.isPaused && !this.session.isEnding ? 0 : READABLE) |
      (this.session.out.at > 0 && !this.session.isHeld ? WRITABLE : 0);
    if (interest === this.#interest) return;
    this.#interest = interest;
    this.#poller.change(this.#fd, interest);
  }

  /** Closes this direction; the other side gets a while to close its own, or a reset could destroy answers on their way. */
  #shut(): void {
    if (this.#isShut) return;
    this.#isShut = true;
    this.#libc.shutdown(this.#fd, SHUT_WRITE);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), LINGER_MS);
  }

  #discard(count: number): void {
    this.#waste += count;
    if (this.#waste > MOST_WASTE) this.close();
  }

  #isTransient(): boolean {
    const errno = this.#libc.errno();
    return errno === ERRORS.EAGAIN || errno === ERRORS.EINTR;
  }
}
