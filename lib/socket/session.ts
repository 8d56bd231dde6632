/**
 * A session: one connection in prompt mode that many commands share.
 *
 * In prompt mode every version ends each answer with `\n> ` (management guide, 9.3 "prompt"), whatever blank lines are
 * in it; which commands that holds for is in fits_session.ts. Lines that are sent together are answered in order, so
 * commands that are called in the same tick leave in one write.
 *
 * A session is young: after {@linkcode SESSION_AGE_MS} it takes no more commands, so that a reload of HAProxy is never
 * spoken past for longer than that (the old worker would go on answering). It takes none after a timeout either, as
 * HAProxy seems to be stuck then, and it ends when nobody waits for what is still to come.
 *
 * Cost: one scan of the bytes that arrive, one decode an answer; `deno task bench` shows it.
 */
import type { Answer } from "./answer.ts";
import { type CallLimits, Calls } from "./calls.ts";
import { AnswerTooLarge, ConnectionLost, NotHaproxy, SocketClosed, SocketTimeout } from "./errors.ts";
import { SEVERITY } from "./frame.ts";
import { decoder } from "./intake.ts";
import { Wire, type WireOptions } from "./wire.ts";

/** How long a session takes new commands, in milliseconds. */
export const SESSION_AGE_MS = 1000;

/** What a session is allowed. */
export interface SessionLimits {
  /** Time for the first prompt, in milliseconds. */
  readonly timeoutMs: number;
  /** The largest answer that is kept, in bytes. */
  readonly maxAnswerBytes: number;
}

/** A shared connection in prompt mode. */
export class Session implements Disposable {
  readonly #wire: Wire;
  readonly #options: WireOptions;
  readonly #calls: Calls;
  readonly #retiresAt = performance.now() + SESSION_AGE_MS;
  readonly #retirement: ReturnType<typeof setTimeout>;
  readonly #pump: Promise<void>;
  #takesCalls = true;
  #hasEnded = false;
  #isWriting = false;

  private constructor(wire: Wire, options: WireOptions, limits: SessionLimits) {
    this.#wire = wire;
    this.#options = options;
    this.#calls = new Calls({
      address: wire.address,
      onTimeout: () => this.#takesCalls = false,
      onQuiet: (answersDue) => this.#rest(answersDue),
    });
    this.#retirement = setTimeout(() => this.#calls.waiting > 0 || this[Symbol.dispose](), SESSION_AGE_MS);
    Deno.unrefTimer(this.#retirement);
    this.#pump = this.#readAnswers(limits.maxAnswerBytes);
    wire.setIdle(true);
  }

  /**
   * Connects and switches to prompt mode.
   *
   * @param options how to reach the socket
   * @param limits of the session
   * @param signals end the attempt with their reason
   * @throws {SocketError} when there is no HAProxy that answers with a prompt
   */
  static async open(options: WireOptions, limits: SessionLimits, signals: readonly AbortSignal[]): Promise<Session> {
    const wire = await Wire.dial(options, signals);
    const { timeoutMs } = limits;
    try {
      const timeout = { ms: timeoutMs, error: () => new SocketTimeout(wire.address, "answer", timeoutMs, GREETING) };
      using _limit = wire.limit({ timeout, signals });
      await greet(wire);
      return new Session(wire, options, limits);
    } catch (thrown) {
      const reason = wire.lost(thrown, GREETING);
      wire.break(reason);
      throw reason;
    }
  }

  /** Whether the session still takes commands. */
  get isOpen(): boolean {
    return this.#takesCalls && performance.now() < this.#retiresAt;
  }

  /** Settles when the connection has ended. */
  get ended(): Promise<void> {
    return this.#pump;
  }

  /**
   * Runs one command.
   *
   * @param command a command that fits a session
   * @param limits of this call alone
   * @returns the answer or HAProxy's refusal
   * @throws {SocketError} when there is no whole answer; the command may have been carried out
   */
  run(command: string, limits: CallLimits): Promise<Answer> {
    if (this.#hasEnded) return Promise.reject(new SocketClosed(this.#wire.address));
    if (this.#calls.waiting === 0) this.#wire.setIdle(false);
    const isFirst = !this.#calls.hasUnsent;
    const answer = this.#calls.add(command, limits);
    if (isFirst && !this.#isWriting) queueMicrotask(() => this.#flush());
    return answer;
  }

  /** Ends the connection; calls that wait fail with {@linkcode SocketClosed}. */
  [Symbol.dispose](): void {
    this.#end(() => new SocketClosed(this.#wire.address));
  }

  /** Sends what has been called since the last write, in one write. */
  async #flush(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (this.#calls.hasUnsent) {
        const lines = this.#calls.takeUnsent();
        if (lines === "") continue;
        this.#options.trace?.(`[send]: ${lines.slice(0, -1)}`);
        await this.#wire.write(lines);
      }
    } catch {
      this.#takesCalls = false; // the reader learns how the connection ended, after the answers that came before that
    } finally {
      this.#isWriting = false;
    }
  }

  async #readAnswers(maxBytes: number): Promise<void> {
    const { address, intake } = this.#wire;
    let ending: unknown = undefined;
    try {
      for (let scanned = 0; await this.#wire.read();) {
        scanned = this.#deliver(scanned);
        if (intake.length > maxBytes) throw new AnswerTooLarge(address, this.#calls.oldestCommand, maxBytes);
      }
      ending = new ConnectionLost(address, this.#calls.oldestCommand, intake.text, "the connection ended");
    } catch (thrown) {
      ending = this.#wire.lost(thrown, this.#calls.oldestCommand);
    }
    this.#end((command, isOldest) => {
      if (isOldest && ending instanceof Error) return ending;
      return new ConnectionLost(address, command, "", "the connection ended before its turn", ending);
    });
  }

  /** Hands out every whole answer; gives how far the rest has been looked at. */
  #deliver(scanned: number): number {
    const { intake } = this.#wire;
    const bytes = intake.arrived;
    let start = 0;
    for (let at = bytes.indexOf(GREATER, scanned); at >= 0; at = bytes.indexOf(GREATER, at + 1)) {
      if (at + 1 >= bytes.length) break;
      if (bytes[at - 1] !== LF || bytes[at + 1] !== SPACE) continue;
      const due = this.#calls.answersDue;
      if (due === 0 || (due === 1 && at + 2 < bytes.length)) throw this.#unasked();
      const text = decoder.decode(bytes.subarray(start, at)); // its last line feed counts, as it does outside a session
      start = at + 2;
      this.#calls.answer(text);
      if (this.#hasEnded) return 0;
    }
    if (start > 0) intake.drop(start);
    if (intake.length > 0 && this.#calls.answersDue === 0) throw this.#unasked();
    return Math.max(0, intake.length - 2);
  }

  /** More has come than was asked for, so that no answer can be trusted to belong to its command any more. */
  #unasked(): NotHaproxy {
    return new NotHaproxy(this.#wire.address, this.#wire.intake.text);
  }

  /** Nobody waits now. */
  #rest(answersDue: number): void {
    if (this.#hasEnded) return;
    if (answersDue > 0 || !this.isOpen) this[Symbol.dispose]();
    else this.#wire.setIdle(true);
  }

  #end(errorFor: (command: string, isOldest: boolean) => Error): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#takesCalls = false;
    clearTimeout(this.#retirement);
    this.#wire.break(new SocketClosed(this.#wire.address));
    this.#calls.reject(errorFor);
  }
}

/** Switches to prompt mode and turns the marks of errors on; one line, as HAProxy 3.0 drops a second one. */
const GREETING = `prompt;${SEVERITY}`;

/** What the greeting is answered with: one prompt a command up to 3.1, one in all since 3.2. */
const GREETED = ["\n> \n> ", "\n\n> "];

async function greet(wire: Wire): Promise<void> {
  await wire.writeInTime(`${GREETING}\n`, GREETING);
  for (let text = ""; !GREETED.includes(text); text = wire.intake.text) {
    if (!GREETED.some((greeted) => greeted.startsWith(text))) throw new NotHaproxy(wire.address, text);
    if (await wire.read()) continue;
    if (text !== "") throw new NotHaproxy(wire.address, text);
    throw new ConnectionLost(wire.address, GREETING, "", "the connection ended without an answer");
  }
  wire.intake.drop(wire.intake.length);
}

const LF = 10;
const SPACE = 32;
const GREATER = 62;
