/**
 * Servers that go: once their sessions have ended, or their time is up, they are put into maintenance, and deleted unless
 * they were prepared in the configuration (management guide, 9.3 "del server").
 *
 * All of them are watched with one question and moved on with one batch, in steps of 50 ms to a second: `wait ...
 * srv-removable` (3.0 and later) holds a connection for each server, and HAProxy's socket has ten by default.
 */
import { cli, type Client, CommandRefused, SocketError, type StatRow } from "../../client/mod.ts";
import { type Pause, pause } from "./pause.ts";
import { sendLines } from "./send_lines.ts";
import { type Step, subjectOf } from "./step.ts";

/** How a departure ended. */
export interface Departed {
  readonly step: Step;
  readonly ok: boolean;
  /** Why the server is still there; `null` when it is gone. */
  readonly reason: string | null;
  /** Whether sessions had to be shut. */
  readonly was_shut: boolean;
  readonly waited_ms: number;
}

/** What departures need. */
export interface DeparturesOptions {
  readonly client: Client;
  /** Told of each end, but not of those that were called back. */
  readonly onEnd: (departed: Departed) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly pause?: Pause;
}

interface Leaving {
  readonly step: Step;
  readonly startedAt: number;
  /** When its sessions were shut, as they had not ended in time. */
  shutAt?: number;
}

/** Servers that are on their way out. */
export class Departures implements AsyncDisposable {
  readonly #options: Required<DeparturesOptions>;
  readonly #leaving = new Map<string, Leaving>();
  readonly #closing = new AbortController();
  #loop: Promise<void> | undefined;
  #round: Promise<void> = Promise.resolve();
  #isNew = false;

  /** @param options see {@linkcode DeparturesOptions} */
  constructor(options: DeparturesOptions) {
    this.#options = { now: () => performance.now(), pause, ...options };
  }

  /** How many are on their way. */
  get size(): number {
    return this.#leaving.size;
  }

  /** Settles when nobody is on the way. */
  get ended(): Promise<void> {
    return this.#loop ?? Promise.resolve();
  }

  /** Whether a server is on its way. */
  has(step: Step): boolean {
    return this.#leaving.has(subjectOf(step));
  }

  /** Sees a server out. One that is on its way already goes on as it is. */
  begin(step: Step): void {
    if (this.has(step) || this.#closing.signal.aborted) return;
    this.#leaving.set(subjectOf(step), { step, startedAt: this.#options.now() });
    this.#isNew = true;
    this.#loop ??= this.#run().finally(() => this.#loop = undefined);
  }

  /**
   * Calls back all servers but those of some steps. When it is done, nothing more happens to them.
   *
   * @param steps those that go on
   */
  async keepOnly(steps: Iterable<Step>): Promise<void> {
    const kept = new Set([...steps].map(subjectOf));
    for (const subject of this.#leaving.keys()) if (!kept.has(subject)) this.#leaving.delete(subject);
    await this.#round;
  }

  /** Ends the watching; servers stay as they are. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#leaving.clear();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let ms = FIRST_PAUSE_MS;
    while (this.#leaving.size > 0 && !this.#closing.signal.aborted) {
      if (this.#isNew) ms = FIRST_PAUSE_MS;
      this.#isNew = false;
      this.#round = this.#lookOnce();
      await this.#round;
      if (this.#leaving.size > 0) await this.#options.pause(ms, this.#closing.signal);
      ms = Math.min(ms * 1.5, LONGEST_PAUSE_MS);
    }
  }

  /** One round. HAProxy away is no reason to end: it is asked again. */
  async #lookOnce(): Promise<void> {
    try {
      const rows = await this.#options.client.getStat({ kinds: ["server"] });
      await this.#moveOn(new Map(rows.map((row) => [`${row.pxname}/${row.svname}`, row])));
    } catch (thrown) {
      if (thrown instanceof SocketError || thrown instanceof CommandRefused) return;
      for (const one of this.#leaving.values()) this.#end(one, String(thrown));
    }
  }

  async #moveOn(rows: ReadonlyMap<string, StatRow>): Promise<void> {
    const lines: string[] = [];
    const asked: { readonly leaving: Leaving; readonly last: number }[] = [];
    for (const [subject, leaving] of this.#leaving) {
      const row = rows.get(subject);
      const waitedMs = this.#options.now() - leaving.startedAt;
      if (row === undefined) this.#end(leaving, null);
      else if (leaving.shutAt === undefined && /^(?:UP|no check)/.test(row.status ?? "")) this.#end(leaving, RETURNED);
      else if (sessionsOf(row) === 0 || waitedMs >= (leaving.step.drain_ms ?? 0)) {
        lines.push(...this.#commandsFor(subject, leaving, sessionsOf(row) > 0));
        asked.push({ leaving, last: lines.length - 1 });
      }
    }
    const outcomes = await sendLines(this.#options.client, lines, this.#closing.signal);
    for (const { leaving, last } of asked) {
      const outcome = outcomes[last];
      if (outcome?.ok) this.#end(leaving, null);
      else if (!BUSY.test(outcome?.reason ?? "") || this.#isHopeless(leaving)) {
        this.#end(leaving, outcome?.reason ?? "");
      }
    }
  }

  /** Maintenance first, or HAProxy refuses. Sessions that are left are shut, once more in each round. */
  #commandsFor(subject: string, leaving: Leaving, hasSessions: boolean): string[] {
    if (hasSessions) leaving.shutAt ??= this.#options.now();
    const [maint = "", ...rest] = leaving.step.commands;
    return [maint, ...(hasSessions ? [cli`shutdown sessions server ${subject}`] : []), ...rest];
  }

  #isHopeless({ shutAt }: Leaving): boolean {
    return shutAt !== undefined && this.#options.now() - shutAt > PATIENCE_MS;
  }

  #end(leaving: Leaving, reason: string | null): void {
    if (this.#leaving.get(subjectOf(leaving.step)) !== leaving) return;
    this.#leaving.delete(subjectOf(leaving.step));
    const waited_ms = Math.round(this.#options.now() - leaving.startedAt);
    const was_shut = leaving.shutAt !== undefined;
    this.#options.onEnd({ step: leaving.step, ok: reason === null, reason, was_shut, waited_ms });
  }
}

function sessionsOf(row: StatRow): number {
  return (row.scur ?? 0) + (row.qcur ?? 0);
}

/** HAProxy was reloaded, an agent said "ready", or somebody did: the next plan decides anew. */
const RETURNED = "it takes traffic again";

/** What `del server` says while sessions or idle connections are left. */
const BUSY = /still has connections/;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const PATIENCE_MS = 60_000;
