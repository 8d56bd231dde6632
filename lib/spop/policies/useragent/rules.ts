/**
 * Rules for user agents as a file has them: class, name and pattern, one rule a line.
 */
import { InvalidRules, Matcher } from "./matcher.ts";

/** A rule. */
export interface AgentRule {
  /** What kind of client it is: `crawler`, `monitor` … */
  readonly class: string;
  /** Which one it is. */
  readonly name: string;
  /** What its user agent has in it; `^` stands for the beginning, `$` for the end. */
  readonly pattern: string;
}

/** The most rules that there may be. */
export const MAX_RULES = 20_000;

/**
 * Reads rules. Class and name are words, a name with spaces is in double quotes, and the pattern is all that follows.
 * Lines that begin with `#` are comments.
 *
 * @param text the file's text
 * @returns the rules in order: the first that matches wins
 * @throws {InvalidRules} at the first line that is no rule
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseRules } from "./rules.ts";
 * assert.deepEqual(parseRules('crawler "Example Bot" ^ExampleBot/'), [
 *   { class: "crawler", name: "Example Bot", pattern: "^ExampleBot/" },
 * ]);
 * ```
 */
export function parseRules(text: string): AgentRule[] {
  const rules: AgentRule[] = [];
  for (const [index, line] of text.replace(/^\ufeff/, "").split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, kind, quoted, plain, pattern] = RULE.exec(trimmed) ?? [];
    const name = quoted ?? plain;
    if (kind === undefined || name === undefined || pattern === undefined) {
      throw new InvalidRules(`line ${index + 1}`, 'it is not "CLASS NAME PATTERN"');
    }
    rules.push({ class: kind, name, pattern });
    if (rules.length > MAX_RULES) throw new InvalidRules("the rules", `there are more than ${MAX_RULES}`);
  }
  return rules;
}

/** Each part begins where the one before cannot go on, so that there is one way to read a line. */
const RULE = /^([a-z0-9_.-]{1,64})[ \t]+(?:"([^"]{1,100})"|([^\s"]\S{0,99}))[ \t]+(\S.{0,499})$/i;

/** Rules, ready to be asked. */
export class AgentRules {
  /** The rules. */
  readonly rules: readonly AgentRule[];
  readonly #matcher: Matcher;

  /**
   * @param rules in order
   * @throws {InvalidRules} when a pattern cannot be used
   */
  constructor(rules: readonly AgentRule[]) {
    this.rules = rules;
    this.#matcher = new Matcher(rules.map((rule) => rule.pattern));
  }

  /** The first rule that a user agent matches. */
  find(agent: string): AgentRule | undefined {
    return this.rules[this.#matcher.find(agent)];
  }
}
