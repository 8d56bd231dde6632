/**
 * Which command is meant: the first words that are no options and no values of options. Options may stand before, so
 * `happi -p PATH client get_info` and `happi client get_info -p PATH` are the same.
 */

/** The words found, and what is left for the command's own parser. */
export interface Route {
  /** The command's name, such as `client`. */
  readonly command: string | undefined;
  /** The name after it, where the command has names below it. */
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** Commands that have names below them. */
const NESTED: ReadonlySet<string> = new Set(["client"]);

/** Commands that have names right behind them, and options of their own when there is none. */
const LEADING: ReadonlySet<string> = new Set(["spoa", "agent", "process", "service", "juju", "state"]);

/** Commands that take every word after them as it is. */
const RAW: ReadonlySet<string> = new Set(["completion", "help"]);

/** Options that take the next word, wherever they stand before a name. */
const VALUED: ReadonlySet<string> = new Set(
  ["-p", "--path", "--pid", "--timeout", "-l", "--loglevel", "-d", "--data", "--format", "--payload"],
);

/** Finds the command in the program's arguments. */
export function route(args: readonly string[]): Route {
  const at = firstWord(args, 0);
  const command = args[at];
  if (command === undefined) return { command, name: undefined, rest: args };
  if (RAW.has(command)) return { command, name: undefined, rest: args.slice(at + 1) };
  if (LEADING.has(command)) {
    const next = args[at + 1];
    const name = next === undefined || next.startsWith("-") || isAddress(next) ? undefined : next;
    return { command, name, rest: args.toSpliced(at, name === undefined ? 1 : 2) };
  }
  if (!NESTED.has(command)) return { command, name: undefined, rest: args.toSpliced(at, 1) };
  const nameAt = firstWord(args, at + 1);
  const rest = args.filter((_, index) => index !== at && index !== nameAt);
  return { command, name: args[nameAt], rest };
}

/** `happi agent 127.0.0.1 1337`: an address is no name. */
function isAddress(word: string): boolean {
  return /[.:]|^localhost$/.test(word);
}

/** The index of the first word from `start` on that is no option and no option's value; the length where there is none. */
function firstWord(args: readonly string[], start: number): number {
  let at = start;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return args.length;
    if (VALUED.has(arg)) at++;
    else if (!arg.startsWith("-") || arg === "-") return at;
  }
  return args.length;
}
