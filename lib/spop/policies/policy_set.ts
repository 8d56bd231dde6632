/**
 * The policies of an agent as a configuration names them, and their change while the agent works: what is new is made
 * before what is old is let go, and what cannot be made changes nothing.
 */
import { hash } from "node:crypto";
import type { Agent } from "../agent.ts";
import { createChain } from "./chain.ts";
import { makePolicy, type PolicyOptions } from "./kinds.ts";
import { InvalidPolicy, type Policy } from "./policy.ts";
import type { VerdictTap } from "./verdict_tap.ts";

/** A policy as a configuration has it. */
export interface PolicyConfig {
  /** `[spoa.NAME]`. */
  readonly name: string;
  /** `ip_reputation`, `rate` … `chain`. */
  readonly kind: string;
  /** Its other options by their names in code; those of a chain name other policies. Plain data. */
  readonly options: PolicyOptions;
}

/** What a change came to, by the names of policies. */
export interface PolicyChanges {
  readonly added: readonly string[];
  /** Made anew, because their options are others. */
  readonly changed: readonly string[];
  /** Have read their files and URLs again. */
  readonly reloaded: readonly string[];
  readonly removed: readonly string[];
  /** What stays as it was, and why. */
  readonly failed: readonly { readonly name: string; readonly error: Error }[];
}

/** What a set is given. */
export interface PolicySetOptions {
  /** Makes a policy from its kind and its options with `name`; {@linkcode makePolicy} if not given. */
  readonly make?: (kind: string, options: PolicyOptions) => Promise<Policy>;
  /** Sees verdicts. */
  readonly tap?: VerdictTap;
  /** How long a policy that was replaced may finish what it decides on, in milliseconds; 1000 if not given. */
  readonly graceMs?: number;
}

/** Where handlers go: an agent. */
export interface HandlerTable {
  on(...handler: Parameters<Agent["on"]>): unknown;
  off(message: string): boolean;
}

interface Entry {
  readonly config: PolicyConfig;
  /** What must be the same for the policy to be the same. */
  readonly key: string;
  readonly policy: Policy;
  /** What it is made of: the policies of a chain. */
  readonly members: readonly Policy[];
}

/**
 * The policies of an agent.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Agent } from "../agent.ts";
 * import { PolicySet } from "./policy_set.ts";
 * await using policies = new PolicySet(new Agent());
 * const limit = { name: "limit", kind: "rate", options: { rate: 10 } };
 * assert.deepEqual((await policies.apply([limit])).added, ["limit"]);
 * const faster = { ...limit, options: { rate: "20" } };
 * const [failed] = (await policies.apply([faster])).failed;
 * assert.match(failed?.error.message ?? "", /^Cannot make policy "limit": option "rate" is "20"/);
 * assert.equal(policies.policies.length, 1);
 * ```
 */
export class PolicySet implements AsyncDisposable {
  readonly #agent: HandlerTable;
  readonly #make: (kind: string, options: PolicyOptions) => Promise<Policy>;
  readonly #tap: VerdictTap | undefined;
  readonly #graceMs: number;
  readonly #leaving = new Map<Policy, ReturnType<typeof setTimeout>>();
  #entries = new Map<string, Entry>();
  /** All that live: those of the entries, and older ones that a chain which could not be changed is made of. */
  #living = new Set<Policy>();
  /** For each message who answers it. */
  #answering = new Map<string, Policy>();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param agent gets the handlers
   * @param options see {@linkcode PolicySetOptions}
   */
  constructor(agent: HandlerTable, options: PolicySetOptions = {}) {
    this.#agent = agent;
    this.#make = options.make ?? makePolicy;
    this.#tap = options.tap;
    this.#graceMs = options.graceMs ?? 1_000;
  }

  /** All policies, those of chains before their chains. */
  get policies(): readonly Policy[] {
    return [...this.#entries.values()].map((entry) => entry.policy);
  }

  /** Those that HAProxy asks: all but the members of chains, which are asked by their chain alone. */
  get asked(): readonly Policy[] {
    const members = new Set([...this.#entries.values()].flatMap((entry) => membersOf(entry.config)));
    return this.policies.filter((policy) => !members.has(policy.name));
  }

  /** The configuration that is in force, which a failed change has not touched. */
  get configs(): readonly PolicyConfig[] {
    return [...this.#entries.values()].map((entry) => entry.config);
  }

  /**
   * Makes the policies those of a configuration. Policies that stay the same read their files and URLs again.
   *
   * @param configs all policies; whatever is not among them goes
   * @param signal gives up reading
   * @returns what has changed; it never rejects for a policy's sake
   */
  apply(configs: readonly PolicyConfig[], signal?: AbortSignal): Promise<PolicyChanges> {
    const result = this.#last.then(() => this.#apply(configs, signal));
    this.#last = result.catch(() => {});
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    for (const message of this.#answering.keys()) this.#agent.off(message);
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    const all = [...this.#leaving.keys(), ...this.#living];
    this.#leaving.clear();
    this.#living.clear();
    this.#entries.clear();
    await Promise.all(all.map((policy) => policy[Symbol.asyncDispose]()));
  }

  async #apply(configs: readonly PolicyConfig[], signal: AbortSignal | undefined): Promise<PolicyChanges> {
    const before = this.#entries;
    const now = new Map<string, Entry>();
    const changes = { added: [] as string[], changed: [] as string[], reloaded: [] as string[] };
    const failed: { name: string; error: Error }[] = [];
    for (const config of inOrder(configs)) {
      const old = before.get(config.name);
      try {
        const key = this.#keyOf(config, now);
        if (old?.key !== key) {
          now.set(config.name, { config, key, ...await this.#create(config, now) });
          (old === undefined ? changes.added : changes.changed).push(config.name);
          continue;
        }
        now.set(config.name, old);
        if (old.policy.reload === undefined || config.kind === "chain") continue;
        await old.policy.reload(signal);
        changes.reloaded.push(config.name);
      } catch (thrown) {
        if (old !== undefined) keep(old, before, now);
        failed.push({ name: config.name, error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
      }
    }
    this.#entries = now;
    failed.push(...await this.#register());
    const living = new Set([...now.values()].flatMap(({ policy, members }) => [policy, ...members]));
    for (const policy of this.#living.difference(living)) this.#letGo(policy);
    this.#living = living;
    return { ...changes, removed: [...before.keys()].filter((name) => !now.has(name)), failed };
  }

  /** A chain is another one when one of its members is. */
  #keyOf({ kind, options }: PolicyConfig, now: ReadonlyMap<string, Entry>): string {
    const members = membersOf({ kind, options }).map((name) => now.get(name)?.key ?? "");
    // A hash, so that chains of chains have no keys of keys of keys.
    return hash("sha256", JSON.stringify([kind, options, members]), "base64");
  }

  async #create(
    { name, kind, options }: PolicyConfig,
    now: ReadonlyMap<string, Entry>,
  ): Promise<Pick<Entry, "policy" | "members">> {
    if (kind !== "chain") return { policy: await this.#make(kind, { ...options, name }), members: [] };
    const members = membersOf({ kind, options }).map((member) => {
      const entry = now.get(member);
      if (entry === undefined) throw new InvalidPolicy(name, `option "policies" names "${member}", which there is not`);
      return entry.policy;
    });
    return { policy: await createChain({ ...options, name, policies: members }), members };
  }

  /** Gives the agent a handler for each message; policies that want the same message answer it together. */
  async #register(): Promise<{ name: string; error: Error }[]> {
    const failed: { name: string; error: Error }[] = [];
    const answering = new Map<string, Policy>();
    for (const [message, policies] of Map.groupBy(this.asked, (policy) => policy.message.name)) {
      const [first] = policies;
      if (first === undefined) continue;
      try {
        answering.set(message, policies.length === 1 ? first : await createChain({ name: message, message, policies }));
      } catch (thrown) {
        answering.set(message, first);
        failed.push({ name: message, error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
      }
    }
    for (const [message, policy] of answering) {
      if (this.#answering.get(message) !== policy) this.#answer(message, policy);
    }
    for (const message of this.#answering.keys()) if (!answering.has(message)) this.#agent.off(message);
    this.#answering = answering;
    return failed;
  }

  #answer(message: string, policy: Policy): void {
    const tap = this.#tap;
    this.#agent.on(
      message,
      tap === undefined
        ? (asked, actions) => policy.decide(asked, actions)
        : (asked, actions) => tap.isOpen ? tap.decide(policy, asked, actions) : policy.decide(asked, actions),
      { defaultVerdict: (actions) => policy.defaults(actions) },
    );
  }

  /** Ends a policy when what it still decides on is done. */
  #letGo(policy: Policy): void {
    const end = async () => {
      this.#leaving.delete(policy);
      try {
        await policy[Symbol.asyncDispose]();
      } catch {
        // Nobody asks it any more.
      }
    };
    const timer = setTimeout(end, this.#graceMs);
    Deno.unrefTimer(Number(timer));
    this.#leaving.set(policy, timer);
  }
}

/** The policies that a chain names. */
function membersOf({ kind, options }: Pick<PolicyConfig, "kind" | "options">): readonly string[] {
  if (kind !== "chain" || !Array.isArray(options.policies)) return [];
  return options.policies.map((name) => String(name));
}

/** What failed stays, with what it is made of. */
function keep(old: Entry, before: ReadonlyMap<string, Entry>, now: Map<string, Entry>): void {
  for (const member of membersOf(old.config)) {
    const entry = before.get(member);
    if (entry !== undefined && !now.has(member)) now.set(member, entry);
  }
  now.set(old.config.name, old);
}

/** Members before their chains; a chain that is its own member finds none. */
function inOrder(configs: readonly PolicyConfig[]): PolicyConfig[] {
  const byName = new Map(configs.map((config) => [config.name, config]));
  const ordered = new Set<PolicyConfig>();
  const visit = (config: PolicyConfig, above: readonly string[]) => {
    for (const member of membersOf(config)) {
      const found = byName.get(member);
      if (found !== undefined && !ordered.has(found) && !above.includes(member)) visit(found, [...above, member]);
    }
    ordered.add(config);
  };
  for (const config of configs) visit(config, [config.name]);
  return [...ordered];
}
