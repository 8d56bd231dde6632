/**
 * Several workers as one agent: they listen side by side, and the lists of addresses are read once for all of them.
 */
import {
  type AgentStats,
  createIpReputation,
  type ListenerView,
  mergeStats,
  type PolicyConfig,
  type PolicyOptions,
  PolicySet,
  type PolicyView,
  type TableParts,
} from "../../spop/mod.ts";
import { type Address, listenStream, parseAddress } from "../../net/mod.ts";
import type { Environment } from "../environment.ts";
import type { Level } from "../log_format.ts";
import { isShared } from "./addresses.ts";
import {
  type Changes,
  mergeChanges,
  plainChanges,
  type Runner,
  type RunnerEvents,
  type RunnerSettings,
} from "./runner.ts";
import { Thread } from "./thread.ts";
import type { Call } from "./worker_calls.ts";

/** A pool of workers. */
export class Pool implements Runner {
  readonly ended: Promise<Error>;
  readonly #threads: readonly Thread[];
  readonly #shared: SharedLists;

  private constructor(threads: readonly Thread[], shared: SharedLists) {
    this.ended = Promise.race(threads.map((thread) => thread.ended));
    this.#threads = threads;
    this.#shared = shared;
  }

  /**
   * Reads the lists, then starts the workers.
   *
   * @throws {CannotListen} when somebody else listens on a port that is to be shared
   * @throws {WorkerEnded} {@linkcode InvalidPolicy} whatever the first worker that cannot start says
   */
  static async start(
    settings: RunnerSettings,
    events: RunnerEvents,
    { stderr }: Pick<Environment, "stderr">,
    level: Level,
  ): Promise<Pool> {
    await checkFree(settings);
    const onLine = (line: string) => void stderr.write(line).catch(() => {});
    const threads = Array.from({ length: settings.workers }, (_, index) => {
      return new Thread(index + 1, { ...events, onLine });
    });
    const shared = new SharedLists((policy, table) => {
      for (const thread of threads) thread.send({ policy, table });
    });
    try {
      const { failed: [failed] } = await shared.reload(settings.policies);
      if (failed !== undefined) throw failed.error;
      let { listen } = settings;
      for (const [index, thread] of threads.entries()) {
        const call: Call = { call: "start", settings: { ...settings, listen }, worker: index + 1, level };
        const listeners = await thread.ask<ListenerView[]>(call);
        // Port 0 is chosen by the first; who shares it must know.
        if (index === 0) {
          listen = listen.map((address, at) => {
            const bound = listeners[at];
            return bound !== undefined && isShared(address, settings.io) ? parseAddress(bound.address) : address;
          });
        }
      }
      return new Pool(threads, shared);
    } catch (thrown) {
      await shared.policies[Symbol.asyncDispose]();
      for (const thread of threads) thread.end();
      throw thrown;
    }
  }

  async listeners(): Promise<ListenerView[]> {
    return (await this.#askAll<ListenerView[]>({ call: "listeners" })).flat();
  }

  async stats(): Promise<AgentStats> {
    return mergeStats(await this.#askAll<AgentStats>({ call: "stats" }));
  }

  async policies(): Promise<PolicyView[]> {
    const [first = [], ...others] = await this.#askAll<PolicyView[]>({ call: "policies" });
    const lists = new Map(this.#shared.policies.policies.map((policy) => [policy.name, policy.stats?.() ?? {}]));
    return first.map((view) => {
      const same = others.flatMap((views) => views.filter((one) => one.name === view.name));
      const counted = addCounters([view, ...same].map((one) => one.stats));
      return { ...view, stats: { ...lists.get(view.name), ...counted } };
    });
  }

  async reload(policies: readonly PolicyConfig[]): Promise<Changes> {
    const shared = plainChanges(await this.#shared.reload(policies));
    // A list that could not be read keeps its policy as it was, in the workers too.
    const kept = new Map(this.#shared.policies.configs.map((config) => [config.name, config]));
    const inForce = policies.flatMap((config) =>
      config.kind === "ip_reputation" ? kept.get(config.name) ?? [] : config
    );
    const all = await this.#askAll<Changes>({ call: "reload", policies: inForce });
    return mergeChanges([shared, ...all]);
  }

  async watch(isWatched: boolean): Promise<void> {
    await this.#askAll({ call: "watch", isWatched });
  }

  async drain(): Promise<void> {
    // One that has ended cannot; the others do not suffer for it.
    await Promise.allSettled(this.#threads.map((thread) => thread.ask({ call: "drain" })));
    for (const thread of this.#threads) thread.end();
    await this.#shared.policies[Symbol.asyncDispose]();
  }

  #askAll<T>(call: Call): Promise<T[]> {
    return Promise.all(this.#threads.map((thread) => thread.ask<T>(call)));
  }
}

/**
 * Two agents by mistake on one port would share its connections without a word: a shared port is first listened on alone.
 *
 * @throws {CannotListen}
 */
async function checkFree({ listen, io, workers }: RunnerSettings): Promise<void> {
  const isTried = (address: Address) => workers > 1 && isShared(address, io);
  for (const address of listen.filter(isTried)) (await listenStream(address)).close();
}

/** Numbers of the workers together; texts of the first. */
function addCounters(all: readonly PolicyView["stats"][]): Record<string, number | string> {
  const sum: Record<string, number | string> = { ...all[0] };
  for (const stats of all.slice(1)) {
    for (const [name, value] of Object.entries(stats)) {
      const before = sum[name];
      if (typeof value === "number" && typeof before === "number") sum[name] = before + value;
      else sum[name] ??= value;
    }
  }
  return sum;
}

/** The policies `ip_reputation` with their lists; nobody asks them here, workers have their tables. */
class SharedLists {
  readonly policies: PolicySet;

  constructor(onTable: (policy: string, table: TableParts) => void) {
    const nobody = { on: () => {}, off: () => false };
    const make = (_: string, options: PolicyOptions) =>
      createIpReputation({ ...options, onTable: (table) => onTable(String(options.name), table.parts) });
    this.policies = new PolicySet(nobody, { make });
  }

  reload(policies: readonly PolicyConfig[]) {
    return this.policies.apply(policies.filter((policy) => policy.kind === "ip_reputation"));
  }
}
