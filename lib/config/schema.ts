/**
 * The keys of a table, each with its check: what is not there is refused by name, with the nearest that is.
 */
import type { Document, Table } from "./document.ts";
import type { PathPart } from "./positions.ts";

/** Reads a value; gives what it must be instead, as the end of "must be …", when it does not fit. */
export type Read<T> = (value: unknown) => { readonly value: T } | { readonly wanted: string };

/** For each key of a table how it is read. */
export type Schema<T> = { readonly [name in keyof T]-?: Read<Exclude<T[name], undefined>> };

/**
 * Reads the keys of a table.
 *
 * @param document for errors
 * @param path the table's own
 * @param table its keys and values
 * @param schema the keys that there are; all may be missing
 * @param isOther whether a key belongs to somebody else
 * @throws {InvalidConfig} at the first key that there is not, or whose value does not fit
 */
export function readTable<T extends object>(
  document: Document,
  path: readonly PathPart[],
  table: Table,
  schema: Schema<T>,
  isOther: (value: unknown) => boolean = () => false,
): Partial<T> {
  const found: Partial<T> = {};
  for (const [key, value] of Object.entries(table)) {
    if (!isKeyOf(schema, key)) {
      if (isOther(value)) continue;
      throw document.fault([...path, key], `is unknown: the keys are ${Object.keys(schema).join(", ")}`);
    }
    readKey(document, path, key, value, schema, found);
  }
  return found;
}

function readKey<T, K extends keyof T & string>(
  document: Document,
  path: readonly PathPart[],
  key: K,
  value: unknown,
  schema: Schema<T>,
  found: Partial<T>,
): void {
  const read = schema[key](value);
  if ("wanted" in read) throw document.fault([...path, key], `is ${shown(value)} and must be ${read.wanted}`);
  found[key] = read.value;
}

function isKeyOf<T extends object>(schema: Schema<T>, key: string): key is keyof T & string {
  return Object.hasOwn(schema, key);
}

/** A whole number between two others, both included. */
export function integer(least: number, most: number): Read<number> {
  return (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
      ? { value }
      : { wanted: `a whole number from ${least} to ${most}` };
}

/** One of several words. */
export function oneOf<const W extends string>(words: readonly W[]): Read<W> {
  return (value) => {
    const found = words.find((word) => word === value);
    return found === undefined ? { wanted: words.map((word) => `"${word}"`).join(" or ") } : { value: found };
  };
}

/** A text that is not empty. */
export const text: Read<string> = (value) =>
  typeof value === "string" && value !== "" ? { value } : { wanted: "a text" };

/** Yes or no. */
export const flag: Read<boolean> = (value) => typeof value === "boolean" ? { value } : { wanted: "true or false" };

/** A text, or a list of some. */
export const texts: Read<readonly string[]> = (value) => {
  const list = Array.isArray(value) ? value : [value];
  const strings = list.filter((one) => typeof one === "string" && one !== "");
  return strings.length === list.length && list.length > 0
    ? { value: strings }
    : { wanted: "a text or a list of texts" };
};

/** A value in an error: short, and never a whole table. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null && !(value instanceof Date)) return "a table";
  return `"${String(value).slice(0, 60)}"`;
}
