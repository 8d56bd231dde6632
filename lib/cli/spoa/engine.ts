/**
 * An agent in this thread: its listeners, its policies, and what it shows of itself.
 */
import { getLogger } from "@logtape/logtape";
import { reason } from "../../errors.ts";
import { formatAddress } from "../../net/mod.ts";
import {
  Agent,
  type AgentListener,
  type AgentStats,
  type Fault,
  type ListenerView,
  makePolicy,
  type Policy,
  type PolicyConfig,
  type PolicyOptions,
  PolicySet,
  type PolicyView,
  policyView,
  VerdictTap,
} from "../../spop/mod.ts";
import { addressOf, isShared } from "./addresses.ts";
import { type Changes, plainChanges, type Runner, type RunnerEvents, type RunnerSettings } from "./runner.ts";

const LOG = getLogger(["happi", "spoa"]);

/** The part of HAProxy's `timeout processing` after which a verdict is late, as the agent has it. */
const DEADLINE_SHARE = 0.9;

/** An agent in this thread. */
export class Engine implements Runner {
  readonly ended = new Promise<never>(() => {});
  readonly #agent: Agent;
  readonly #policies: PolicySet;
  readonly #tap: VerdictTap;
  readonly #listeners: readonly AgentListener[];
  readonly #worker: number;

  private constructor(agent: Agent, policies: PolicySet, tap: VerdictTap, listeners: AgentListener[], worker: number) {
    this.#agent = agent;
    this.#policies = policies;
    this.#tap = tap;
    this.#listeners = listeners;
    this.#worker = worker;
  }

  /**
   * Makes the policies, then listens.
   *
   * @param worker which one it is, from 1
   * @param make makes policies
   * @throws {InvalidPolicy} when one cannot be made
   * @throws {CannotListen} when an address cannot be had
   */
  static async start(
    settings: RunnerSettings,
    { onVerdict }: Pick<RunnerEvents, "onVerdict">,
    worker = 1,
    make: (kind: string, options: PolicyOptions) => Promise<Policy> = makePolicy,
  ): Promise<Engine> {
    const { processingMs, io } = settings;
    const tap = new VerdictTap(processingMs * DEADLINE_SHARE, onVerdict);
    tap.isOpen = settings.isWatched;
    const agent = new Agent({ processingMs, onFault: logFault });
    const policies = new PolicySet(agent, { tap, make, graceMs: processingMs });
    const listeners: AgentListener[] = [];
    try {
      const { failed: [failed] } = await policies.apply(settings.policies);
      if (failed !== undefined) throw failed.error;
      for (const address of settings.listen) {
        const own = addressOf(address, worker, io);
        listeners.push(await agent.listen(own, { io, reusePort: settings.workers > 1 && isShared(address, io) }));
      }
      return new Engine(agent, policies, tap, listeners, worker);
    } catch (thrown) {
      await Promise.all(listeners.map((listener) => listener.close()));
      await policies[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  listeners(): Promise<ListenerView[]> {
    return Promise.resolve(this.#listeners.map(({ address, connections }) => ({
      address: formatAddress(address),
      worker: this.#worker,
      connections,
    })));
  }

  stats(): Promise<AgentStats> {
    return Promise.resolve(this.#agent.stats());
  }

  policies(): Promise<PolicyView[]> {
    const { asked, policies } = this.#policies;
    return Promise.resolve(policies.map((policy) => policyView(policy, asked.includes(policy))));
  }

  async reload(policies: readonly PolicyConfig[]): Promise<Changes> {
    return plainChanges(await this.#policies.apply(policies));
  }

  watch(isWatched: boolean): Promise<void> {
    this.#tap.isOpen = isWatched;
    return Promise.resolve();
  }

  async drain(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.drain()));
    await this.#policies[Symbol.asyncDispose]();
  }
}

/** The first fault of each kind and message; the counters have all. */
function logFault({ kind, message, cause }: Fault): void {
  const where = message === undefined ? "" : kind === "unknown_message" ? ` "${message}"` : ` of message "${message}"`;
  LOG.warn("{fault}{where}: {why} (said once; GET /api/v1/spoa/messages counts)", {
    fault: kind.replaceAll("_", " "),
    where,
    why: reason(cause),
  });
}
