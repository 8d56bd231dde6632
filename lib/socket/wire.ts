/**
 * One connection to the CLI socket: bytes out, bytes in, and an end that always comes.
 *
 * Limits of time and abort signals work the same way everywhere: they break the wire with a reason, and whatever reads
 * or writes at that moment fails with that reason.
 */
import { HappiError } from "../errors.ts";
import { type Address, formatAddress } from "../net/mod.ts";
import { dial } from "./dial.ts";
import { type Ending, endWith } from "./ending.ts";
import { AnswerTooLarge, ConnectionLost, SocketTimeout } from "./errors.ts";
import { Intake } from "./intake.ts";

/** How to reach a socket, and whom to tell what happens. */
export interface WireOptions {
  readonly address: Address;
  /** Time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Time for a command and its payload to be taken, in milliseconds. */
  readonly writeTimeoutMs: number;
  /** Told about connect, send, read and close, one short line each. */
  readonly trace?: (line: string) => void;
}

/** A connection to HAProxy's CLI. */
export class Wire implements Disposable {
  /** The socket as {@linkcode formatAddress} writes it. */
  readonly address: string;
  /** What arrives is kept here until it is understood. */
  readonly intake = new Intake();
  readonly #conn: Deno.Conn;
  readonly #options: WireOptions;
  #reason: unknown;
  #closed = false;

  private constructor(conn: Deno.Conn, options: WireOptions) {
    this.#conn = conn;
    this.#options = options;
    this.address = formatAddress(options.address);
    options.trace?.(`[conn]: connection ${this.address} is open`);
  }

  /**
   * Connects.
   *
   * @param options where to, and limits
   * @param signals end the attempt with their reason
   * @throws {NoSocket} {@linkcode SocketForbidden} {@linkcode NotASocket} {@linkcode SocketTimeout}
   */
  static async dial(options: WireOptions, signals?: readonly AbortSignal[]): Promise<Wire> {
    return new Wire(await dial(options.address, options.connectTimeoutMs, signals), options);
  }

  /** Sends all of the text, however long that takes; a limit that is set breaks it. */
  async write(text: string): Promise<void> {
    const bytes = encoder.encode(text);
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
    } catch (thrown) {
      throw this.#reason ?? thrown;
    }
  }

  /** Sends all of the text within the time that the options give for it. */
  async writeInTime(text: string, command: string): Promise<void> {
    const ms = this.#options.writeTimeoutMs;
    using _limit = this.limit({ timeout: { ms, error: () => new SocketTimeout(this.address, "write", ms, command) } });
    await this.write(text);
  }

  /** Reads what there is into the intake; `false` at the end. */
  async read(): Promise<boolean> {
    try {
      const count = await this.#conn.read(this.intake.space());
      if (count === null) return false;
      this.intake.add(count);
      return true;
    } catch (thrown) {
      throw this.#reason ?? thrown;
    }
  }

  /**
   * Reads to the end.
   *
   * @param command for the error
   * @param maxBytes the largest answer that is kept
   * @param isWhole knows an answer after which the other side does not close
   * @throws {AnswerTooLarge} when more than `maxBytes` arrive
   */
  async readToEnd(command: string, maxBytes: number, isWhole?: (arrived: Uint8Array) => boolean): Promise<void> {
    while (await this.read()) {
      if (this.intake.length > maxBytes) throw new AnswerTooLarge(this.address, command, maxBytes);
      if (isWhole?.(this.intake.arrived)) return;
    }
  }

  /**
   * Limits what follows in time, and binds it to signals, until the result is disposed of: reads and writes then fail
   * with the ending's reason.
   */
  limit(ending: Ending): Disposable {
    return endWith(ending, (reason) => this.break(reason));
  }

  /** Lets the process end although this connection is open, until it is in use again. */
  setIdle(idle: boolean): void {
    const conn = this.#conn as Partial<Pick<Deno.TcpConn, "ref" | "unref">>;
    idle ? conn.unref?.() : conn.ref?.();
  }

  /** Ends the connection; pending reads and writes fail with `reason`. */
  break(reason: unknown): void {
    this.#reason ??= reason;
    this[Symbol.dispose]();
  }

  /**
   * The error to raise for something that a read or a write threw: {@linkcode ConnectionLost} with what had arrived,
   * or the reason that this wire was broken with.
   *
   * @param thrown what was thrown
   * @param command the command that was being answered
   * @param hint said after the reason
   */
  lost(thrown: unknown, command: string, hint = ""): unknown {
    if (thrown instanceof HappiError || (this.#reason !== undefined && thrown === this.#reason)) return thrown;
    const why = this.intake.length === 0
      ? "the connection broke before the answer"
      : "the connection broke in the middle of it";
    return new ConnectionLost(this.address, command, this.intake.text, why + hint, thrown);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
    this.#options.trace?.(`[conn]: connection to ${this.address} is closed`);
  }
}

const encoder = new TextEncoder();
