/**
 * Procfiles: a name, a colon and a command a line, as foreman, honcho and gaffer read them.
 *
 * What none of them understands is no line to pass over in silence: a process that was meant to run would not.
 */
import { HappiError } from "../errors.ts";
import type { Definition } from "./definition.ts";
import { InvalidDefinition } from "./errors.ts";
import { splitWords } from "./words.ts";

/** A line of a Procfile. */
export interface ProcfileEntry {
  readonly name: string;
  readonly command: string;
}

/** A Procfile that cannot be used. */
export class InvalidProcfile extends HappiError {
  /**
   * @param file its name
   * @param faults what is wrong, one a line
   */
  constructor(file: string, faults: readonly string[]) {
    super("invalid_procfile", `Cannot use "${file}": ${faults.join("; ")}`);
  }
}

/**
 * Reads a Procfile. Empty lines and lines that begin with `#` are left out.
 *
 * @param text the file
 * @param file its name, for errors
 * @returns its processes, in their order
 * @throws {InvalidProcfile} which names every line that is wrong
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readProcfile } from "./procfile.ts";
 * assert.deepEqual(readProcfile("# ours\nweb: serve -p $PORT\n"), [{ name: "web", command: "serve -p $PORT" }]);
 * assert.throws(() => readProcfile("web serve\n"), {
 *   message: 'Cannot use "Procfile": line 1 is "web serve" and must be "NAME: COMMAND"',
 * });
 * ```
 */
export function readProcfile(text: string, file = "Procfile"): ProcfileEntry[] {
  const entries: ProcfileEntry[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, command] = /^([A-Za-z0-9_-]{1,64})\s*:\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || command === undefined) {
      faults.push(`line ${index + 1} is "${line.trim().slice(0, 80)}" and must be "NAME: COMMAND"`);
    } else if (/^\d+$/.test(name)) {
      faults.push(`line ${index + 1} has the name "${name}", which must not be digits only`);
    } else if (entries.some((one) => one.name === name)) {
      faults.push(`line ${index + 1} has the name "${name}" again`);
    } else entries.push({ name, command });
  }
  if (faults.length > 0) throw new InvalidProcfile(file, faults);
  if (entries.length === 0) throw new InvalidProcfile(file, ['it has no line such as "web: serve"']);
  return entries;
}

/** What the processes of a Procfile are run with. */
export interface ProcfileOptions {
  /** Stands before their names, with a colon. */
  readonly group?: string;
  /** Their environment: what the files of variables say. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where `$VAR` is looked up that is not in `env`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How many of each; 1 of those that are not named. */
  readonly concurrency?: ReadonlyMap<string, number>;
  /** The folder that they run in. */
  readonly cwd?: string;
}

/**
 * Definitions of what a Procfile says. A plain command is started as it is; one with signs that only a shell understands
 * (`&&`, `|`, `>`, `A=1 serve`) is given to a shell.
 *
 * @param entries see {@linkcode readProcfile}
 * @throws {InvalidDefinition} when a quote is not closed
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { procfileDefinitions } from "./procfile.ts";
 * const [web, job] = procfileDefinitions([
 *   { name: "web", command: "serve -p $PORT" },
 *   { name: "job", command: "prepare && work" },
 * ], { env: { PORT: "80" } });
 * assert.deepEqual([web?.cmd, web?.args, web?.shell], ["serve", ["-p", "$PORT"], undefined]);
 * assert.deepEqual([job?.cmd, job?.args, job?.shell], ["prepare && work", undefined, true]);
 * ```
 */
export function procfileDefinitions(
  entries: readonly ProcfileEntry[],
  { group, env = {}, environment = {}, concurrency, cwd }: ProcfileOptions = {},
): Definition[] {
  return entries.map(({ name, command }, index) => {
    const key = group === undefined ? name : `${group}:${name}`;
    const { words, ...what } = needsShell(command) ? { cmd: command, shell: true, words: [] } : direct(command, key);
    return {
      name: key,
      ...what,
      env: { ...named(words, environment), ...env },
      numprocesses: concurrency?.get(name) ?? 1,
      redirect_output: ["out", "err"],
      priority: index,
      ...(cwd === undefined ? {} : { cwd }),
    };
  });
}

function direct(command: string, name: string) {
  const [cmd, ...args] = splitWords(command, name);
  if (cmd === undefined || cmd === "") throw new InvalidDefinition(name, `"${command}" names no program`);
  return { cmd, args, words: args };
}

/** Signs without quotes that a shell gives a meaning to; `$VAR` is none of them. */
function needsShell(command: string): boolean {
  const bare = command.replace(/'[^']*'|\\./g, "");
  const unquoted = bare.replace(/"(?:[^"\\]|\\.)*"/g, "");
  return /[|&;<>()`*?~]|\$[({?#@!*-]/.test(unquoted.replace(/\$\{\w+\}/g, "")) || /\$\(|`/.test(bare) ||
    /^\w+=/.test(command) || /^\$/.test(command);
}

/** The variables that words name, as far as they are there. */
function named(words: readonly string[], from: Readonly<Record<string, string>>): Record<string, string> {
  const names = words.flatMap((word) =>
    [...word.matchAll(/\$(?:\$|(\w+)|\{(\w+)\})/g)].map(([, a, b]) => a ?? b ?? "")
  );
  return Object.fromEntries(names.flatMap((name) => Object.hasOwn(from, name) ? [[name, from[name] ?? ""]] : []));
}
