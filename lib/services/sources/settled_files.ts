/**
 * Files as they are when nobody is writing them: one that has just been changed is looked at again a moment later, and one
 * that has just vanished too, since editors take a file away before they put the new one there.
 */
import { reason } from "../../errors.ts";
import { SourceFailed } from "./errors.ts";

/** What was seen of a file. */
export type Seen =
  /** It is as when it was last read. */
  | { readonly state: "same" }
  /** It is another one. */
  | { readonly state: "new"; readonly text: string }
  /** It has been gone for a while. */
  | { readonly state: "gone" }
  /** Somebody may be writing it. */
  | { readonly state: "unsettled" };

/** Reads files when they are settled. */
export class SettledFiles {
  readonly #settleMs: number;
  readonly #maxBytes: number;
  readonly #now: () => number;
  /** What was last seen, and since when. */
  readonly #seen = new Map<string, { readonly stamp: string; readonly since: number }>();
  readonly #read = new Map<string, string>();

  /**
   * @param settleMs how long a file must have been as it is, in milliseconds
   * @param maxBytes larger files are refused
   * @param now milliseconds since 1970
   */
  constructor(settleMs: number, maxBytes: number, now: () => number) {
    this.#settleMs = settleMs;
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /**
   * Looks at a file.
   *
   * @param path which
   * @throws {SourceFailed} when it cannot be read
   */
  async look(path: string): Promise<Seen> {
    const found = await stampOf(path, this.#maxBytes);
    const stamp = found?.stamp ?? GONE;
    if (!this.#isSettled(path, stamp, found?.writtenAt)) return { state: "unsettled" };
    if (found === undefined) {
      this.#read.delete(path);
      return { state: "gone" };
    }
    if (this.#read.get(path) === stamp) return { state: "same" };
    const text = await read(path);
    if ((await stampOf(path, this.#maxBytes))?.stamp !== stamp) return { state: "unsettled" };
    this.#read.set(path, stamp);
    return { state: "new", text };
  }

  /** Forgets a file. */
  forget(path: string): void {
    this.#seen.delete(path);
    this.#read.delete(path);
  }

  #isSettled(path: string, stamp: string, writtenAt: number | undefined): boolean {
    const now = this.#now();
    const seen = this.#seen.get(path);
    if (seen?.stamp === stamp) return now - seen.since >= this.#settleMs || this.#read.get(path) === stamp;
    // One that was written long ago and has now been moved here is whole.
    const isOld = writtenAt !== undefined && now - writtenAt >= this.#settleMs;
    const isFirstLook = seen === undefined && writtenAt === undefined;
    this.#seen.set(path, { stamp, since: isOld || isFirstLook ? now - this.#settleMs : now });
    return isOld || isFirstLook;
  }
}

const GONE = "";

async function stampOf(path: string, maxBytes: number) {
  try {
    const { isFile, size, mtime, ino } = await Deno.stat(path);
    if (!isFile) throw new SourceFailed(path, "it is no regular file");
    if (size > maxBytes) throw new SourceFailed(path, `it is larger than ${maxBytes} bytes`);
    const writtenAt = mtime?.getTime() ?? 0;
    return { stamp: `${ino}/${size}/${writtenAt}`, writtenAt };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown instanceof SourceFailed ? thrown : new SourceFailed(path, reason(thrown), thrown);
  }
}

async function read(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (thrown) {
    const why = thrown instanceof TypeError ? "it is not UTF-8" : reason(thrown);
    throw new SourceFailed(path, why, thrown);
  }
}
