/**
 * The one session that a socket's reused commands share: opened when the first needs it, opened anew when it is old or
 * gone. Callers that come while it is being opened wait for the same one.
 */
import { formatAddress } from "../net/mod.ts";
import type { Answer } from "./answer.ts";
import type { CallLimits } from "./calls.ts";
import { orEnded } from "./ending.ts";
import { SocketTimeout } from "./errors.ts";
import { Session, type SessionLimits } from "./session.ts";
import type { WireOptions } from "./wire.ts";

/** A session that is there whenever it is needed. */
export class SharedSession {
  readonly #options: WireOptions;
  readonly #limits: SessionLimits;
  readonly #closing: AbortSignal;
  #live: Session | undefined;
  #opening: Promise<Session> | undefined;

  /**
   * @param options how to reach the socket
   * @param limits of each session
   * @param closing ends an attempt to open one, with its reason
   */
  constructor(options: WireOptions, limits: SessionLimits, closing: AbortSignal) {
    this.#options = options;
    this.#limits = limits;
    this.#closing = closing;
  }

  /**
   * Runs one command on the session.
   *
   * @param command a command that fits a session
   * @param limits of this call alone; they include the time to open a session
   * @returns the answer or HAProxy's refusal
   * @throws {SocketError} when there is no whole answer
   */
  run(command: string, limits: CallLimits): Promise<Answer> {
    return this.#live?.isOpen ? this.#live.run(command, limits) : this.#runOnNext(command, limits);
  }

  /** Ends the session, once the signal to close has been given. */
  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    this.#live?.[Symbol.dispose]();
    await this.#live?.ended;
  }

  async #runOnNext(command: string, limits: CallLimits): Promise<Answer> {
    const { timeoutMs, signal } = limits;
    const startedAt = performance.now();
    const address = formatAddress(this.#options.address);
    const timeout = { ms: timeoutMs, error: () => new SocketTimeout(address, "answer", timeoutMs, command) };
    const session = await orEnded(this.#open(), { timeout, signals: signal ? [signal] : [] });
    return await session.run(command, { timeoutMs, signal, startedAt });
  }

  #open(): Promise<Session> {
    this.#opening ??= this.#openNext().finally(() => this.#opening = undefined);
    return this.#opening;
  }

  async #openNext(): Promise<Session> {
    return this.#live = await Session.open(this.#options, this.#limits, [this.#closing]);
  }
}
