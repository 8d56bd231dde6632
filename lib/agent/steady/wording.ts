/**
 * From a finding to the words for it: `on_up` and `on_down` of the configuration, and what takes back words that stay in force
 * at HAProxy until the agent itself takes them back (configuration manual, 5.2 "agent-check"). Pure.
 */
import type { Finding } from "../check.ts";
import type { Reply } from "../reply.ts";

/** The words of a check's configuration. */
export interface Words {
  readonly onUp?: Reply;
  readonly onDown?: Reply;
}

/** What was said that does not end by itself. */
export interface Debt {
  /** `drain` or `maint`: only `ready` ends it. */
  readonly admin: boolean;
  /** The weight of `on_down`: only another weight ends it. */
  readonly weight: boolean;
}

/** Nothing was said that must be taken back. */
export const NO_DEBT: Debt = { admin: false, weight: false };

/**
 * The words for a target that is up. It always says `up`: only that ends a `down` that was said before, maybe by an agent
 * that has since ended.
 *
 * @param finding what a check found, for its weight, maxconn and text
 * @param words of the configuration
 * @param debt what is to be taken back
 */
export function upWords(finding: Finding | undefined, words: Words, debt: Debt): Reply {
  const { onUp } = words;
  const found = finding?.reply ?? {};
  const taken: { admin?: "ready"; weight?: { percent: number } } = {};
  if (debt.admin) taken.admin = "ready";
  if (debt.weight) taken.weight = { percent: 100 };
  return { health: "up", ...taken, ...onUp, ...found };
}

/**
 * The words for a target that is down: those of `on_down` where the finding's word is one for ill health, else the finding's.
 *
 * @param finding what a check found
 * @param words of the configuration
 */
export function downWords(finding: Finding, words: Words): Reply {
  const { onDown } = words;
  const { reply, reason } = finding;
  const text = reply.text ?? reason;
  const isIll = reply.health !== undefined && reply.health !== "up";
  const said: Reply = isIll && onDown !== undefined ? { health: "up", ...onDown } : reply;
  return text === "" || said.text !== undefined ? said : { ...said, text };
}

/** What these words, once said, leave to be taken back. */
export function debtOf(said: Reply, words: Words): Debt {
  const admin = said.admin === "drain" || said.admin === "maint";
  const { onDown } = words;
  return { admin, weight: onDown?.weight !== undefined && said.weight === onDown.weight };
}

/** The debt of an agent that has since ended, where only its being is remembered. */
export function rememberedDebt(words: Words): Debt {
  const { onDown } = words;
  return { admin: onDown === undefined || onDown.admin !== undefined, weight: onDown?.weight !== undefined };
}
