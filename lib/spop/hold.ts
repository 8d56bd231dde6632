/**
 * Answers held back for a moment, when a connection must say goodbye and there is no time left to wait until it is quiet.
 *
 * A NOTIFY that crosses a goodbye is lost. So ACKs are held for a moment: HAProxy sends what it has until all of it waits
 * for us, or 20 frames do, and then little is left that could cross.
 */

/** Whether answers are held, and since when. */
export class Hold {
  /** Answers are to be held from now on. */
  isWanted = false;
  /** Answers are held. */
  isOn = false;
  /** ACKs that are held. */
  count = 0;
  #since = 0;

  /** Holds; what is held already goes on to be. */
  begin(): void {
    if (!this.isOn) this.#since = performance.now();
    this.isOn = true;
  }

  /** Lets go of what is held. */
  end(): void {
    this.isOn = false;
    this.count = 0;
  }

  /** So many wait that HAProxy sends no more. */
  get isFull(): boolean {
    return this.count >= MOST_WAITING;
  }

  /** Nobody is to wait any longer. */
  get isOver(): boolean {
    return performance.now() - this.#since >= MOST_HOLD_MS;
  }
}

/** `max-waiting-frames` of HAProxy up to 3.0 where nothing else is said, and fixed since. */
const MOST_WAITING = 20;
/** HAProxy waits for ACKs much longer than this. */
const MOST_HOLD_MS = 100;
