/**
 * The policy `ip_reputation`: how well an address is thought of, from 0 to 100, by lists of addresses and networks.
 *
 * The longest prefix of all lists counts; where several lists have that very prefix, the lowest score. 100 where no list
 * knows the address.
 */
import { checkLists, type ListOptions } from "./lists/list_options.ts";
import { ReputationLists } from "./lists/reputation_lists.ts";
import { checkOptions, event, given, integer, list, type OptionChecks, scope, word } from "./option_checks.ts";
import {
  addressOf,
  InvalidPolicy,
  type Policy,
  type PolicyActions,
  type PolicyMessage,
  type SpoeEvent,
} from "./policy.ts";
import type { PrefixTable } from "./prefixes/prefix_table.ts";
import type { Outside } from "./sources/outside.ts";
import type { Scope } from "../codec/mod.ts";

/** The options of the policy. */
export interface IpReputationOptions extends IpReputationNames {
  /** The lists; without any, every address has the score of unknown ones. */
  readonly lists?: readonly ListOptions[];
  /** Told of each new table, to hand its parts to workers. */
  readonly onTable?: (table: PrefixTable) => void;
  /** The world. */
  readonly outside?: Partial<Outside>;
}

/** The options that do not say where the scores come from. */
export interface IpReputationNames {
  /** The policy's name; `ip_reputation` if not given. */
  readonly name?: string;
  /** The message; `get-ip-reputation` if not given. */
  readonly message?: string;
  /** The argument with the address; `ip` if not given. */
  readonly argument?: string;
  /** When HAProxy asks; `on-client-session` if not given. */
  readonly event?: SpoeEvent;
  /** The variable; `ip_score` if not given. */
  readonly variable?: string;
  /** The variable's scope; `session` if not given. */
  readonly scope?: Scope;
  /** The score of addresses that no list has, and the verdict when there is none in time; 100 if not given. */
  readonly unknownScore?: number;
}

const NAMES_CHECKS: OptionChecks<IpReputationNames> = {
  name: word,
  message: word,
  argument: word,
  event,
  variable: word,
  scope,
  unknownScore: integer(0, 100),
};

const CHECKS: OptionChecks<IpReputationOptions> = { ...NAMES_CHECKS, lists: list, onTable: given, outside: given };

/**
 * Makes the policy: reads the lists, and follows them from then on.
 *
 * @param options see {@linkcode IpReputationOptions}
 * @throws {InvalidPolicy} when an option is wrong or a required list cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createIpReputation } from "./ip_reputation.ts";
 * await using policy = await createIpReputation({ unknownScore: 90 });
 * const verdict: unknown[] = [];
 * const actions = { set: (...action: unknown[]) => verdict.push(...action), unset: () => {} };
 * await policy.decide({ name: "get-ip-reputation", args: { ip: "192.0.2.1" } }, actions);
 * assert.deepEqual(verdict, ["session", "ip_score", 90]);
 * ```
 */
export async function createIpReputation(options: IpReputationOptions = {}): Promise<Policy> {
  const name = options.name ?? "ip_reputation";
  checkOptions(name, options, CHECKS);
  const { lists = [], onTable, outside, ...names } = options;
  checkLists(name, lists);
  const opened = await ReputationLists.open(lists, {
    ...(onTable === undefined ? {} : { onTable }),
    ...(outside === undefined ? {} : { outside }),
  }).catch((thrown) => {
    throw thrown instanceof Error ? new InvalidPolicy(name, thrown.message, thrown) : thrown;
  });
  return ipReputationOf(opened, names, opened);
}

/**
 * The policy with a table that somebody else keeps: in a worker, made of the parts that its main thread sent.
 *
 * @param scores has the table that is in force
 * @param options see {@linkcode IpReputationNames}
 * @param lists what the policy owns, reloads and ends
 * @throws {InvalidPolicy} when an option is wrong
 */
export function ipReputationOf(
  scores: { readonly table: PrefixTable },
  options: IpReputationNames,
  lists?: ReputationLists,
): Policy {
  const { name = "ip_reputation", message = "get-ip-reputation", argument = "ip", variable = "ip_score" } = options;
  checkOptions(name, options, NAMES_CHECKS);
  const { event = "on-client-session", scope = "session", unknownScore = 100 } = options;
  const counts = { decisions: 0, listed: 0, no_address: 0 };
  return {
    name,
    kind: "ip_reputation",
    message: { name: message, args: [{ name: argument, types: ["ip", "string"], fetch: "src" }], event },
    sets: [{ scope, name: variable, type: "integer", description: "reputation of the address, 0 (bad) to 100 (good)" }],
    decide(asked: PolicyMessage, actions: PolicyActions) {
      counts.decisions++;
      const ip = addressOf(asked.args[argument]);
      const score = ip === undefined ? -1 : scores.table.score(ip);
      if (ip === undefined) counts.no_address++;
      if (score >= 0) counts.listed++;
      actions.set(scope, variable, score < 0 ? unknownScore : score);
    },
    defaults: (actions) => actions.set(scope, variable, unknownScore),
    ...(lists === undefined ? {} : { reload: (signal?: AbortSignal) => lists.reload(signal) }),
    stats: () => ({ ...counts, ...lists?.stats() }),
    [Symbol.asyncDispose]: async () => await lists?.[Symbol.asyncDispose](),
  };
}
