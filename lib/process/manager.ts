/**
 * All processes that happi keeps: definitions by name, processes by number, and what happens to them as a feed.
 */
import { Feed } from "../feed/mod.ts";
import { checkOnHost, type Child } from "./child.ts";
import { Children } from "./children.ts";
import type { Definition } from "./definition.ts";
import { CannotStart, InvalidDefinition } from "./errors.ts";
import type { InputLimits } from "./input.ts";
import { Keeper } from "./keeper.ts";
import type { KeeperPorts } from "./keeper_ports.ts";
import { Keepers } from "./keepers.ts";
import { endMarked } from "./leftovers.ts";
import type { Manager, ProcessEvent, ProcessStatus, RunningProcess } from "./manager_face.ts";
import { refuseCycle, waitsFor } from "./order/dependencies.ts";
import { type HookOptions, type HookResult, type HookTime, isHook, runHooks } from "./order/hooks.ts";
import type { OutputLimits } from "./output.ts";
import { untilReady } from "./readiness/until_ready.ts";

/** How a manager is made. */
export interface ProcessManagerOptions {
  /** happi's own environment, for definitions with `os_env`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** By what processes are known to be this manager's, from `markOf`: no other manager may have the same. */
  readonly mark?: Readonly<Record<string, string>>;
  /** What is kept of outputs. */
  readonly output?: OutputLimits;
  /** How much waits for processes that do not read. */
  readonly input?: InputLimits;
  /** How many `commit`s of one definition may run at a time; 100 if not said. */
  readonly mostRuns?: number;
  /** Finds out whether a process is ready; as its definition says if not given. */
  readonly untilReady?: KeeperPorts["untilReady"];
  /** Told when processes begin and cease to serve. */
  readonly onServing?: KeeperPorts["onServing"];
}

/**
 * The manager.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProcessManager } from "./manager.ts";
 * await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
 * await manager.add({ name: "nap", cmd: "sleep", args: ["60"], numprocesses: 2 });
 * assert.deepEqual(manager.running("nap").map(({ pid }) => pid), [1, 2]);
 * await manager.stop("nap");
 * assert.equal(manager.status("nap").state, "stopped");
 * ```
 */
export class ProcessManager implements Manager {
  readonly events = new Feed<ProcessEvent>();
  readonly #options: ProcessManagerOptions;
  readonly #keepers = new Keepers();
  readonly #children: Children;

  constructor(options: ProcessManagerOptions = {}) {
    this.#options = options;
    const { environment = {}, mark = {}, output, input } = options;
    this.#children = new Children({ environment, mark, output, input }, {
      onSpawn: (child, { detach = false }) =>
        this.#tell("spawn", child.name, child, { detached: detach && !child.once }),
      onExit: (child) => this.#tell("exit", child.name, child, { ...child.exit, once: child.once }),
    });
  }

  names(): readonly string[] {
    return this.#keepers.names();
  }

  groups(): readonly string[] {
    return this.#keepers.groups();
  }

  group(name: string): readonly string[] {
    return this.#keepers.group(name);
  }

  definition(name: string): Definition {
    return this.#keepers.get(name).definition;
  }

  status(name: string): ProcessStatus {
    const keeper = this.#keepers.get(name);
    const status = keeper.status();
    const { before, after } = keeper.definition;
    if (before !== undefined) return { ...status, reason: `it is run before "${before}"` };
    return after === undefined ? status : { ...status, reason: `it is run after "${after}"` };
  }

  running(name?: string): readonly RunningProcess[] {
    if (name !== undefined) this.#keepers.get(name);
    return this.#children.all().filter((child) => name === undefined || child.name === name);
  }

  process(pid: number): RunningProcess {
    return this.#children.get(pid);
  }

  async add(definition: Definition): Promise<void> {
    this.#keepers.refuseExisting(definition.name);
    await checkOnHost(definition);
    // Somebody else may have been faster.
    this.#keepers.refuseExisting(definition.name);
    refuseCycle([...this.#keepers.definitions(), definition]);
    this.#children.refuseWhenClosed(definition.name);
    const keeper = this.#makeKeeper(definition);
    this.#keepers.add(keeper);
    this.#tell("create", definition.name);
    if (isToStart(definition)) await keeper.start();
  }

  async update(definition: Definition): Promise<void> {
    this.#keepers.get(definition.name);
    await checkOnHost(definition);
    const keeper = this.#keepers.get(definition.name);
    refuseCycle([...this.#keepers.definitions(), definition]);
    const updated = keeper.update(definition);
    this.#tell("update", definition.name);
    await updated;
  }

  async remove(name: string): Promise<void> {
    const keeper = this.#keepers.get(name);
    await keeper.retire();
    await this.#children.stop((child) => child.name === name);
    // Two may want it gone.
    if (this.#keepers.delete(keeper)) this.#tell("delete", name);
  }

  async start(name: string): Promise<void> {
    this.#children.refuseWhenClosed(name);
    const keeper = this.#keepers.get(name);
    if (!isHook(keeper.definition)) await keeper.start();
  }

  async stop(name: string): Promise<void> {
    await this.#keepers.get(name).stop();
  }

  async restart(name: string): Promise<void> {
    this.#children.refuseWhenClosed(name);
    const keeper = this.#keepers.get(name);
    if (!isHook(keeper.definition)) await keeper.restart();
  }

  async scale(name: string, change: { readonly by: number } | { readonly to: number }): Promise<number> {
    const keeper = this.#keepers.get(name);
    const wanted = Math.max(0, "to" in change ? change.to : keeper.status().numprocesses + change.by);
    if (!Number.isSafeInteger(wanted) || wanted > MOST_PROCESSES) {
      throw new InvalidDefinition(name, `"${wanted}" processes are not a whole number up to ${MOST_PROCESSES}`);
    }
    const scaled = keeper.scale(wanted);
    this.#tell("update", name);
    await scaled;
    return wanted;
  }

  signal(name: string, signal: number): void {
    this.#keepers.get(name).signal(signal);
  }

  signalProcess(pid: number, signal: number): void {
    this.#children.get(pid).signal(signal);
  }

  async stopProcess(pid: number): Promise<void> {
    const child = this.#children.get(pid);
    const keeper = this.#keepers.find(child.name);
    if (keeper === undefined || child.once) await child.stop();
    else await keeper.stopOne(child);
  }

  async commit(
    name: string,
    options: { readonly graceful_timeout?: number; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<RunningProcess> {
    const { definition } = this.#keepers.get(name);
    const going = this.#children.all().filter((child) => child.once && child.name === name).length;
    if (going >= (this.#options.mostRuns ?? 100)) throw new CannotStart(name, `${going} runs of it are not over yet`);
    const { graceful_timeout = definition.graceful_timeout ?? 10, env = {} } = options;
    return await this.#children.start({ ...definition, graceful_timeout, env: { ...definition.env, ...env } }, true);
  }

  runHooks(when: HookTime, what: string, options?: HookOptions): Promise<HookResult[]> {
    return runHooks(this, when, what, options);
  }

  async startAll(): Promise<void> {
    for (const keeper of this.#keepers.byPriority()) {
      // It may have been stopped meanwhile.
      if (this.#children.isClosed) return;
      if (isToStart(keeper.definition)) await keeper.start();
    }
  }

  async stopAll(): Promise<void> {
    for (const wave of this.#keepers.inStopOrder()) {
      await Promise.all(wave.map((keeper) => keeper.definition.detach ? keeper.release() : keeper.stop()));
    }
    this.#children.forget((child) => this.#isDetached(child));
    await this.#children.stop((child) => !this.#isDetached(child));
    const { mark } = this.#options;
    if (mark !== undefined) await endMarked(mark, SWEEP_GRACE_MS);
  }

  killAll(): void {
    this.#children.close();
    for (const child of this.#children.all()) if (!this.#isDetached(child)) child.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#children.close();
    await this.stopAll();
    this.events.close();
  }

  #isDetached(child: Child): boolean {
    return !child.once && (this.#keepers.find(child.name)?.definition.detach ?? false);
  }

  #makeKeeper(definition: Definition): Keeper {
    return new Keeper(definition, {
      spawn: (one) => this.#children.start(one, false),
      tell: (what, child) => this.#tell(what, definition.name, child),
      waitsFor: (one) => waitsFor(one, (name) => this.#keepers.find(name)?.facts()),
      untilReady: this.#options.untilReady ?? ((child, one) => untilReady(child, one)),
      onServing: this.#options.onServing ?? (() => Promise.resolve()),
      onChange: () => this.#keepers.nudge(),
    });
  }

  #tell(event: string, name: string, child?: Child, more: Readonly<Record<string, number | boolean>> = {}): void {
    const members = child === undefined ? {} : { pid: child.pid, os_pid: child.os_pid };
    this.events.push({ event, name, ...members, ...more });
    this.#keepers.nudge();
  }
}

/** As many of one definition at most, as the field says */
const MOST_PROCESSES = 1000;

/** How long those may take after SIGTERM that have left their group, in milliseconds. */
const SWEEP_GRACE_MS = 2_000;

/** Whether it starts by itself: hooks are run by what they belong to. */
function isToStart(definition: Definition): boolean {
  return (definition.start ?? true) && !isHook(definition);
}
