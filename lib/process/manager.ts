/**
 * All processes that happi keeps: definitions by name, processes by number, and what happens to them as a feed.
 */
import { reason } from "../errors.ts";
import { Feed } from "../feed/mod.ts";
import { findAccount } from "./accounts.ts";
import { Child } from "./child.ts";
import { commandLine } from "./command_line.ts";
import type { Definition } from "./definition.ts";
import { CannotStart, InvalidDefinition, ProcessExists, ProcessNotFound } from "./errors.ts";
import type { InputLimits } from "./input.ts";
import { Keeper, type KeeperPorts } from "./keeper.ts";
import { endMarked } from "./leftovers.ts";
import type { Manager, ProcessEvent, ProcessStatus, RunningProcess } from "./manager_face.ts";
import { type DependencyFacts, graphOf, refuseCycle, waitsFor } from "./order/dependencies.ts";
import { waves } from "./order/graph.ts";
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
  readonly #keepers = new Map<string, Keeper>();
  readonly #children = new Map<number, Child>();
  #lastPid = 0;
  readonly #starting = new Set<Promise<Child>>();
  #isClosed = false;

  constructor(options: ProcessManagerOptions = {}) {
    this.#options = options;
  }

  names(): readonly string[] {
    return [...this.#keepers.keys()];
  }

  groups(): readonly string[] {
    return [...new Set([...this.#keepers.values()].flatMap(({ definition }) => groupOf(definition) ?? []))];
  }

  group(name: string): readonly string[] {
    const found = [...this.#keepers.values()].filter(({ definition }) => groupOf(definition) === name);
    if (found.length === 0) throw new ProcessNotFound("group", name);
    return found.map(({ definition }) => definition.name);
  }

  definition(name: string): Definition {
    return this.#keeper(name).definition;
  }

  status(name: string): ProcessStatus {
    const keeper = this.#keeper(name);
    const status = keeper.status();
    const { before, after } = keeper.definition;
    if (before !== undefined) return { ...status, reason: `it is run before "${before}"` };
    return after === undefined ? status : { ...status, reason: `it is run after "${after}"` };
  }

  running(name?: string): readonly RunningProcess[] {
    if (name !== undefined) this.#keeper(name);
    return [...this.#children.values()].filter((child) => name === undefined || child.name === name);
  }

  process(pid: number): RunningProcess {
    return this.#child(pid);
  }

  async add(definition: Definition): Promise<void> {
    if (this.#keepers.has(definition.name)) throw new ProcessExists(definition.name);
    await this.#check(definition);
    // Somebody else may have been faster.
    if (this.#keepers.has(definition.name)) throw new ProcessExists(definition.name);
    refuseCycle([...this.#definitions(), definition]);
    this.#refuseWhenClosed(definition.name);
    const keeper = this.#makeKeeper(definition);
    this.#keepers.set(definition.name, keeper);
    this.#tell("create", definition.name);
    if (isToStart(definition)) await keeper.start();
  }

  async update(definition: Definition): Promise<void> {
    this.#keeper(definition.name);
    await this.#check(definition);
    const keeper = this.#keeper(definition.name);
    refuseCycle([...this.#definitions(), definition]);
    const updated = keeper.update(definition);
    this.#tell("update", definition.name);
    await updated;
  }

  async remove(name: string): Promise<void> {
    const keeper = this.#keeper(name);
    await keeper.retire();
    await this.#stopChildren((child) => child.name === name);
    // Two may want it gone.
    if (this.#keepers.get(name) !== keeper) return;
    this.#keepers.delete(name);
    this.#tell("delete", name);
  }

  async start(name: string): Promise<void> {
    this.#refuseWhenClosed(name);
    const keeper = this.#keeper(name);
    if (!isHook(keeper.definition)) await keeper.start();
  }

  async stop(name: string): Promise<void> {
    await this.#keeper(name).stop();
  }

  async restart(name: string): Promise<void> {
    this.#refuseWhenClosed(name);
    const keeper = this.#keeper(name);
    if (!isHook(keeper.definition)) await keeper.restart();
  }

  async scale(name: string, change: { readonly by: number } | { readonly to: number }): Promise<number> {
    const keeper = this.#keeper(name);
    const wanted = Math.max(0, "to" in change ? change.to : keeper.wanted + change.by);
    if (!Number.isSafeInteger(wanted) || wanted > MOST_PROCESSES) {
      throw new InvalidDefinition(name, `"${wanted}" processes are not a whole number up to ${MOST_PROCESSES}`);
    }
    const scaled = keeper.scale(wanted);
    this.#tell("update", name);
    return await scaled;
  }

  signal(name: string, signal: number): void {
    for (const child of this.#keeper(name).kept) child.signal(signal);
  }

  signalProcess(pid: number, signal: number): void {
    this.#child(pid).signal(signal);
  }

  async stopProcess(pid: number): Promise<void> {
    const child = this.#child(pid);
    const keeper = this.#keepers.get(child.name);
    if (keeper === undefined || child.once) await child.stop();
    else await keeper.stopOne(child);
  }

  async commit(
    name: string,
    options: { readonly graceful_timeout?: number; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<RunningProcess> {
    const { definition } = this.#keeper(name);
    const { graceful_timeout = definition.graceful_timeout ?? 10, env = {} } = options;
    return await this.#spawn({ ...definition, graceful_timeout, env: { ...definition.env, ...env } }, true);
  }

  runHooks(when: HookTime, what: string, options?: HookOptions): Promise<HookResult[]> {
    return runHooks(this, when, what, options);
  }

  async startAll(): Promise<void> {
    const keepers = [...this.#keepers.values()].filter(({ definition }) => isToStart(definition));
    const ordered = keepers.sort((a, b) => priorityOf(a.definition) - priorityOf(b.definition));
    for (const keeper of ordered) await keeper.start();
  }

  async stopAll(): Promise<void> {
    for (const wave of waves(graphOf(this.#definitions())).reverse()) {
      await Promise.all(wave.map((name) => {
        const keeper = this.#keepers.get(name);
        return keeper?.definition.detach ? keeper.release() : keeper?.stop();
      }));
    }
    for (const child of this.#children.values()) if (this.#isDetached(child)) this.#children.delete(child.pid);
    await this.#stopChildren((child) => !this.#isDetached(child));
    const { mark } = this.#options;
    if (mark !== undefined) await endMarked(mark, SWEEP_GRACE_MS);
  }

  killAll(): void {
    this.#isClosed = true;
    for (const child of this.#children.values()) if (!this.#isDetached(child)) child.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.stopAll();
    this.events.close();
  }

  #definitions(): Definition[] {
    return [...this.#keepers.values()].map(({ definition }) => definition);
  }

  /** Makes sure that a definition means something on this host, before anything is done about it. */
  async #check(definition: Definition): Promise<void> {
    commandLine(definition);
    try {
      await findAccount(definition);
    } catch (thrown) {
      throw new InvalidDefinition(definition.name, reason(thrown));
    }
  }

  #refuseWhenClosed(name: string): void {
    if (this.#isClosed) throw new CannotStart(name, "happi is being stopped");
  }

  #isDetached(child: Child): boolean {
    return !child.once && (this.#keepers.get(child.name)?.definition.detach ?? false);
  }

  /** Ends processes, also those that are being started just now. */
  async #stopChildren(isMeant: (child: Child) => boolean): Promise<void> {
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#children.values()].filter(isMeant).map((child) => child.stop()));
  }

  #keeper(name: string): Keeper {
    const keeper = this.#keepers.get(name);
    if (keeper === undefined) throw new ProcessNotFound("process", name);
    return keeper;
  }

  #child(pid: number): Child {
    const child = this.#children.get(pid);
    if (child === undefined) throw new ProcessNotFound("pid", pid);
    return child;
  }

  #makeKeeper(definition: Definition): Keeper {
    return new Keeper(definition, {
      spawn: (one) => this.#spawn(one, false),
      tell: (what, child) => this.#tell(what, definition.name, child),
      waitsFor: (one) => waitsFor(one, (name) => this.#factsOf(name)),
      untilReady: this.#options.untilReady ?? ((child, one) => untilReady(child, one)),
      onServing: this.#options.onServing ?? (() => Promise.resolve()),
      onChange: () => this.#nudge(),
    });
  }

  async #spawn(definition: Definition, once: boolean): Promise<Child> {
    this.#refuseWhenClosed(definition.name);
    const { environment = {}, mark = {}, output, input } = this.#options;
    const starting = Child.start(definition, {
      pid: ++this.#lastPid,
      once,
      environment,
      mark: definition.detach && !once ? {} : mark,
      ...(output === undefined ? {} : { output }),
      ...(input === undefined ? {} : { input }),
    }).then((child) => this.#welcome(child, definition));
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  #welcome(child: Child, { detach = false }: Definition): Child {
    this.#children.set(child.pid, child);
    this.#tell("spawn", child.name, child, { detached: detach && !child.once });
    void child.ended.then(() => {
      this.#children.delete(child.pid);
      this.#tell("exit", child.name, child, { ...child.exit, once: child.once });
    });
    return child;
  }

  #tell(event: string, name: string, child?: Child, more: Readonly<Record<string, number | boolean>> = {}): void {
    const members = child === undefined ? {} : { pid: child.pid, os_pid: child.os_pid };
    this.events.push({ event, name, ...members, ...more });
    this.#nudge();
  }

  /** Whoever waits for something may look again. */
  #nudge(): void {
    for (const keeper of this.#keepers.values()) keeper.nudge();
  }

  #factsOf(name: string): DependencyFacts | undefined {
    const keeper = this.#keepers.get(name);
    if (keeper === undefined) return undefined;
    const { kept, isReady, hasExitedWell } = keeper;
    return { isRunning: kept.length > 0, isReady, hasExitedWell };
  }
}

/** As many of one definition at most, as the field says. */
const MOST_PROCESSES = 1000;

/** How long those may take after SIGTERM that have left their group, in milliseconds. */
const SWEEP_GRACE_MS = 2_000;

function groupOf({ name, group }: Definition): string | undefined {
  return group ?? (name.includes(":") ? name.slice(0, name.indexOf(":")) : undefined);
}

/** Whether it starts by itself: hooks are run by what they belong to. */
function isToStart(definition: Definition): boolean {
  return (definition.start ?? true) && !isHook(definition);
}

function priorityOf({ priority = Number.MAX_SAFE_INTEGER }: Definition): number {
  return priority;
}
