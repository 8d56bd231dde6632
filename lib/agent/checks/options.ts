/**
 * Reads the options of a check, as the configuration or the wire gives them: every key is known, every value fits.
 *
 * A kind writes its options as a table of {@linkcode required} and {@linkcode optional} ones; the table gives the
 * values their types and the help its lines. Sorts of values are in `option_types.ts`.
 */
import type { CheckOptions } from "../check.ts";
import { InvalidCheck } from "../errors.ts";
import { withoutLogins } from "../secrets.ts";
import { nearest } from "./nearest.ts";
import type { OptionType } from "./option_types.ts";

export * from "./option_types.ts";

/** One option that there is. */
export interface Option<T> {
  /** One line for the help. */
  readonly about: string;
  readonly wanted: string;
  readonly read: (value: unknown) => T | undefined;
  readonly isRequired: boolean;
  /** What it is when it is not given; of no meaning where it is required. */
  readonly fallback: T | undefined;
  /** Whether only the configuration may give it. */
  readonly isConfigOnly: boolean;
}

/** The options of a kind, by name. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What {@linkcode readOptions} gives for a table. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Option<infer T> ? T : never;
};

/** An option that must be given. */
export function required<T>(type: OptionType<T>, about: string): Option<T> {
  return { ...type, about, isRequired: true, fallback: undefined, isConfigOnly: false };
}

/** An option that may be left out: `undefined` then, or what is said here. */
export function optional<T>(type: OptionType<T>, about: string): Option<T | undefined>;
export function optional<T>(type: OptionType<T>, about: string, fallback: T): Option<T>;
export function optional<T>(type: OptionType<T>, about: string, fallback?: T): Option<T | undefined> {
  return { ...type, about, isRequired: false, fallback, isConfigOnly: false };
}

/** An option that a request on the wire may not give: it names a file, or a secret. */
export function configOnly<T>(option: Option<T>): Option<T> {
  return { ...option, isConfigOnly: true };
}

/** The help lines of a table, for `CheckKind.options`. */
export function optionHelp(table: OptionTable): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([name, { about }]) => [name, about]));
}

/**
 * Reads options. One that is `undefined` counts as not given; so does an empty one on the wire, where a field before
 * the last can only be left out as `||`.
 *
 * @param check the check's name or kind, for the message
 * @param given what was given
 * @param table the options there are
 * @param origin who gave them
 * @returns all options of the table
 * @throws {InvalidCheck} at the first that is missing, unknown or does not fit
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integer, optional, readOptions } from "./options.ts";
 * const TABLE = { numBlocks: optional(integer(0, 1000), "how far it may be behind", 10) };
 * assert.deepEqual(readOptions("v1", { numBlocks: "20" }, TABLE, "wire"), { numBlocks: 20 });
 * assert.throws(() => readOptions("v1", { numBlock: 20 }, TABLE, "config"), {
 *   message: 'Cannot make check "v1": there is no option "numBlock", only "numBlocks"; the nearest is "numBlocks"',
 * });
 * ```
 */
export function readOptions<Table extends OptionTable>(
  check: string,
  given: CheckOptions,
  table: Table,
  origin: "wire" | "config",
): OptionValues<Table> {
  refuseUnknown(check, given, table);
  const values = Object.entries(table).map(([name, option]) => {
    const value = given[name];
    if (value === undefined || origin === "wire" && value === "") return [name, missing(check, name, option)];
    if (origin === "wire" && option.isConfigOnly) {
      throw new InvalidCheck(check, `option "${name}" may only be given by the configuration`);
    }
    const read = option.read(value);
    if (read === undefined) {
      throw new InvalidCheck(check, `option "${name}" is "${shown(value)}" and must be ${option.wanted}`);
    }
    return [name, read];
  });
  // Made of the table's own keys, each with what its own `read` gave: what the type says.
  return Object.fromEntries(values) as OptionValues<Table>;
}

function refuseUnknown(check: string, given: CheckOptions, table: OptionTable): void {
  const names = Object.keys(table);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  const hint = near === undefined ? "" : `; the nearest is "${near}"`;
  const all = names.map((name) => `"${name}"`).join(", ");
  throw new InvalidCheck(check, `there is no option "${shown(unknown)}", only ${all}${hint}`);
}

function missing<T>(check: string, name: string, option: Option<T>): T | undefined {
  if (option.isRequired) throw new InvalidCheck(check, `option "${name}" is missing and must be ${option.wanted}`);
  return option.fallback;
}

/** A value as a message shows it: short, on one line. */
function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a table";
  return withoutLogins(String(value)).slice(0, 80).replaceAll(/\p{Cc}/gu, "?");
}
