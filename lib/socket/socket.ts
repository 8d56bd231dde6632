/**
 * HAProxy's CLI socket: one command in, one answer out.
 */
import { type Address, formatAddress, parseAddress } from "../net/mod.ts";
import type { Answer } from "./answer.ts";
import { runBatch } from "./batch.ts";
import { checkLine } from "./command.ts";
import { SocketClosed } from "./errors.ts";
import { exchange, type Request } from "./exchange.ts";
import { fitsSession } from "./fits_session.ts";
import type { CliMode } from "./frame.ts";
import { framePayload } from "./payload.ts";
import { Session, type SessionLimits } from "./session.ts";
import { SharedSession } from "./shared_session.ts";
import { followLines } from "./stream.ts";
import type { MasterAccess, MasterTarget } from "./target.ts";
import type { WireOptions } from "./wire.ts";

/** How a {@linkcode Socket} behaves; every field has a default. */
export interface SocketOptions {
  /**
   * Says that the socket is a master's (`haproxy -S`) and who there shall answer; left out, the socket is a worker's.
   * See {@linkcode MasterTarget}.
   */
  readonly master?: MasterTarget;
  /** Time to connect, in milliseconds; 2000 by default. */
  readonly connectTimeoutMs?: number;
  /** Time for a write to be taken, in milliseconds; 5000 by default. */
  readonly writeTimeoutMs?: number;
  /** Time for a whole answer once the connection stands, in milliseconds; 10000 by default. */
  readonly timeoutMs?: number;
  /** The largest answer that is kept, in bytes; 64 MiB by default, 512 MiB at most. */
  readonly maxAnswerBytes?: number;
  /** Told about connect, send, read and close, one short line each; silent by default. */
  readonly trace?: (line: string) => void;
}

/** What one call of {@linkcode Socket.send} may change. */
export interface SendOptions {
  /** Lines that follow the command, such as a certificate; the `<<` is added. */
  readonly payload?: string;
  /** Modes that are entered on the same connection first, for commands that are locked without them. */
  readonly modes?: readonly CliMode[];
  /** A word of the command that the trace must not tell, such as a key; a command with one never shares a connection. */
  readonly secret?: string;
  /**
   * Shares a connection with other commands where that is safe: much faster. For up to a second after a reload it may
   * still reach the old worker, so it is best for commands that only read. A call that runs out of time or is aborted
   * leaves the others alone; a lost connection is lost for all who wait on it.
   */
  readonly reuse?: boolean;
  /** On a master socket: speak with the worker over `@@`, so that `wait` works; since HAProxy 3.2. */
  readonly bidirectional?: boolean;
  /** Time for the whole answer, in milliseconds; the socket's own by default. With `reuse` it includes connecting. */
  readonly timeoutMs?: number;
  /** Ends the wait; the command may have been carried out by then. */
  readonly signal?: AbortSignal;
}

/**
 * The CLI socket of one HAProxy (management guide, 9.3), over unix or TCP, of a worker or of the master.
 *
 * It is cheap to make and keeps nothing open for longer than a second. A command that may have been carried out is never
 * sent twice: when the connection is lost, the call fails with {@linkcode ConnectionLost} and the next call connects anew.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { NoSocket, Socket } from "./mod.ts";
 *
 * await using socket = new Socket("/run/nobody-listens-here.sock");
 * await assert.rejects(() => socket.send("show version"), NoSocket);
 * ```
 */
export class Socket implements AsyncDisposable {
  /** Where it connects to. */
  readonly address: Address;
  readonly #options: SocketOptions;
  readonly #wire: WireOptions;
  readonly #limits: SessionLimits;
  readonly #closing = new AbortController();
  readonly #shared: SharedSession;

  /**
   * Keeps the settings; nothing is opened before the first call.
   *
   * @param address a unix socket's path, `host:port`, `[v6]:port` or `tcp://host:port`
   * @param options limits, and who answers on a master socket
   * @throws {InvalidAddress} when the address is neither a path nor a host with a port
   */
  constructor(address: string | Address, options: SocketOptions = {}) {
    this.address = typeof address === "string" ? parseAddress(address) : address;
    this.#options = options;
    this.#wire = {
      address: this.address,
      connectTimeoutMs: options.connectTimeoutMs ?? 2_000,
      writeTimeoutMs: options.writeTimeoutMs ?? 5_000,
      ...(options.trace ? { trace: options.trace } : {}),
    };
    this.#limits = {
      timeoutMs: options.timeoutMs ?? 10_000,
      maxAnswerBytes: Math.min(options.maxAnswerBytes ?? 64 * MIB, 512 * MIB - 1024), // V8's longest string
    };
    this.#shared = new SharedSession(this.#wire, this.#limits, this.#closing.signal);
  }

  /**
   * A socket with the same settings that speaks with another process behind the same master socket.
   *
   * @param master who answers
   * @returns a socket of its own; closing one leaves the other open
   */
  to(master: MasterTarget): Socket {
    return new Socket(this.address, { ...this.#options, master });
  }

  /**
   * Runs one command and gives HAProxy's answer, as it is.
   *
   * Through a master before HAProxy 3.0, errors bear no mark, so most of them come as text; and its `reload` before 2.7
   * says nothing, which ends in {@linkcode ConnectionLost}. A master takes 15 kB in all; a worker's socket takes what
   * `tune.bufsize` leaves.
   *
   * @param command the command's line; write values into it with {@linkcode cli}
   * @param options payload, modes, limits
   * @returns the answer's text, blank lines at its end included
   * @throws {CommandRefused} when HAProxy says no ({@linkcode UnknownCommand} and {@linkcode CommandForbidden} are kinds of it)
   * @throws {InvalidCommand} when the command cannot be sent as it is
   * @throws {SocketError} when there is no whole answer
   */
  async send(command: string, options: SendOptions = {}): Promise<string> {
    const answer = await this.ask(command, options);
    if (!answer.ok) throw answer.error;
    return answer.text;
  }

  /**
   * Like {@linkcode Socket.send}, with HAProxy's refusal as a value.
   *
   * @param command the command's line
   * @param options payload, modes, limits
   * @returns the answer's text, or the refusal
   * @throws {InvalidCommand} when the command cannot be sent as it is
   * @throws {SocketError} when there is no whole answer
   */
  async ask(command: string, options: SendOptions = {}): Promise<Answer> {
    checkLine(command);
    this.#closing.signal.throwIfAborted();
    options.signal?.throwIfAborted();
    if (options.reuse && isPlain(options) && this.#sharesSession(command)) {
      const { timeoutMs = this.#limits.timeoutMs, signal } = options;
      return await this.#shared.run(command, { timeoutMs, signal });
    }
    const request = {
      command,
      modes: options.modes,
      secret: options.secret,
      master: this.#master(options.bidirectional ?? false),
      signals: this.#signals(options),
      timeoutMs: options.timeoutMs ?? this.#limits.timeoutMs,
      maxAnswerBytes: this.#limits.maxAnswerBytes,
    };
    if (options.payload === undefined) return await exchange(this.#wire, request);
    const hasTerminators = () => this.#hasTerminators(request);
    return await exchange(this.#wire, {
      ...request,
      payload: await framePayload(command, options.payload, hasTerminators),
    });
  }

  /**
   * Runs many commands, in one round trip where that can be, and gives each its own outcome, in order.
   *
   * They run one after the other, and a refused one does not stop the next. A command that cannot share a session (it
   * changes it, waits, or answers free text) has a connection of its own, and so has every command on a master socket.
   *
   * @param commands single commands, without `;` and payload
   * @param options limits for the whole batch
   * @returns an outcome a command; when the connection is lost or the time is up, the commands without an answer have that
   * error, and no further ones are sent
   * @throws {InvalidCommand} when one of the commands cannot be sent; nothing was sent then
   * @throws {SocketError} when HAProxy cannot be reached; nothing was sent then
   */
  async batch(commands: readonly string[], options: Pick<SendOptions, "timeoutMs" | "signal"> = {}): Promise<Answer[]> {
    commands.forEach(checkLine);
    this.#closing.signal.throwIfAborted();
    options.signal?.throwIfAborted();
    const signals = this.#signals(options);
    const { timeoutMs = this.#limits.timeoutMs, signal } = options;
    const outcomes = await runBatch(commands, {
      address: formatAddress(this.address),
      fits: (command) => this.#sharesSession(command),
      openSession: () => Session.open(this.#wire, { ...this.#limits, timeoutMs }, signals),
      ask: (command, leftMs) => this.ask(command, { timeoutMs: leftMs, ...(signal ? { signal } : {}) }),
    }, { timeoutMs, signals });
    options.signal?.throwIfAborted();
    return outcomes;
  }

  /**
   * Runs one command that keeps talking, such as `show events buf0 -w`, and gives its lines as they come.
   *
   * There is no limit of time. Leaving the loop, or the signal, ends the connection. On a master socket it speaks both
   * ways with the worker, which HAProxy can since 3.2.
   *
   * @param command the command's line
   * @param options a signal; the connection's limits are the socket's
   * @returns lines without their line feed; empty lines are left out. The loop ends when HAProxy ends the answer, which is
   * also what it does when it stops
   * @throws {CommandRefused} when HAProxy says no
   * @throws {InvalidCommand} when the command cannot be sent as it is
   * @throws {SocketError} when the connection cannot be made or is lost
   */
  stream(command: string, options: Pick<SendOptions, "signal"> = {}): AsyncIterableIterator<string> {
    checkLine(command);
    this.#closing.signal.throwIfAborted();
    return followLines(this.#wire, { command, master: this.#options.master, signals: this.#signals(options) });
  }

  /** Ends what is open; calls that wait fail with {@linkcode SocketClosed}. */
  async close(): Promise<void> {
    this.#closing.abort(new SocketClosed(formatAddress(this.address)));
    await this.#shared.close();
  }

  /** The same as {@linkcode Socket.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #signals({ signal }: Pick<SendOptions, "signal">): AbortSignal[] {
    return signal ? [signal, this.#closing.signal] : [this.#closing.signal];
  }

  #master(bidirectional: boolean): MasterAccess | undefined {
    return this.#options.master === undefined ? undefined : { target: this.#options.master, bidirectional };
  }

  #sharesSession(command: string): boolean {
    return this.#options.master === undefined && fitsSession(command);
  }

  /** Whether payloads may have a terminator of their own: since HAProxy 2.9. Asked each time, as HAProxy may be replaced. */
  async #hasTerminators(request: Request): Promise<boolean> {
    const answer = await exchange(this.#wire, { ...request, command: "show version", modes: [] });
    const version = /^(\d+)\.(\d+)/.exec(answer.ok ? answer.text : "");
    return version !== null && Number(version[1]) * 1000 + Number(version[2]) >= 2009;
  }
}

/** Whether nothing but the command itself has to be sent. */
function isPlain({ payload, modes, secret }: SendOptions): boolean {
  return payload === undefined && !modes?.length && secret === undefined;
}

const MIB = 1024 * 1024;
