/**
 * Checks the options of a policy as they come from a configuration file: every key is known, every value fits.
 */
import { SCOPES } from "../codec/mod.ts";
import { EVENTS, InvalidPolicy } from "./policy.ts";

/** Says what is wrong with a value, as the end of "it must be …"; `undefined` when nothing is. */
export type OptionCheck = (value: unknown) => string | undefined;

/** For every option of a type its check. */
export type OptionChecks<T> = Readonly<Record<keyof T & string, OptionCheck>>;

/**
 * Checks options. An option that is `undefined` counts as not given.
 *
 * @param policy the policy's name, for the message
 * @param options what was given
 * @param checks a check for each option that there is
 * @param where the option that the options belong to, where they are not the policy's own: `lists[0]`
 * @throws {InvalidPolicy} at the first option that does not exist or does not fit
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkOptions, integer } from "./option_checks.ts";
 * const checks = { burst: integer(1, 100) };
 * checkOptions("limit", { burst: 5 }, checks);
 * assert.throws(() => checkOptions("limit", { burst: 0 }, checks), {
 *   message: 'Cannot make policy "limit": option "burst" is "0" and must be an integer from 1 to 100',
 * });
 * ```
 */
export function checkOptions<T extends object>(policy: string, options: T, checks: OptionChecks<T>, where = ""): void {
  const known: Readonly<Record<string, OptionCheck>> = checks;
  const prefix = where === "" ? "" : `${where}.`;
  for (const [key, value] of Object.entries(options)) {
    const check = Object.hasOwn(known, key) ? known[key] : undefined;
    if (check === undefined) {
      throw new InvalidPolicy(policy, `there is no option "${prefix}${key}", only ${quoted(Object.keys(checks))}`);
    }
    const wanted = value === undefined ? undefined : check(value);
    if (wanted !== undefined) {
      const given = SECRET.test(key) ? "(hidden)" : shown(value);
      throw new InvalidPolicy(policy, `option "${prefix}${key}" is "${given}" and must be ${wanted}`);
    }
  }
}

/** A whole number between two others, both included. */
export function integer(least: number, most: number): OptionCheck {
  const wanted = `an integer from ${least} to ${most}`;
  return (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most ? undefined : wanted;
}

/** A number between two others, both included. */
export function number(least: number, most: number): OptionCheck {
  const wanted = `a number from ${least} to ${most}`;
  return (value) => typeof value === "number" && value >= least && value <= most ? undefined : wanted;
}

/** Text that is not empty, no longer than is said, and on one line. */
export function text(most = 1024): OptionCheck {
  return (value) =>
    typeof value === "string" && value.length > 0 && value.length <= most && !/[\r\n\0]/.test(value)
      ? undefined
      : `a text of 1 to ${most} characters on one line`;
}

/** One of several words. */
export function oneOf(words: readonly string[]): OptionCheck {
  return (value) => typeof value === "string" && words.includes(value) ? undefined : `one of ${quoted(words)}`;
}

/** `true` or `false`. */
export const flag: OptionCheck = (value) => typeof value === "boolean" ? undefined : "true or false";

/** A list of things; what is in it is checked by who knows. */
export const list: OptionCheck = (value) => Array.isArray(value) ? undefined : "a list";

/** Names and what belongs to them. */
export const table: OptionCheck = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "a table of names and values";

/** A function or an object that a program hands in; configuration files have none. */
export const given: OptionCheck = (value) =>
  typeof value === "function" || typeof value === "object" && value !== null ? undefined : "given by the program";

/** The name of a message, an argument or a variable. */
export const word: OptionCheck = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_.-]{1,63}$/.test(value)
    ? undefined
    : "1 to 63 letters, digits, dots, dashes and underscores";

/** A variable's scope. */
export const scope: OptionCheck = oneOf(SCOPES);

/** An event of `spoe.conf`. */
export const event: OptionCheck = oneOf(EVENTS);

/** Options whose values do not belong into a log. */
const SECRET = /^secrets?$/;

function quoted(words: readonly string[]): string {
  return words.map((one) => `"${one}"`).join(", ");
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a table";
  return String(value).slice(0, 60);
}
