/**
 * Arguments of a method, checked against its parameters, from code or by name.
 */
import { InvalidArgument } from "./errors.ts";
import type { AnyMethod } from "./method.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Checks arguments that were given in order.
 *
 * @param name the method's name, for errors
 * @param method its row
 * @param args what was given
 * @returns the arguments, checked
 * @throws {InvalidArgument} when one is missing, wrong or too many
 */
export function bindPositional(name: string, method: AnyMethod, args: readonly unknown[]): unknown[] {
  if (args.length > method.parameters.length) {
    throw new InvalidArgument("arguments", args[method.parameters.length], `${name} takes ${method.parameters.length}`);
  }
  return trimmed(method.parameters.map((parameter, index) => checked(parameter, args[index])));
}

/**
 * Checks arguments that were given by name, as JSON gives them.
 *
 * @param name the method's name, for errors
 * @param method its row
 * @param given the arguments; settings stand beside the others
 * @returns the arguments in order, checked
 * @throws {InvalidArgument} when one is missing, wrong or unknown
 */
export function bindNamed(name: string, method: AnyMethod, given: Readonly<Record<string, unknown>>): unknown[] {
  const left = new Map(Object.entries(given));
  const take = (parameter: Parameter<unknown>) => {
    const value = left.get(parameter.name);
    left.delete(parameter.name);
    return value;
  };
  const args = method.parameters.map((parameter) => {
    if (!parameter.fields) return checked(parameter, take(parameter));
    const chosen = parameter.fields.map((field) => [field.key, take(field)] as const).filter(([, value]) =>
      value !== undefined
    );
    return chosen.length > 0 ? parameter.check(Object.fromEntries(chosen)) : undefined;
  });
  const unknown = [...left.keys()][0];
  if (unknown !== undefined) {
    const names = method.parameters.flatMap((parameter) =>
      parameter.fields?.map((field) => field.name) ?? [parameter.name]
    );
    throw new InvalidArgument(unknown, left.get(unknown), `${name} takes ${names.join(", ") || "no arguments"}`);
  }
  return trimmed(args);
}

function checked(parameter: Parameter<unknown>, value: unknown): unknown {
  if (value !== undefined) return parameter.check(value);
  if (!parameter.optional) throw new InvalidArgument(parameter.name, value, `it is needed: ${parameter.description}`);
  return undefined;
}

/** Without what was left out at the end. */
function trimmed(args: unknown[]): unknown[] {
  return args.slice(0, args.findLastIndex((one) => one !== undefined) + 1);
}
