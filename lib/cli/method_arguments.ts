/**
 * A method's arguments on the command line: its parameters as positional words, its settings as options, and everything
 * by name in the JSON of `-d`. What may be given twice is refused; what is missing is found when they are bound.
 */
import { object } from "@optique/core/constructs";
import { multiple, optional } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, option } from "@optique/core/primitives";
import type { AnyMethod, Field, Parameter } from "../client/mod.ts";
import type { Input } from "./environment.ts";
import { readText } from "./input.ts";
import { isRecord } from "./output/rows.ts";
import { UsageError } from "./usage_error.ts";
import { path, word } from "./values.ts";

/** What the parser of {@linkcode argumentParser} gives: texts by parameter, `true` for a flag. */
export interface ArgumentValues {
  readonly positional: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The parser of a method's arguments. */
export function argumentParser(method: AnyMethod): Parser<"sync", ArgumentValues, unknown> {
  const positional: Record<string, Parser<"sync", unknown, unknown>> = {};
  for (const parameter of positionalOf(method)) {
    const words = argument(valueOf(parameter), { description: describe(parameter) });
    positional[parameter.name] = parameter.form === "list" ? multiple(words) : optional(words);
  }
  const settings: Record<string, Parser<"sync", unknown, unknown>> = {};
  for (const field of settingsOf(method)) {
    const options = { description: describe(field) };
    settings[field.name] = field.form === "flag"
      ? option(optionName(field), options)
      : optional(option(optionName(field), valueOf(field), options));
  }
  return object({ positional: object("Arguments", positional), settings: object("Settings", settings) });
}

/**
 * Reads the arguments of a call.
 *
 * @param values what the parser gave
 * @param data the JSON of `-d`, where there is some
 * @param stdin where a value of `-` comes from
 * @returns the arguments by name, read and ready to be bound
 * @throws {UsageError} when the JSON is none, or an argument is given twice
 * @throws {InvalidArgument} when a text is no such value
 * @throws {UnreadableFile} when a value's file cannot be read
 */
export async function readArguments(
  method: AnyMethod,
  values: ArgumentValues,
  data: string | undefined,
  stdin: Input,
): Promise<Record<string, unknown>> {
  const named: Record<string, unknown> = { ...readJson(data === "-" ? await readText(stdin, "-") : data) };
  const given = { ...values.positional, ...values.settings };
  for (const parameter of [...positionalOf(method), ...settingsOf(method)]) {
    const value = given[parameter.name];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
    if (Object.hasOwn(named, parameter.name)) {
      throw new UsageError(`Cannot take ${parameter.name} twice: it is in the JSON of -d too`);
    }
    named[parameter.name] = await readValue(parameter, value, stdin);
  }
  return named;
}

/** How a method is typed: its required and optional words. */
export function argumentUsage(method: AnyMethod): string {
  return positionalOf(method).map((one) => {
    const name = one.metavar.length > LONGEST_IN_USAGE ? one.name.toUpperCase() : one.metavar;
    return one.optional ? `[${name}]` : name;
  }).join(" ");
}

const LONGEST_IN_USAGE = 30;

/** The parameters that are words. */
export function positionalOf(method: AnyMethod): readonly Parameter<unknown>[] {
  return method.parameters.filter((parameter) => parameter.fields === undefined);
}

/** The parameters that are options. */
export function settingsOf(method: AnyMethod): readonly Field[] {
  return method.parameters.flatMap((parameter) => parameter.fields ?? []);
}

/** A setting's option: `--max-age` for `max_age`. */
export function optionName(field: Field): `--${string}` {
  return `--${field.name.replaceAll("_", "-")}`;
}

/** Whether a parameter takes the text of a file (a certificate, a map, a secret), so that `@file` and `-` make sense. */
export function takesLines(parameter: Parameter<unknown>): boolean {
  return parameter.form === "file";
}

function valueOf(parameter: Parameter<unknown>) {
  return takesLines(parameter)
    ? path(parameter.metavar)
    : word(parameter.metavar.replace(/\.\.\.$/, ""), parameter.choices ?? []);
}

function describe(parameter: Parameter<unknown>) {
  const more = takesLines(parameter) ? "; @FILE reads it from a file, - from standard input" : "";
  return [{ type: "text" as const, text: `${capitalised(parameter.description)}${more}` }];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function readValue(parameter: Parameter<unknown>, value: unknown, stdin: Input): Promise<unknown> {
  if (value === true) return true;
  if (Array.isArray(value)) {
    const [only, ...others] = value.map(String);
    if (only !== undefined && others.length === 0) return parameter.read(only);
    const read = value.map((one) => parameter.read(String(one)));
    return read.every(isRecord) ? Object.assign({}, ...read) : parameter.check(value.map(String));
  }
  const text = String(value);
  if (!takesLines(parameter)) return parameter.read(text);
  if (text === "-") return parameter.read(await readText(stdin, "-"));
  return parameter.read(text.startsWith("@") ? await readText(stdin, text.slice(1)) : text);
}

function readJson(data: string | undefined): Readonly<Record<string, unknown>> {
  if (data === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new UsageError(`Cannot read the JSON of -d: ${why}`);
  }
  if (!isRecord(value)) {
    throw new UsageError(`Cannot use the JSON of -d: it must be an object such as {"backend":"web"}`);
  }
  return value;
}
