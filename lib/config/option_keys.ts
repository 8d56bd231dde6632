/**
 * Options of policies and checks: camelCase in code, snake_case in the file. What somebody says of an option in code's
 * words is told with the line, and in the file's words.
 */
import type { Document } from "./document.ts";
import type { InvalidConfig } from "./errors.ts";
import type { PathPart } from "./positions.ts";

/** `unknown_score` as `unknownScore`. */
export function camelCase(key: string): string {
  return key.replaceAll(/_([a-z0-9])/g, (_, one: string) => one.toUpperCase());
}

/**
 * The name in code of a key.
 *
 * @throws {InvalidConfig} when the key is not in snake_case
 */
export function optionName(document: Document, path: readonly PathPart[], key: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(key)) throw document.fault([...path, key], "is unknown: keys are in snake_case");
  return camelCase(key);
}

/** Relative paths are meant from the configuration's folder on, wherever happi was started. */
export function besideFile(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((one) => besideFile(one, folder));
  if (typeof value !== "string" || value === "" || /^(\/|https?:\/\/)/.test(value)) return value;
  return `${folder}${value}`;
}

/** The folder of a configuration, with its slash; "" for the current one. */
export function folderOf(file: string): string {
  const at = file.lastIndexOf("/");
  return at < 0 ? "" : file.slice(0, at + 1);
}

/**
 * The error for something that was said of a table's options.
 *
 * @param path the table
 * @param why `option "unknownScore" is "101" and must be …`, `there is no option "x", only "y"`, or anything else
 * @param cause the error that said so
 */
export function optionFault(
  document: Document,
  path: readonly PathPart[],
  why: string,
  cause: Error,
): InvalidConfig {
  const [, option = ""] = /options? "([^"]+)"/.exec(why) ?? [];
  const place = [...path, ...pathOf(option)];
  const said = `option "${option}" `;
  if (option !== "" && why.startsWith(said)) return document.fault(place, snakeOptions(why.slice(said.length)), cause);
  const unknown = /^there is no option "[^"]+", only (.*)$/.exec(why);
  if (unknown !== null) return document.fault(place, `is unknown: the keys are ${snakeWords(unknown[1] ?? "")}`, cause);
  return document.fault(place, `cannot be used: ${snakeOptions(why)}`, cause);
}

/** `lists[0].prefixColumn` as the path of its key. */
function pathOf(option: string): PathPart[] {
  if (option === "") return [];
  return option.split(".").flatMap((part) => {
    const [, key = part, index] = /^(.*?)\[(\d+)\]$/.exec(part) ?? [];
    return index === undefined ? [snakeCase(key)] : [snakeCase(key), Number(index)];
  });
}

/** The options that a sentence names, as the file names them. */
function snakeOptions(why: string): string {
  return why.replaceAll(/(?<=\boptions? )"[^"]+"(?: and "[^"]+")*|(?<=give one of )(?:"[^"]+"(?:, )?)+/g, snakeCase);
}

/** `"a", "bC"` as `a, b_c`. */
function snakeWords(list: string): string {
  return snakeCase(list.replaceAll('"', ""));
}

function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (one) => `_${one.toLowerCase()}`);
}
