/**
 * What a script's configuration says that HAProxy must send, and which variables the script sets.
 */
import { checkOptions, flag, oneOf, type OptionCheck, type OptionChecks, scope, text, word } from "../option_checks.ts";
import { type ArgumentSpec, InvalidPolicy, type VariableSpec } from "../policy.ts";

const TYPES = ["ip", "string", "binary", "integer", "boolean"] as const;

const types: OptionCheck = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => TYPES.includes(one))
    ? undefined
    : `a list of some of ${TYPES.join(", ")}`;

const ARGUMENT: OptionChecks<ArgumentSpec> = { name: word, types, fetch: text(), isOptional: flag };
const VARIABLE: OptionChecks<VariableSpec> = { scope, name: word, type: oneOf(TYPES), description: text() };

/**
 * Checks both.
 *
 * @param policy the policy's name
 * @param options as they were given: they are written into a configuration of HAProxy
 * @throws {InvalidPolicy} at the first thing that is missing or does not fit
 */
export function checkSpecs(
  policy: string,
  options: { readonly args?: readonly ArgumentSpec[]; readonly sets?: readonly VariableSpec[] },
): void {
  checkAll(policy, "args", options.args ?? [], ARGUMENT, ["name", "types", "fetch"]);
  checkAll(policy, "sets", options.sets ?? [], VARIABLE, ["scope", "name", "type", "description"]);
}

function checkAll<T extends object>(
  policy: string,
  option: string,
  all: readonly T[],
  checks: OptionChecks<T>,
  needed: readonly (keyof T & string)[],
): void {
  for (const [index, one] of all.entries()) {
    const where = `${option}[${index}]`;
    if (typeof one !== "object" || one === null) throw new InvalidPolicy(policy, `option "${where}" must be a table`);
    checkOptions(policy, one, checks, where);
    const missing = needed.find((key) => one[key] === undefined);
    if (missing !== undefined) throw new InvalidPolicy(policy, `option "${where}.${missing}" is missing`);
  }
}
