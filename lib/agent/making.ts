/**
 * Making a check out of what the configuration or a request says; what is wrong with it is told by the check's own name.
 */
import { reason } from "../errors.ts";
import type { Check, CheckContext, CheckKind, CheckOptions } from "./check.ts";
import { InvalidCheck } from "./errors.ts";
import type { SteadyOptions } from "./options.ts";
import { formatReply } from "./reply.ts";

/**
 * Makes a check.
 *
 * @param kind whose check
 * @param name how it is called in what is wrong with it: a kind names itself, and two checks of one kind are to be told apart
 * @throws {InvalidCheck} when an option is missing, unknown or does not fit
 */
export function makeCheck(kind: CheckKind, name: string, options: CheckOptions, context: CheckContext): Check {
  try {
    return kind.make(options, context);
  } catch (thrown) {
    if (!(thrown instanceof InvalidCheck)) throw new InvalidCheck(name, reason(thrown), thrown);
    throw new InvalidCheck(name, thrown.message.replace(/^Cannot make check "[^"]*": /, ""), thrown);
  }
}

/**
 * Looks at what every check of the configuration has.
 *
 * @throws {InvalidCheck} when HAProxy would not understand its words
 */
export function validateSteady(name: string, steady: SteadyOptions): void {
  for (const key of ["onUp", "onDown", "onDeadline"] as const) {
    const reply = steady[key];
    try {
      if (reply !== undefined) formatReply(reply);
    } catch (thrown) {
      throw new InvalidCheck(name, `option "${key}": ${reason(thrown)}`, thrown);
    }
  }
}
