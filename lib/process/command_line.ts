/**
 * The program and the arguments that a definition means.
 */
import type { Definition } from "./definition.ts";
import { InvalidDefinition } from "./errors.ts";
import { splitWords, substitute } from "./words.ts";

/**
 * What is started for a definition. With a shell `cmd` is the shell's line and `args` are its `$0`, `$1` and so on.
 *
 * @param definition of which `cmd`, `args`, `env` and `shell` matter
 * @returns the program, then its arguments
 * @throws {InvalidDefinition} when a quote is not closed, a variable is missing, or `cmd` names no program
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { commandLine } from "./command_line.ts";
 * assert.deepEqual(commandLine({ name: "a", cmd: "tail -f 'my log'" }), ["tail", "-f", "my log"]);
 * assert.deepEqual(commandLine({ name: "a", cmd: "my tail", args: ["$F"], env: { F: "x" } }), ["my tail", "x"]);
 * assert.deepEqual(commandLine({ name: "a", cmd: "echo $0", args: ["x"], shell: true }), ["/bin/sh", "-c", "echo $0", "x"]);
 * ```
 */
export function commandLine(definition: Definition): [program: string, ...args: string[]] {
  const { name, cmd, args, env = {}, shell = false } = definition;
  const given = args === undefined ? [] : substitute(args, env, name);
  if (shell) return ["/bin/sh", "-c", cmd, ...given];
  const [program, ...own] = args === undefined ? splitWords(cmd, name) : [cmd];
  if (program === undefined || program === "") throw new InvalidDefinition(name, `cmd "${cmd}" names no program`);
  return [program, ...own, ...given];
}
