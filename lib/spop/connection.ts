/**
 * Reading and writing for a session over a `Deno.Conn`: one buffer for what comes, two that take turns for what leaves.
 *
 * Hot path: one read, all its frames, one write, and the next read is already waiting while the write ends. A write is
 * never awaited here; its end sends what has piled up meanwhile.
 */
import type { Dispatcher } from "./dispatcher.ts";
import type { Limits } from "./options.ts";
import { type Link, Session } from "./session.ts";

/** A connection from HAProxy. */
export class Connection implements Link {
  /** The protocol's side. */
  readonly session: Session;
  readonly #conn: Deno.Conn;
  #intake: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_INTAKE);
  #arrived = 0;
  /** What is being written; swapped with the session's buffer. */
  #leaving: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #left = 0;
  #toLeave = 0;
  #isWriting = false;
  #isFlushDue = false;
  #isClosed = false;
  #goodbye: Promise<void> | undefined;
  #release: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #wakers: (() => void)[] = [];

  constructor(conn: Deno.Conn, dispatcher: Dispatcher, limits: Limits) {
    this.#conn = conn;
    this.session = new Session(dispatcher, limits, this);
  }

  /** Serves until either side ends the connection; never rejects. */
  async serve(): Promise<void> {
    const { session } = this;
    try {
      // One function with one await a read: each further level costs a tenth of the whole frame.
      while (!session.isEnding && !this.#isClosed) {
        const count = await this.#conn.read(this.#arrived === 0 ? this.#intake : this.#intake.subarray(this.#arrived));
        if (count === null) break;
        session.countIn(count);
        this.#arrived += count;
        this.#receive();
        if (session.hasMore || session.isPaused) await this.#waitForRoom();
      }
      if (session.isEnding) {
        await this.#sayGoodbye();
        await this.#discard();
      }
    } catch {
      // A reset is the usual end of a connection to HAProxy 3.1 and later; a read that fails otherwise ends it as well.
    } finally {
      this.close();
    }
  }

  /** Answers have come outside of a read: all that come now leave in one write. */
  flush(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      this.#write();
      // The read that waits ends when the other side closes, or with the time to linger.
      if (this.session.isEnding) this.#sayGoodbye().catch(() => this.close());
    });
  }

  resume(): void {
    this.#wake();
  }

  hold(quietMs: number): void {
    clearTimeout(this.#release);
    // One more turn: a timer may come before what has arrived in the meantime.
    this.#release = setTimeout(() => this.#release = setTimeout(() => this.session.release(), 0), quietMs);
  }

  /** Closes at once, whatever was not written. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#linger);
    clearTimeout(this.#release);
    this.session.close();
    this.#wake();
    try {
      this.#conn.close();
    } catch {
      // It was closed by a failed write.
    }
  }

  /** Reads nothing until handlers have answered, or answers have left. */
  async #waitForRoom(): Promise<void> {
    const { session } = this;
    while ((session.hasMore || session.isPaused) && !session.isEnding && !this.#isClosed) {
      if (session.isPaused) await this.#woken();
      this.#receive();
    }
  }

  #receive(): void {
    const intake = this.#intake;
    const arrived = this.#arrived;
    const done = this.session.receive(intake, arrived);
    this.#write();
    if (done === arrived) this.#arrived = 0;
    else if (done > 0) {
      intake.copyWithin(0, done, arrived);
      this.#arrived = arrived - done;
    }
    // A full buffer: there was more to read, or there is a large frame to come.
    if (arrived === intake.length && intake.length < Math.max(this.session.largestFrame, MOST_INTAKE)) {
      this.#intake = new Uint8Array(intake.length * 2);
      this.#intake.set(intake.subarray(0, this.#arrived));
    }
  }

  #write(): void {
    const { out } = this.session;
    if (this.#isWriting || out.at === 0 || this.session.isHeld || this.#isClosed) return;
    this.#isWriting = true;
    this.#toLeave = out.at;
    this.#left = 0;
    const full = out.bytes;
    out.bytes = this.#leaving;
    out.at = 0;
    this.#leaving = full;
    this.#conn.write(full.subarray(0, this.#toLeave)).then(this.#onWritten, this.#onWriteFailed);
  }

  readonly #onWritten = (count: number): void => {
    this.#left += count;
    this.session.countOut(count);
    if (this.#left < this.#toLeave) {
      this.#conn.write(this.#leaving.subarray(this.#left, this.#toLeave)).then(this.#onWritten, this.#onWriteFailed);
      return;
    }
    this.#isWriting = false;
    if (this.#leaving.length > KEPT_LEAVING) this.#leaving = new Uint8Array(1024);
    this.#write();
    if (this.#wakers.length > 0) this.#wake();
  };

  readonly #onWriteFailed = (): void => this.close();

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  /** A pause is over, a write has ended, or the connection is closed. */
  #woken(): Promise<void> {
    return new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  /** Writes what is left and closes this direction; the other side gets a while to close its own. */
  #sayGoodbye(): Promise<void> {
    return this.#goodbye ??= (async () => {
      while (this.#isWriting && !this.#isClosed) await this.#woken();
      if (this.#isClosed) return;
      this.#linger = setTimeout(() => this.close(), LINGER_MS);
      await this.#conn.closeWrite();
    })();
  }

  /** Reads to the end: to close with unread bytes would send a reset, which could destroy answers on their way. */
  async #discard(): Promise<void> {
    const waste = new Uint8Array(1024);
    for (let rest = MOST_WASTE; rest > 0 && !this.#isClosed;) {
      const count = await this.#conn.read(waste);
      if (count === null) break;
      rest -= count;
    }
  }
}

const FIRST_INTAKE = 8 * 1024;
/** A read buffer grows to this by itself; beyond only for a frame that is larger. */
const MOST_INTAKE = 128 * 1024;
const KEPT_LEAVING = 64 * 1024;
const LINGER_MS = 500;
const MOST_WASTE = 64 * 1024;
