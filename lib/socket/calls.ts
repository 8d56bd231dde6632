/**
 * Calls that wait for their answers on one session, in the order in which the answers will come.
 *
 * A call gives up when its time is over or its signal says so. It takes nobody with it: where its command has left, its
 * place in the order stays, and its answer is skipped when it comes; where it has not, it never will.
 */
import { type Answer, readAnswer } from "./answer.ts";
import { SocketTimeout } from "./errors.ts";

/** What one call is allowed. */
export interface CallLimits {
  /** Time for the whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** When that time began, on the clock of `performance.now()`; with the call where left out. */
  readonly startedAt?: number;
  /** Gives the answer up, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Told what has become of the calls. */
export interface CallsListener {
  /** The socket's name, for errors. */
  readonly address: string;
  /** A call's time was over. */
  onTimeout(): void;
  /** Nobody waits any more; `answersDue` says how many answers are still to come, all of them for calls that gave up. */
  onQuiet(answersDue: number): void;
}

/** The calls of one session. */
export class Calls {
  readonly #listener: CallsListener;
  #unsent: Call[] = [];
  #sent: Call[] = [];
  #next = 0; // index in #sent of the oldest call without an answer
  #waiting = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDueAt = Infinity;

  /** @param listener told what becomes of the calls */
  constructor(listener: CallsListener) {
    this.#listener = listener;
  }

  /** How many callers wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many answers are still to come. */
  get answersDue(): number {
    return this.#sent.length - this.#next;
  }

  /** Whether there are commands to send. */
  get hasUnsent(): boolean {
    return this.#unsent.length > 0;
  }

  /** The command whose answer comes next; empty when none is due. */
  get oldestCommand(): string {
    return this.#sent[this.#next]?.command ?? "";
  }

  /**
   * Adds a call.
   *
   * @param command its command
   * @param limits of this call alone
   * @returns its answer
   */
  add(command: string, limits: CallLimits): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { timeoutMs, signal, startedAt = performance.now() } = limits;
    const call: Call = { command, timeoutMs, dueAt: startedAt + timeoutMs, resolve, reject, isSettled: false };
    this.#waiting++;
    this.#unsent.push(call);
    if (call.dueAt < this.#timerDueAt) this.#armTimer(call.dueAt);
    if (signal) this.#bind(call, signal);
    return promise;
  }

  /** Takes the commands that have not been sent, as lines; from now on their answers are due. */
  takeUnsent(): string {
    let lines = "";
    for (const call of this.#unsent) {
      if (call.isSettled) continue;
      this.#sent.push(call);
      lines += `${call.command}\n`;
    }
    this.#unsent = [];
    return lines;
  }

  /** Gives the oldest call its answer. */
  answer(text: string): void {
    const call = this.#sent[this.#next];
    if (!call) return;
    this.#next++;
    if (this.#next === this.#sent.length || this.#next >= SETTLED_KEPT) {
      this.#sent.splice(0, this.#next);
      this.#next = 0;
    }
    this.#settle(call, () => call.resolve(readAnswer(call.command, text)));
  }

  /** Ends all calls that wait, each with an error of its own. */
  reject(errorFor: (command: string, isOldest: boolean) => Error): void {
    const calls = [...this.#sent.slice(this.#next), ...this.#unsent];
    this.#sent = [];
    this.#unsent = [];
    this.#next = 0;
    calls.forEach((call, index) => this.#settle(call, () => call.reject(errorFor(call.command, index === 0))));
    clearTimeout(this.#timer);
  }

  #settle(call: Call, settle: () => void): void {
    if (call.isSettled) return;
    call.isSettled = true;
    call.unbind?.();
    this.#waiting--;
    settle();
    if (this.#waiting === 0) this.#listener.onQuiet(this.answersDue);
  }

  #bind(call: Call, signal: AbortSignal): void {
    const giveUp = () => this.#settle(call, () => call.reject(signal.reason));
    call.unbind = () => signal.removeEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  }

  /** One timer for all: set for the call that is due first, and again when it fires for the next. */
  #armTimer(dueAt: number): void {
    clearTimeout(this.#timer);
    this.#timerDueAt = dueAt;
    this.#timer = setTimeout(() => this.#expire(), Math.min(dueAt - performance.now(), LONGEST_TIMER_MS));
    Deno.unrefTimer(this.#timer); // the connection keeps the process alive while somebody waits
  }

  #expire(): void {
    this.#timerDueAt = Infinity;
    const now = performance.now();
    let nextDueAt = Infinity;
    for (const call of [...this.#sent.slice(this.#next), ...this.#unsent]) {
      if (call.isSettled) continue;
      if (call.dueAt > now) {
        nextDueAt = Math.min(nextDueAt, call.dueAt);
        continue;
      }
      this.#listener.onTimeout();
      const { command, timeoutMs } = call;
      this.#settle(call, () => call.reject(new SocketTimeout(this.#listener.address, "answer", timeoutMs, command)));
    }
    if (nextDueAt < Infinity) this.#armTimer(nextDueAt);
  }
}

interface Call {
  readonly command: string;
  readonly timeoutMs: number;
  /** On the clock of `performance.now()`. */
  readonly dueAt: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
  isSettled: boolean;
  unbind?: () => void;
}

/** Answered calls are forgotten in heaps of this size, so that forgetting costs nothing a call. */
const SETTLED_KEPT = 1024;

const LONGEST_TIMER_MS = 2 ** 31 - 1;
