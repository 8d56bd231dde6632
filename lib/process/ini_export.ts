/**
 * Definitions in the words of gafferd's configuration, for hosts that still run it. Pure.
 */
import type { Definition } from "./definition.ts";
import { InvalidDefinition } from "./errors.ts";

/**
 * Writes `[process:NAME]` and `[env:NAME]` sections.
 *
 * @throws {InvalidDefinition} for a value with a line feed, which the format cannot say
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toIni } from "./ini_export.ts";
 * assert.equal(
 *   toIni([{ name: "app:web", cmd: "serve", args: ["a b"], numprocesses: 2, priority: 0 }]),
 *   "[process:app:web]\ncmd = serve\nargs = 'a b'\nnumprocesses = 2\npriority = 0\n",
 * );
 * ```
 */
export function toIni(definitions: readonly Definition[]): string {
  return definitions.map((definition) => {
    const { name, args, env = {}, flapping, redirect_output } = definition;
    const fields: Readonly<Record<string, unknown>> = {
      cmd: definition.cmd,
      args: args?.map(quoteWord).join(" "),
      cwd: definition.cwd,
      uid: definition.uid,
      gid: definition.gid,
      shell: definition.shell,
      numprocesses: definition.numprocesses,
      priority: definition.priority,
      start: definition.start,
      redirect_output: redirect_output?.join(","),
      redirect_input: definition.redirect_input,
      graceful_timeout: definition.graceful_timeout,
      // With blanks between: gafferd does not take the commas that its guide shows.
      flapping: flapping && [flapping.attempts, flapping.window, flapping.retry_in, flapping.max_retry].join(" "),
    };
    return section(name, `process:${name}`, fields) +
      (Object.keys(env).length === 0 ? "" : `\n${section(name, `env:${name}`, env)}`);
  }).join("\n");
}

function section(name: string, title: string, fields: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "").map(
    ([key, value]) => {
      if (/[\r\n]/.test(String(value))) {
        throw new InvalidDefinition(name, `an ini file cannot say the line feed in "${key}"`);
      }
      return `${key} = ${value}\n`;
    },
  );
  return `[${title}]\n${lines.join("")}`;
}

/** A word for what splits as a shell does. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./$-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
