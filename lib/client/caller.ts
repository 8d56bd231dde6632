/**
 * How the rows of the method table reach HAProxy: reading over a shared connection, changes each on its own.
 */
import { type Answer, CommandRefused, type SendOptions, type Socket } from "../socket/mod.ts";
import { judgeAnswer } from "./formats/outcome.ts";
import { parseVersion, type Version } from "./formats/version.ts";
import type { Caller } from "./method.ts";

/** What holds for every command of a client. */
export interface CallOptions {
  /** Ends every wait. */
  readonly signal?: AbortSignal;
  /** Time for each answer, in milliseconds; the socket's own by default. */
  readonly timeoutMs?: number;
}

/** The {@linkcode Caller} over a socket. */
export class SocketCaller implements Caller {
  readonly #socket: Socket;
  readonly #options: CallOptions;

  constructor(socket: Socket, options: CallOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  send(command: string, options: SendOptions = {}): Promise<string> {
    return this.#whenUnlocked(() => this.#socket.send(command, { ...this.#options, ...options }));
  }

  read(command: string): Promise<string> {
    return this.#whenUnlocked(() => this.#socket.send(command, { ...this.#options, reuse: true }));
  }

  async change(command: string, options: SendOptions = {}): Promise<string> {
    const outcome = judgeAnswer(command, await this.send(command, options));
    if (!outcome.ok) throw new CommandRefused(command, outcome.reason);
    return outcome.message;
  }

  batch(commands: readonly string[]): Promise<Answer[]> {
    return this.#socket.batch(commands, this.#options);
  }

  stream(command: string): AsyncIterable<string> {
    return this.#socket.stream(command, this.#options.signal ? { signal: this.#options.signal } : {});
  }

  /** Asked anew each time: a reload can bring another version. */
  async version(): Promise<Version> {
    return parseVersion(await this.read("show version"));
  }

  sleep(ms: number): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  now(): number {
    return performance.now();
  }

  /**
   * HAProxy has one lock for all certificates, which others hold for moments, also those who only list them. It refuses
   * then before it has done anything, so that the command can be sent again.
   */
  async #whenUnlocked(send: () => Promise<string>): Promise<string> {
    for (const startedAt = this.now();;) {
      try {
        return await send();
      } catch (thrown) {
        const isLocked = thrown instanceof CommandRefused && LOCKED.test(thrown.answer);
        if (!isLocked || this.now() - startedAt > LOCK_PATIENCE_MS) throw thrown;
        await this.sleep(LOCK_PAUSE_MS);
      }
    }
  }
}

const LOCKED = /^Operations on certificates are currently locked!/m;
const LOCK_PATIENCE_MS = 2_000;
const LOCK_PAUSE_MS = 20;
