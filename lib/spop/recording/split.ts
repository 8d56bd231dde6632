/**
 * A stream of bytes cut into frames by the lengths before them, without a look at what they are.
 */

/** Cuts what comes into frames. */
export class FrameSplitter {
  #rest = new Uint8Array();
  #isLost = false;
  readonly #maxFrame: number;

  /** @param maxFrame what is longer is no SPOP: from there on the stream is given in pieces as it comes */
  constructor(maxFrame = 16 * 1024 * 1024) {
    this.#maxFrame = maxFrame;
  }

  /** Takes bytes; gives the frames that are whole now, each with its length before it. */
  push(bytes: Uint8Array): Uint8Array[] {
    if (this.#isLost) return [bytes.slice()];
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= LENGTH) {
      const length = new DataView(all.buffer, at).getUint32(0);
      if (length > this.#maxFrame) {
        frames.push(all.slice(at));
        this.#isLost = true;
        at = all.length;
        break;
      }
      if (all.length - at < LENGTH + length) break;
      frames.push(all.slice(at, at + LENGTH + length));
      at += LENGTH + length;
    }
    this.#rest = all.slice(at);
    return frames;
  }
}

const LENGTH = 4;
