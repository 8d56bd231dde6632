/**
 * One worker of a pool: questions and answers over its messages, and a beat that tells whether it still lives.
 *
 * A worker may end without a word (`Deno.exit` in a script), and one that loops for ever answers nothing and cannot be
 * ended either: Deno's `terminate` leaves its thread running (2.9). Only the end of the process helps then.
 */
import { HappiError } from "../../errors.ts";
import { errorOf, type RunnerEvents } from "./runner.ts";
import type { Call, FromWorker, ToWorker } from "./worker_calls.ts";

const BEAT_MS = 1_000;
/** So many beats may go unanswered: well above a long collection of garbage. */
const MOST_MISSED = 5;

/** Whether there are workers: happi in one file (`deno bundle`) has their code nowhere to be started from. */
export function hasThreads(): boolean {
  return import.meta.url.endsWith("/thread.ts");
}

/** A worker has ended by itself, or is stuck. */
export class WorkerEnded extends HappiError {
  /**
   * @param worker which one, from 1
   * @param why what happened
   */
  constructor(worker: number, why: string) {
    super("worker_ended", `Cannot go on with worker ${worker}: ${why}`);
  }
}

/** Who is told of what a worker says by itself. */
export interface ThreadEvents extends RunnerEvents {
  readonly onLine: (line: string) => void;
}

/** A worker. */
export class Thread {
  /** Settles when it has ended by itself or is stuck. */
  readonly ended: Promise<WorkerEnded>;
  readonly #number: number;
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #end = Promise.withResolvers<WorkerEnded>();
  #nextId = 1;
  #missed = 0;
  #beat: ReturnType<typeof setInterval> | undefined;
  #failure: WorkerEnded | undefined;

  /**
   * @param number which one it is, from 1
   * @param events who is told
   */
  constructor(number: number, { onLine, onVerdict, onStrayError }: ThreadEvents) {
    this.#number = number;
    this.ended = this.#end.promise;
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if ("id" in data) this.#settle(data);
      else if ("line" in data) onLine(data.line);
      else if ("verdicts" in data) data.verdicts.forEach(onVerdict);
      else if ("stray" in data) onStrayError(data.stray);
      else this.#takeBeat();
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(event.message);
    });
  }

  /** Sends what has no answer. */
  send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /**
   * Asks; what the worker answers to a call is known by who calls.
   *
   * @throws {WorkerEnded} when no answer will come; otherwise what the worker says
   */
  ask<T>(call: Call): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    const asked = Promise.withResolvers<unknown>();
    this.#asked.set(id, asked);
    this.send({ id, call });
    return asked.promise as Promise<T>;
  }

  /** Ends it at once. */
  end(): void {
    clearInterval(this.#beat);
    this.#worker.terminate();
  }

  #settle(answer: Extract<FromWorker, { id: number }>): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ("error" in answer) asked?.reject(errorOf(answer.error));
    else asked?.resolve(answer.result);
  }

  /** The first comes when the worker's code is loaded, which may take its time. */
  #takeBeat(): void {
    this.#missed = 0;
    this.#beat ??= setInterval(() => {
      // Beats are counted and no time is taken: when this thread was held up, the answer may wait behind this timer.
      if (this.#missed >= MOST_MISSED) return this.#fail("it does not answer: it has ended, or a policy's code loops");
      this.#missed++;
      this.send({ beat: true });
    }, BEAT_MS);
  }

  #fail(why: string): void {
    this.end();
    if (this.#failure !== undefined) return;
    this.#failure = new WorkerEnded(this.#number, why);
    for (const asked of this.#asked.values()) asked.reject(this.#failure);
    this.#asked.clear();
    this.#end.resolve(this.#failure);
  }
}
