/**
 * Several policies on one message, one after the other: `[spoa.front] policies = ["reputation", "limit", "token"]`.
 *
 * Each sets its variables; the first that sets one of the `stop` variables to its value is the last. A policy that throws
 * gives its default verdict, and the next one has its turn.
 */
import type { Scope, Value } from "../codec/mod.ts";
import { checkOptions, event, list, table, word } from "./option_checks.ts";
import {
  type ArgumentSpec,
  InvalidPolicy,
  type MessageSpec,
  type Policy,
  type PolicyActions,
  type PolicyMessage,
  type SpoeEvent,
  type VariableSpec,
} from "./policy.ts";

/** Which policies, and when to stop. */
export interface ChainOptions {
  /** The policy's name, `chain` if not said. */
  readonly name?: string;
  /** The message's name; the policy's name if not said. */
  readonly message?: string;
  /** When HAProxy sends it; as the first policy wants it if not said. */
  readonly event?: SpoeEvent;
  /** The policies in their order. They stay their owner's, who ends them. */
  readonly policies: readonly Policy[];
  /** Variable to value: `{ auth_ok: false }` stops behind the policy that sets `auth_ok` to false. All have their turn if not said. */
  readonly stop?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Makes the policy. Its message has the arguments of all of them.
 *
 * @param options the policies
 * @throws {InvalidPolicy} when the options do not fit, or two policies want different things under one name
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createChain } from "./chain.ts";
 * import { createHeaderSignature } from "./header_signature.ts";
 * import { createJwt } from "./jwt.ts";
 * await using token = await createJwt({ secret: "0123456789abcdef0123456789abcdef" });
 * await using signature = await createHeaderSignature({ secrets: ["secret"] });
 * await using chain = await createChain({ policies: [token, signature], stop: { jwt_valid: false } });
 * assert.ok(chain.message.args.some((argument) => argument.name === "authorization"));
 * const set: string[] = [];
 * await chain.decide({ name: "chain", args: {} }, { set: (_scope, name) => void set.push(name), unset: () => {} });
 * assert.deepEqual(set, ["jwt_valid", "jwt_error"]);
 * ```
 */
export function createChain(options: ChainOptions): Promise<Policy> {
  const { name = "chain" } = options;
  checkOptions(name, options, { name: word, message: word, event, policies: list, stop: table });
  const { policies = [], stop = {} } = options;
  const [first] = policies;
  if (first === undefined) throw new InvalidPolicy(name, 'option "policies" is empty');
  const args = joined(name, "argument", policies.map((one) => one.message.args), (one) => one.name, bothArguments);
  const sets = joined(
    name,
    "variable",
    policies.map((one) => one.sets),
    nameOf,
    (a, b) => a.type === b.type ? a : undefined,
  );
  for (const variable of Object.keys(stop)) {
    if (!sets.some((one) => one.name === variable)) {
      throw new InvalidPolicy(name, `none of its policies sets "${variable}" of option "stop"`);
    }
  }
  const message = { name: options.message ?? name, args, event: options.event ?? first.message.event };
  return Promise.resolve(new ChainPolicy(name, message, sets, policies, new Map(Object.entries(stop))));
}

function nameOf({ scope, name }: VariableSpec): string {
  return `${scope}.${name}`;
}

/** What serves both: an argument is needed when one of them needs it. */
function bothArguments(a: ArgumentSpec, b: ArgumentSpec): ArgumentSpec | undefined {
  if (a.fetch !== b.fetch) return undefined;
  return a.isOptional === true ? b : a;
}

/** What all of them want, each once; two that want different things under one name cannot be served. */
function joined<T>(
  policy: string,
  what: string,
  all: readonly (readonly T[])[],
  nameOf: (one: T) => string,
  both: (a: T, b: T) => T | undefined,
): T[] {
  const found = new Map<string, T>();
  for (const one of all.flat()) {
    const name = nameOf(one);
    const other = found.get(name);
    const wanted = other === undefined ? one : both(other, one);
    if (wanted === undefined) {
      throw new InvalidPolicy(policy, `its policies want different things of ${what} "${name}"`);
    }
    found.set(name, wanted);
  }
  return [...found.values()];
}

class ChainPolicy implements Policy {
  readonly name: string;
  readonly kind = "chain";
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[];
  readonly #policies: readonly Policy[];
  readonly #stop: ReadonlyMap<string, Value>;
  readonly #counts = { stopped: 0, failed: 0 };

  constructor(
    name: string,
    message: MessageSpec,
    sets: readonly VariableSpec[],
    policies: readonly Policy[],
    stop: ReadonlyMap<string, Value>,
  ) {
    this.name = name;
    this.message = message;
    this.sets = sets;
    this.#policies = policies;
    this.#stop = stop;
  }

  decide(message: PolicyMessage, actions: PolicyActions): void | Promise<void> {
    return this.#runFrom(0, message, new WatchedActions(actions, this.#stop));
  }

  defaults(actions: PolicyActions): void {
    for (const policy of this.#policies) policy.defaults(actions);
  }

  async reload(signal?: AbortSignal): Promise<void> {
    const results = await Promise.allSettled(this.#policies.map(async (policy) => await policy.reload?.(signal)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  stats(): Record<string, number> {
    return { ...this.#counts, policies: this.#policies.length };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** Stays out of promises as long as the policies do: those that answer at once are answered at once. */
  #runFrom(start: number, message: PolicyMessage, actions: WatchedActions): void | Promise<void> {
    for (let index = start; index < this.#policies.length; index++) {
      const policy = this.#policies[index];
      if (policy === undefined) return;
      let working: void | Promise<void> = undefined;
      try {
        working = policy.decide(message, actions);
      } catch {
        this.#giveDefault(policy, actions);
      }
      if (working instanceof Promise) {
        return working.catch(() => this.#giveDefault(policy, actions))
          .then(() => this.#isOver(actions) ? undefined : this.#runFrom(index + 1, message, actions));
      }
      if (this.#isOver(actions)) return;
    }
  }

  #giveDefault(policy: Policy, actions: PolicyActions): void {
    this.#counts.failed++;
    policy.defaults(actions);
  }

  #isOver(actions: WatchedActions): boolean {
    if (actions.isStopped) this.#counts.stopped++;
    return actions.isStopped;
  }
}

/** Hands everything on, and notices a variable that stops the chain. */
class WatchedActions implements PolicyActions {
  readonly #actions: PolicyActions;
  readonly #stop: ReadonlyMap<string, Value>;
  isStopped = false;

  constructor(actions: PolicyActions, stop: ReadonlyMap<string, Value>) {
    this.#actions = actions;
    this.#stop = stop;
  }

  set(scope: Scope, name: string, value: Value): void {
    if (this.#stop.has(name) && this.#stop.get(name) === value) this.isStopped = true;
    this.#actions.set(scope, name, value);
  }

  unset(scope: Scope, name: string): void {
    this.#actions.unset(scope, name);
  }
}
