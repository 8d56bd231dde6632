/**
 * The policy `useragent`: what kind of client a user agent belongs to, by a list of rules. No regular expression ever sees
 * the text that strangers send.
 */
import { getLogger } from "@logtape/logtape";
import type { Scope } from "../codec/mod.ts";
import { checkOptions, event, flag, given, integer, type OptionChecks, scope, text, word } from "./option_checks.ts";
import { InvalidPolicy, type Policy, type PolicyActions, type PolicyMessage, type SpoeEvent } from "./policy.ts";
import { readAll } from "./sources/bytes.ts";
import { type Outside, REAL_OUTSIDE } from "./sources/outside.ts";
import { sourceOf } from "./sources/source.ts";
import { Watched } from "./sources/watched.ts";
import { KNOWN_AGENTS } from "./useragent/known_agents.ts";
import { type AgentRule, AgentRules, parseRules } from "./useragent/rules.ts";

const LOG = getLogger(["happi", "spop", "useragent"]);

/** The options of the policy. */
export interface UseragentOptions {
  /** A path or URL with rules, which come before the built-in ones. */
  readonly rules?: string;
  /** Whether the built-in rules are used; true if not given. */
  readonly builtin?: boolean;
  /** How often the rules are looked at, in milliseconds; 10 seconds if not given. */
  readonly intervalMs?: number;
  /** The class of clients that no rule knows; `unknown` if not given. */
  readonly unknownClass?: string;
  /** The class of clients that send no user agent; `none` if not given. */
  readonly emptyClass?: string;
  /** The policy's name; `useragent` if not given. */
  readonly name?: string;
  /** The message; `classify-useragent` if not given. */
  readonly message?: string;
  /** The argument with the user agent; `ua` if not given. */
  readonly argument?: string;
  /** When HAProxy asks; `on-frontend-http-request` if not given. */
  readonly event?: SpoeEvent;
  /** What the variables' names begin with; `ua` if not given. */
  readonly prefix?: string;
  /** The variables' scope; `transaction` if not given. */
  readonly scope?: Scope;
  /** The world. */
  readonly outside?: Partial<Outside>;
}

const CHECKS: OptionChecks<UseragentOptions> = {
  rules: text(2048),
  builtin: flag,
  intervalMs: integer(1_000, 7 * 86_400_000),
  unknownClass: word,
  emptyClass: word,
  name: word,
  message: word,
  argument: word,
  event,
  prefix: word,
  scope,
  outside: given,
};

const LIMITS = { maxBytes: 4 * 2 ** 20, timeoutMs: 60_000 };

/**
 * Makes the policy. It sets `ua_class` and `ua_name`; the name is empty where no rule matches.
 *
 * @param options see {@linkcode UseragentOptions}
 * @throws {InvalidPolicy} when an option is wrong or the rules cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createUseragent } from "./useragent.ts";
 * await using policy = await createUseragent();
 * const set: unknown[] = [];
 * const actions = { set: (_scope: string, _name: string, value: unknown) => set.push(value), unset: () => {} };
 * await policy.decide({ name: "classify-useragent", args: { ua: "curl/8.5.0" } }, actions);
 * assert.deepEqual(set, ["tool", "curl"]);
 * ```
 */
export async function createUseragent(options: UseragentOptions = {}): Promise<Policy> {
  const { name = "useragent", message = "classify-useragent", argument = "ua", prefix = "ua" } = options;
  checkOptions(name, options, CHECKS);
  const { event = "on-frontend-http-request", scope = "transaction" } = options;
  const { unknownClass = "unknown", emptyClass = "none", builtin = true } = options;
  const ending = builtin ? parseRules(KNOWN_AGENTS) : [];
  const watched = options.rules === undefined ? undefined : watchRules(options.rules, ending, options);
  await watched?.refresh().catch((thrown) => {
    throw new InvalidPolicy(name, thrown.message, thrown);
  });
  watched?.poll();
  const builtinRules = new AgentRules(ending);
  const [classVariable, nameVariable] = [`${prefix}_class`, `${prefix}_name`];
  const counts: Record<string, number> = Object.create(null);
  const answer = (actions: PolicyActions, kind: string, agent: string) => {
    actions.set(scope, classVariable, kind);
    actions.set(scope, nameVariable, agent);
  };
  return {
    name,
    kind: "useragent",
    message: { name: message, args: [{ name: argument, types: ["string"], fetch: "req.fhdr(user-agent)" }], event },
    sets: [
      {
        scope,
        name: classVariable,
        type: "string",
        description: "what kind of client it is: crawler, browser, tool …",
      },
      { scope, name: nameVariable, type: "string", description: "which client it is, empty when it is not known" },
    ],
    decide({ args }: PolicyMessage, actions: PolicyActions) {
      const agent = args[argument];
      const hasText = typeof agent === "string" && agent !== "";
      const rule = hasText ? (watched?.value ?? builtinRules).find(agent) : undefined;
      const kind = rule?.class ?? (hasText ? unknownClass : emptyClass);
      counts[`class.${kind}`] = (counts[`class.${kind}`] ?? 0) + 1;
      answer(actions, kind, rule?.name ?? "");
    },
    defaults: (actions) => answer(actions, unknownClass, ""),
    ...(watched === undefined ? {} : { reload: async (signal?: AbortSignal) => void await watched.refresh(signal) }),
    stats: () => ({
      ...counts,
      rules: (watched?.value ?? builtinRules).rules.length,
      ...(watched?.error === undefined ? {} : { error: watched.error.message }),
    }),
    [Symbol.asyncDispose]: async () => await watched?.[Symbol.asyncDispose](),
  };
}

function watchRules(location: string, ending: readonly AgentRule[], options: UseragentOptions): Watched<AgentRules> {
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  return new Watched(sourceOf(location, LIMITS, outside), {
    intervalMs: options.intervalMs ?? 10_000,
    outside,
    load: async ({ body }) => {
      const text = new TextDecoder().decode(await readAll(body));
      return new AgentRules([...parseRules(text), ...ending]);
    },
    onAsked: (asked) => {
      if ("error" in asked) LOG.warn("{error}; the last good rules stay in use", { error: asked.error.message });
    },
  });
}
