/**
 * One finding out of several: the worst of them, or the best.
 */
import type { Facts, Finding } from "../../check.ts";
import { type Admin, type Health, isUpSide, type Reply, type Weight } from "../../reply.ts";

/** What another check found. */
export interface Asked {
  readonly name: string;
  readonly finding: Finding;
}

/** `all` must be well, or `any` is enough. */
export type Combination = "all" | "any";

/** From best to worst. */
const HEALTHS: readonly Health[] = ["up", "stopped", "down", "fail"];
const ADMINS: readonly Admin[] = ["ready", "drain", "maint"];

/**
 * The finding of a combination.
 *
 * `all`: the worst health and admin word that anybody said, the smallest weight and maxconn. `any`: when somebody is on the
 * up side, the best of those who are; else as `all`. Weights in percent and absolute ones cannot be compared: the first sort
 * that was said counts. Of weights, only those said by somebody count: who says none has no opinion.
 *
 * @param asked at least one
 */
export function combine(asked: readonly Asked[], combination: Combination): Finding {
  const ill = asked.filter(({ finding }) => !isUpSide(finding.reply));
  const isGood = combination === "any" && ill.length < asked.length;
  const counted = isGood ? asked.filter((one) => !ill.includes(one)) : asked;
  const replies = counted.map(({ finding }) => finding.reply);
  return {
    reply: isGood ? mix(replies, last) : mix(replies, first),
    reason: joinReasons(isGood ? counted : ill.length > 0 ? ill : asked),
    facts: factsOf(asked, ill),
  };
}

/** Chooses from a list that is sorted from bad to good. */
type Choose = <T>(sorted: readonly T[]) => T | undefined;

const first: Choose = (sorted) => sorted[0];
const last: Choose = (sorted) => sorted.at(-1);

function mix(replies: readonly Reply[], choose: Choose): Reply {
  const health = choose(worstFirst(HEALTHS, replies.map((one) => one.health)));
  const admin = choose(worstFirst(ADMINS, replies.map((one) => one.admin)));
  const maxconn = choose(replies.map((one) => one.maxconn).filter(isGiven).sort((a, b) => limitOf(a) - limitOf(b)));
  const weight = chooseWeight(replies.map((one) => one.weight).filter(isGiven), choose);
  return {
    ...(health === undefined ? {} : { health }),
    ...(admin === undefined ? {} : { admin }),
    ...(weight === undefined ? {} : { weight }),
    ...(maxconn === undefined ? {} : { maxconn }),
  };
}

function worstFirst<Word>(order: readonly Word[], words: readonly (Word | undefined)[]): Word[] {
  return words.filter(isGiven).sort((a, b) => order.indexOf(b) - order.indexOf(a));
}

/** 0 stands for no limit. */
function limitOf(maxconn: number): number {
  return maxconn === 0 ? Infinity : maxconn;
}

function chooseWeight(weights: readonly Weight[], choose: Choose): Weight | undefined {
  const [sort] = weights;
  if (sort === undefined) return undefined;
  const same = weights.filter((one) => "percent" in one === "percent" in sort);
  return choose(same.toSorted((a, b) => numberOf(a) - numberOf(b)));
}

function numberOf(weight: Weight): number {
  return "percent" in weight ? weight.percent : weight.absolute;
}

function joinReasons(asked: readonly Asked[]): string {
  return asked.filter(({ finding }) => finding.reason !== "")
    .map(({ name, finding }) => `${name}: ${finding.reason}`).join("; ");
}

function factsOf(asked: readonly Asked[], ill: readonly Asked[]): Facts {
  return { checks: asked.length, up: asked.length - ill.length, not_up: ill.map(({ name }) => name).join(",") };
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined;
}
