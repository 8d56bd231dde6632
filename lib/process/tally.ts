/**
 * How often things happened to the processes of a manager, counted from its events.
 */
import type { Manager, ProcessEvent, RunningProcess } from "./manager_face.ts";

/** What was counted of one definition, since happi was started. */
export interface ProcessCounts {
  /** Processes that were started. */
  readonly spawns: number;
  /** Of these, those in the place of one that had ended by itself. */
  readonly restarts: number;
  /** Times that its processes ended too often. */
  readonly flaps: number;
  /** Processes that have ended, by exit status and signal with a blank between: `0 0`, `143 15`. */
  readonly exits: ReadonlyMap<string, number>;
  /** Bytes of output of all its processes. */
  readonly outputBytes: number;
}

interface Counts {
  spawns: number;
  restarts: number;
  flaps: number;
  readonly exits: Map<string, number>;
  /** Of processes that have ended. */
  outputBytes: number;
  /** Ended by themselves, and not yet replaced. */
  missing: number;
}

/** A counter of events. */
export class ProcessTally implements Disposable {
  readonly #manager: Pick<Manager, "running" | "events">;
  readonly #counts = new Map<string, Counts>();
  /** What runs, so that its output can still be counted when it has ended. */
  readonly #running = new Map<number, RunningProcess>();
  /** Those that somebody wanted to end. */
  readonly #asked = new Set<number>();
  readonly #end = new AbortController();
  /** The number of the last event that was counted. */
  #last: number;

  /** @param manager whose events are counted from now on */
  constructor(manager: Pick<Manager, "running" | "events">) {
    this.#manager = manager;
    this.#last = manager.events.lastId;
    void this.#follow();
  }

  /** What was counted of a definition. */
  of(name: string): ProcessCounts {
    this.#catchUp();
    const { spawns, restarts, flaps, exits, outputBytes } = this.#of(name);
    const now = this.#manager.running(name).reduce((sum, child) => sum + child.output_bytes, 0);
    return { spawns, restarts, flaps, exits, outputBytes: outputBytes + now };
  }

  /** Counts no more. */
  [Symbol.dispose](): void {
    this.#end.abort();
  }

  /** Counts as events come, so that none is let go before it was counted. */
  async #follow(): Promise<void> {
    for await (const _ of this.#manager.events.read({ signal: this.#end.signal })) this.#catchUp();
  }

  #catchUp(): void {
    const { events } = this.#manager;
    const news = events.latest(events.lastId - this.#last);
    this.#last = events.lastId;
    for (const { value } of news) this.#count(value);
  }

  #count({ event, name, pid, exit_status = 0, term_signal = 0, once }: ProcessEvent): void {
    const counts = this.#of(name);
    const number = Number(pid);
    const count: Readonly<Record<string, () => void>> = {
      spawn: () => {
        const child = this.#manager.running().find((one) => one.pid === number);
        if (child !== undefined) this.#running.set(number, child);
        counts.spawns++;
        if (child?.once || counts.missing === 0) return;
        counts.missing--;
        counts.restarts++;
      },
      exit: () => {
        const key = `${exit_status} ${term_signal}`;
        counts.exits.set(key, (counts.exits.get(key) ?? 0) + 1);
        counts.outputBytes += this.#running.get(number)?.output_bytes ?? 0;
        this.#running.delete(number);
        if (!this.#asked.delete(number) && once !== true) counts.missing++;
      },
      flap: () => counts.flaps++,
      reap: () => this.#asked.add(number),
      stop_pid: () => this.#asked.add(number),
      // What is stopped, or gone, is not missed.
      stop: () => counts.missing = 0,
      delete: () => this.#counts.delete(name),
    };
    count[event.slice(event.lastIndexOf(".") + 1)]?.();
  }

  #of(name: string): Counts {
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const fresh: Counts = { spawns: 0, restarts: 0, flaps: 0, exits: new Map(), outputBytes: 0, missing: 0 };
    this.#counts.set(name, fresh);
    return fresh;
  }
}
