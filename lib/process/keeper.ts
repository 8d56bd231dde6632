/**
 * Keeps so many processes of one definition running: fills up what is missing, ends the oldest of what is too much.
 *
 * Whatever is asked of it only changes what is wanted; one loop, a step at a time, brings it about. So it does not matter in
 * which order things are asked for, nor what else is under way.
 */
import { reason } from "../errors.ts";
import type { Child } from "./child.ts";
import { Crew } from "./crew.ts";
import type { Definition } from "./definition.ts";
import { Departures } from "./departures.ts";
import { CannotStart, ProcessNotFound } from "./errors.ts";
import type { KeeperPorts } from "./keeper_ports.ts";
import type { ProcessStatus } from "./manager_face.ts";
import type { DependencyFacts } from "./order/dependencies.ts";
import { Rest } from "./rest.ts";

/** The processes of a definition. */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #crew: Crew;
  #definition: Definition;
  #rest: Rest;
  #wanted: number;
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
    this.#crew = new Crew(new Departures((child, event) => ports.tell(event, child), () => void this.#turn()));
    this.#definition = definition;
    this.#wanted = definition.numprocesses ?? 1;
    this.#rest = this.#restOf(definition);
  }

  get definition(): Definition {
    return this.#definition;
  }

  /** What others may wait for. */
  facts(): DependencyFacts {
    const hasExitedWell = this.#rest.kind === "exited" && this.#rest.reason === "" && this.#crew.size === 0;
    return { isRunning: this.#crew.all.length > 0, isReady: this.#crew.isReady, hasExitedWell };
  }

  /** What it is doing. */
  status(): ProcessStatus {
    const running = this.#crew.all.length;
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
    await this.#crew.departures.untilOver();
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
    this.#crew.dismissAll({ blocks: true, event: "reap" });
    await this.#turn();
    await this.#crew.departures.untilClear();
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

  /** Changes how many run. */
  async scale(wanted: number): Promise<void> {
    this.#wanted = wanted;
    await this.#turn();
  }

  /** Sends a signal to all. */
  signal(signal: number): void {
    for (const child of this.#crew.all) child.signal(signal);
  }

  /** Ends one; another takes its place. */
  async stopOne(child: Child): Promise<void> {
    this.#crew.dismiss(child, { blocks: true, event: "stop_pid" });
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
    this.#crew.replaceAll();
    this.#rest.end();
    await this.#turn();
    const missing = this.#crew.size < this.#wanted ? this.#rest.reason : undefined;
    const problem = missing ?? await this.#crew.untilReady();
    if (changes !== this.#changes) return;
    const areOldsBetter = problem !== undefined && this.#crew.keepReplaced();
    if (areOldsBetter) this.#rest.end();
    else this.#crew.dismissReplaced();
    await this.#turn();
    if (problem === undefined) return;
    const why = `the new processes are not ready: ${problem}; the old ${areOldsBetter ? "go on" : "have ended"}`;
    throw new CannotStart(this.#definition.name, why);
  }

  #restOf(definition: Definition): Rest {
    return new Rest(definition, { onFlap: () => this.#ports.tell("flap"), onOver: () => void this.#turn() });
  }

  #state(): ProcessStatus["state"] {
    const isRunning = this.#crew.all.length > 0;
    if (!this.#isOn) return isRunning || !this.#crew.departures.isEmpty ? "stopping" : "stopped";
    if (isRunning) return this.#crew.isReady ? "ready" : "running";
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
    const { departures } = this.#crew;
    const target = this.#isOn ? this.#wanted : 0;
    if (this.#isReleased) await this.#crew.release();
    this.#isServing &&= !this.#isReleased;
    if (!this.#isOn) this.#crew.dismissReplaced();
    this.#crew.shrinkTo(target);
    if (this.#isServing !== this.#crew.isReady) {
      await this.#serve(this.#crew.isReady ? "yes" : departures.hasReady ? "no" : "lost");
      return true;
    }
    departures.begin();
    if (this.#crew.size >= target || this.#rest.kind !== "") return false;
    this.#isAllowed ||= this.#ports.waitsFor(this.#definition) === "";
    if (!this.#isAllowed) return false;
    if (departures.isBlocked) await departures.untilClear();
    else await this.#spawn();
    return true;
  }

  async #spawn(): Promise<void> {
    const definition = this.#definition;
    try {
      const child = await this.#ports.spawn(definition);
      const ready = this.#ports.untilReady(child, definition).catch(reason);
      void child.exited.then(() => this.#turn());
      void child.ended.then(() => this.#onEnd(child));
      void ready.then((problem) => this.#onReady(child, problem));
      this.#crew.join(child, ready);
      if (definition === this.#definition) this.#rest.reason = "";
      // Other settings came while it was started.
      else this.#crew.dismiss(child, { blocks: true, event: "reap" });
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
    if (this.#crew.lose(child) && this.#isOn) {
      const { exit_status: status = 0, term_signal: signal = 0 } = child.exit ?? {};
      this.#rest.afterEnd(child.pid, child.livedMs, status, signal);
    }
    void this.#turn();
  }

  async #serve(serving: "yes" | "no" | "lost"): Promise<void> {
    this.#isServing = serving === "yes";
    await this.#ports.onServing(this.#definition, serving).catch((thrown) => this.#rest.reason = reason(thrown));
  }
}
