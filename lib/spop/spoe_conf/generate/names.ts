/**
 * What goes into a generated configuration, and that it fits: what holds a line break or a quote would become other lines.
 */
import { HappiError } from "../../../errors.ts";
import { type ArgumentSpec, EVENTS, type MessageSpec, type Policy } from "../../policies/policy.ts";
import { SCOPE_WORDS } from "../check_handlers.ts";
import type { NamedVariable } from "../frontend_rules.ts";

/** What is used of a policy. */
export type Described = Pick<Policy, "name" | "kind" | "message" | "sets">;

/** A configuration cannot be generated from what was given. */
export class CannotGenerate extends HappiError {
  /** @param why what is wrong, with the value in quotes */
  constructor(why: string) {
    super("cannot_generate", `Cannot generate spoe.conf: ${why}`);
  }
}

/**
 * Checks a name.
 *
 * @throws {CannotGenerate} when it does not fit
 */
export function requireName(what: string, name: string, pattern: RegExp): void {
  if (!pattern.test(name)) throw new CannotGenerate(`"${name}" cannot be the name of the ${what}`);
}

/**
 * One message a name; policies may share one that they want alike.
 *
 * @throws {CannotGenerate} when they do not want it alike, or there is none
 */
export function distinctMessages(policies: readonly Described[]): MessageSpec[] {
  const found = new Map<string, MessageSpec>();
  for (const { message } of policies) {
    requireName("message", message.name, /^[A-Za-z0-9_.:-]+$/);
    if (!EVENTS.includes(message.event)) throw new CannotGenerate(`there is no event "${message.event}"`);
    const other = found.get(message.name);
    if (other === undefined) found.set(message.name, message);
    else if (other.event !== message.event || argumentsOf(other).join(" ") !== argumentsOf(message).join(" ")) {
      throw new CannotGenerate(`two policies want message "${message.name}" with other arguments or at another event`);
    }
  }
  if (found.size === 0) throw new CannotGenerate("there is no policy");
  return [...found.values()];
}

/**
 * All variables.
 *
 * @throws {CannotGenerate} when two policies set the same one: they would undo each other's verdict
 */
export function distinctVariables(policies: readonly Described[], prefix: string): NamedVariable[] {
  const found = new Map<string, NamedVariable>();
  for (const { name: policy, kind, sets } of policies) {
    for (const variable of sets) {
      requireName("variable", variable.name, /^[A-Za-z0-9_.]+$/);
      if (!Object.hasOwn(SCOPE_WORDS, variable.scope)) {
        throw new CannotGenerate(`variable "${variable.name}" has scope "${variable.scope}", which there is not`);
      }
      const name = `${SCOPE_WORDS[variable.scope]}.${prefix}.${variable.name}`;
      const other = found.get(name);
      if (other !== undefined) {
        const why = `policies "${other.policy}" and "${policy}" both set "${name}"`;
        throw new CannotGenerate(`${why}; give each an engine of its own, or put them into a chain`);
      }
      found.set(name, { policy, kind, variable, name });
    }
  }
  return [...found.values()];
}

/** The arguments of a message, as its `args` lines have them. */
export function argumentsOf(message: MessageSpec): string[] {
  return message.args.map(argument);
}

function argument({ name, fetch }: ArgumentSpec): string {
  requireName("argument", name, /^[A-Za-z0-9_.-]+$/);
  if (!isOnOneLine(fetch)) throw new CannotGenerate(`"${fetch}" cannot be the value of "${name}"`);
  return `${name}=${escaped(fetch)}`;
}

/** Whether it is text without line breaks and other control characters. */
export function isOnOneLine(text: string): boolean {
  return text !== "" && !/\p{Cc}/u.test(text);
}

/** One word of HAProxy's, whatever is in it. */
export function escaped(text: string): string {
  return text.replaceAll(/[ "'\\#$]/g, (character) => `\\${character}`);
}
