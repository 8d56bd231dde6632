/**
 * A server for tests that says on its output when it is ready, and is gone when the test is.
 *
 * @module
 */

import { GuardedProcess } from "../haproxy/guarded.ts";
import { waitWhileAlive } from "../haproxy/wait.ts";

/** A running server. */
export class PeerServer implements AsyncDisposable {
  readonly port: number;
  readonly #process: GuardedProcess;

  /**
   * @param command the program and its arguments
   * @param port where it listens on 127.0.0.1
   */
  constructor(command: readonly string[], port: number) {
    this.#process = new GuardedProcess(command);
    this.port = port;
  }

  /**
   * Waits until it has said something.
   *
   * @param words a part of its output
   * @throws with its output when it ends before, or does not say it
   */
  async says(words: string): Promise<void> {
    const failure = await waitWhileAlive(this.#process, () => Promise.resolve(this.#process.output.includes(words)));
    if (failure === undefined) return;
    await this.#process.end();
    throw new Error(`Cannot wait for "${words}": ${failure}, saying "${this.#process.output.trim().slice(-2000)}"`);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#process.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
