/**
 * Keeps so many processes of one definition running: fills up what is missing, ends the oldest of what is too much.
 *
 * Whatever is asked of it only changes what is wanted; one loop, a step at a time, brings it about. So it does not matter in
 * which order things are asked for, nor what else is under way.
 */
import { reason } from "../errors.ts";
import type { Child } from "./child.ts";
import type { Definition } from "./definition.ts";
import { Departures } from "./departures.ts";
import { CannotStart, ProcessNotFound } from "./errors.ts";
import type { ProcessStatus } from "./manager_face.ts";
import { Rest } from "./rest.ts";

/** What a keeper is given by the manager. */
export interface KeeperPorts {
  /** Starts one process. */
  readonly spawn: (definition: Definition) => Promise<Child>;
  readonly tell: (event: "start" | "stop" | "flap" | "reap" | "stop_pid", child?: Child) => void;
  /** What has to be before it starts and is not yet, in words; empty when it may start. */
  readonly waitsFor: (definition: Definition) => string;
  /** Gives why a process is not ready: it has ended, or its time is over; `undefined` when it is. */
  readonly untilReady: (child: Child, definition: Definition) => Promise<string | undefined>;
  /**
   * The first of its processes is ready, or none is any more: the last goes (`no`) or has gone by itself (`lost`). Before a
   * planned end it is waited for: traffic goes away first. Never two of them at once.
   */
  readonly onServing: (definition: Definition, serving: "yes" | "no" | "lost") => Promise<void>;
  /** Its status may be another. */
  readonly onChange: () => void;
}

/** The processes of a definition. */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #departures: Departures;
  #definition: Definition;
  #rest: Rest;
  #wanted: number;
  /** Oldest first. */
  #kept: Child[] = [];
  /** Those that a restart replaces, until the new ones are ready. */
  #replaced: Child[] = [];
  readonly #ready = new WeakMap<Child, Promise<string | undefined>>();
  #isOn = false;
  #isAllowed = false;
  #isServing = false;
  #isRetired = false;
  #isReleased = false;
  #loop: Promise<void> = Promise.resolve();
  #restarts: Promise<void> = Promise.resolve();
  /** One more each time that something else is wanted than a restart had begun with. */
  #changes = 0;

  constructor(definition: Definition, ports: KeeperPorts) {
    this.#ports = ports;
    this.#departures = new Departures((child, event) => ports.tell(event, child), () => void this.#turn());
    this.#definition = definition;
    this.#wanted = definition.numprocesses ?? 1;
    this.#rest = this.#restOf(definition);
  }

  get definition(): Definition {
    return this.#definition;
  }

  /** Whether it is to run; it may rest, wait or have been given up all the same. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** How many run while it is not stopped. */
  get wanted(): number {
    return this.#wanted;
  }

  /** What is kept now, oldest first. */
  get kept(): readonly Child[] {
    return [...this.#replaced, ...this.#kept];
  }

  /** Whether it has ended by itself with status 0, and is not started again. */
  get hasExitedWell(): boolean {
    return this.#rest.kind === "exited" && this.#rest.reason === "" && this.#kept.length === 0;
  }

  /** Whether one of its processes is ready. */
  get isReady(): boolean {
    return this.kept.some((child) => child.state === "ready");
  }

  /** What it is doing. */
  status(): ProcessStatus {
    const running = this.kept.length;
    const state = this.#state();
    return {
      name: this.#definition.name,
      active: running > 0,
      running,
      numprocesses: this.#wanted,
      state,
      reason: state === "waiting" ? `it waits for ${this.#ports.waitsFor(this.#definition)}` : this.#rest.reason,
    };
  }

  /** Starts; settles when all are started, or when it is clear that this has to wait. @throws {ProcessNotFound} once retired */
  async start(): Promise<void> {
    if (this.#isRetired) throw new ProcessNotFound("process", this.#definition.name);
    const isNews = !this.#isOn || this.#rest.kind !== "";
    this.#isOn = true;
    this.#isReleased = false;
    this.#rest.forget();
    if (isNews) this.#ports.tell("start");
    await this.#turn();
  }

  /** Stops; settles when all have ended. */
  async stop(): Promise<void> {
    const isNews = this.#isOn;
    this.#isOn = false;
    this.#isAllowed = false;
    this.#changes++;
    this.#rest.end();
    if (isNews) this.#ports.tell("stop");
    await this.#turn();
    await this.#departures.untilOver();
  }

  /** Stops for good: it is not started any more. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    await this.stop();
  }

  /** Stops keeping; what runs goes on without happi. */
  async release(): Promise<void> {
    this.#isReleased = true;
    await this.stop();
  }

  /** Takes new settings; what runs with the old is ended before any is started. Settles when that is done. */
  async update(definition: Definition): Promise<void> {
    if (this.#isRetired) throw new ProcessNotFound("process", definition.name);
    this.#definition = definition;
    this.#wanted = definition.numprocesses ?? 1;
    this.#isAllowed = false;
    this.#changes++;
    this.#rest.end();
    this.#rest = this.#restOf(definition);
    this.#departures.add([...this.#replaced.splice(0), ...this.#kept.splice(0)], { blocks: true, event: "reap" });
    await this.#turn();
    await this.#departures.untilClear();
  }

  /**
   * Starts new ones, and ends the old when these are ready. Several are done one after the other.
   *
   * @throws {CannotStart} when the new ones do not get ready: the old are left as they are
   */
  async restart(): Promise<void> {
    if (!this.#isOn || this.#rest.kind !== "") return await this.start();
    const changes = this.#changes;
    const done = this.#restarts.then(() => this.#restart(changes));
    this.#restarts = done.catch(() => {}); // its caller hears of it
    await done;
  }

  /** Changes how many run; gives the new number. */
  async scale(wanted: number): Promise<number> {
    this.#wanted = wanted;
    await this.#turn();
    return wanted;
  }

  /** Ends one; another takes its place. */
  async stopOne(child: Child): Promise<void> {
    if (remove(this.#kept, child) || remove(this.#replaced, child)) {
      this.#departures.add([child], { blocks: true, event: "stop_pid" });
    }
    await this.#turn();
    await child.ended;
  }

  /** What it may wait for has changed. */
  nudge(): void {
    if (this.#state() !== "waiting" || this.#ports.waitsFor(this.#definition) !== "") return;
    this.#isAllowed = true;
    void this.#turn();
  }

  /** @param changes as they were when it was asked for: what was stopped or changed since is as its last word says */
  async #restart(changes: number): Promise<void> {
    if (changes !== this.#changes) return;
    this.#replaced.push(...this.#kept.splice(0));
    this.#rest.end();
    await this.#turn();
    const news = [...this.#kept];
    const missing = news.length < this.#wanted ? this.#rest.reason : undefined;
    const problems = await Promise.all(news.map((child) => this.#ready.get(child)));
    if (changes !== this.#changes) return;
    const problem = missing ?? problems.find((one, at) => one !== undefined && !this.#isAsked(news[at]));
    const olds = this.#replaced.splice(0);
    const areOldsBetter = problem !== undefined && olds.length > 0;
    if (areOldsBetter) {
      this.#rest.end();
      this.#departures.add(this.#kept.splice(0, this.#kept.length, ...olds));
    } else {
      this.#departures.add(olds);
    }
    await this.#turn();
    if (problem === undefined) return;
    const then = areOldsBetter ? "the old go on" : "the old have ended";
    throw new CannotStart(this.#definition.name, `the new processes are not ready: ${problem}; ${then}`);
  }

  #isAsked(child: Child | undefined): boolean {
    return child !== undefined && this.#departures.has(child);
  }

  #restOf(definition: Definition): Rest {
    return new Rest(definition, { onFlap: () => this.#ports.tell("flap"), onOver: () => void this.#turn() });
  }

  #state(): ProcessStatus["state"] {
    if (!this.#isOn) return this.kept.length > 0 || !this.#departures.isEmpty ? "stopping" : "stopped";
    if (this.kept.length > 0) return this.isReady ? "ready" : "running";
    if (this.#rest.kind !== "") return this.#rest.kind;
    if (this.#wanted === 0) return "stopped";
    return this.#isAllowed ? "starting" : "waiting";
  }

  /** Brings about what is wanted; one at a time. */
  #turn(): Promise<void> {
    this.#loop = this.#loop.then(async () => {
      while (await this.#step()) this.#ports.onChange();
      this.#ports.onChange();
    });
    return this.#loop;
  }

  /** One step towards what is wanted; gives whether there may be another. */
  async #step(): Promise<boolean> {
    const target = this.#isOn ? this.#wanted : 0;
    if (this.#isReleased) await this.#letAllGo();
    if (!this.#isOn) this.#departures.add(this.#replaced.splice(0));
    this.#departures.add(this.#kept.splice(0, Math.max(0, this.#kept.length - target)));
    if (this.#isServing !== this.isReady) {
      await this.#serve(this.isReady ? "yes" : this.#departures.hasReady ? "no" : "lost");
      return true;
    }
    this.#departures.begin();
    if (this.#kept.length >= target || this.#rest.kind !== "") return false;
    this.#isAllowed ||= this.#ports.waitsFor(this.#definition) === "";
    if (!this.#isAllowed) return false;
    if (this.#departures.isBlocked) await this.#departures.untilClear();
    else await this.#spawn();
    return true;
  }

  async #spawn(): Promise<void> {
    const definition = this.#definition;
    try {
      const child = await this.#ports.spawn(definition);
      const ready = this.#ports.untilReady(child, definition).catch(reason);
      this.#ready.set(child, ready);
      void child.exited.then(() => this.#turn());
      void child.ended.then(() => this.#onEnd(child));
      void ready.then((problem) => this.#onReady(child, problem));
      this.#kept.push(child);
      if (definition === this.#definition) this.#rest.reason = "";
      // Other settings came while it was started.
      else this.#departures.add(this.#kept.splice(-1), { blocks: true, event: "reap" });
    } catch (thrown) {
      if (this.#isOn && definition === this.#definition) this.#rest.afterFailure(reason(thrown));
    }
  }

  #onReady(child: Child, problem: string | undefined): void {
    if (child.state !== "running") return;
    if (problem === undefined) child.state = "ready";
    else this.#rest.reason = `process ${child.pid} is not ready: ${problem}`;
    void this.#turn();
  }

  #onEnd(child: Child): void {
    remove(this.#replaced, child);
    if (remove(this.#kept, child) && this.#isOn) {
      const { exit_status: status = 0, term_signal: signal = 0 } = child.exit ?? {};
      this.#rest.afterEnd(child.pid, Date.now() - child.started_at, status, signal);
    }
    void this.#turn();
  }

  /** They go on without happi. */
  async #letAllGo(): Promise<void> {
    const all = [...this.#replaced.splice(0), ...this.#kept.splice(0)];
    this.#isServing = false;
    await Promise.all(all.map((child) => child.release()));
  }

  async #serve(serving: "yes" | "no" | "lost"): Promise<void> {
    this.#isServing = serving === "yes";
    try {
      await this.#ports.onServing(this.#definition, serving);
    } catch (thrown) {
      this.#rest.reason = reason(thrown);
    }
  }
}

/** Takes one out of a list; gives whether it was in it. */
function remove<T>(list: T[], one: T): boolean {
  const at = list.indexOf(one);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
