/**
 * The shell's history: a file that only its owner reads, a line a command, the newest at the end.
 */
import type { Environment } from "../environment.ts";

/** The lines of a shell, kept over its end. */
export interface History {
  /** The lines, the newest first, as readline wants them. */
  readonly lines: readonly string[];
  /** Keeps one line; a disk that does not take it is no reason to end a shell. */
  add(line: string): Promise<void>;
}

/**
 * Reads the history from `$XDG_STATE_HOME/happi/history`, or `~/.local/state/happi/history`; without a home there is none.
 */
export async function openHistory(environment: Pick<Environment, "variable">): Promise<History> {
  const path = historyPath(environment);
  if (path === undefined) return { lines: [], add: () => Promise.resolve() };
  const all = (await readIfThere(path)).split("\n").filter((line) => line !== "");
  const lines = all.slice(-MAX_LINES);
  if (all.length > 2 * MAX_LINES) await replace(path, lines);
  return { lines: lines.toReversed(), add: (line) => append(path, line) };
}

/** How many lines are kept. */
export const MAX_LINES = 1_000;

/** Where the history is; `undefined` without a home. */
export function historyPath({ variable }: Pick<Environment, "variable">): string | undefined {
  const home = variable("HOME");
  const state = variable("XDG_STATE_HOME") ?? (home && `${home}/.local/state`);
  return state && `${state}/happi/history`;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

async function append(path: string, line: string): Promise<void> {
  try {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(path, `${line}\n`, { append: true, mode: 0o600 });
  } catch {
    // Nothing depends on it.
  }
}

async function replace(path: string, lines: readonly string[]): Promise<void> {
  try {
    const fresh = `${path}.${Deno.pid}`;
    await Deno.writeTextFile(fresh, lines.join("\n") + "\n", { mode: 0o600 });
    await Deno.rename(fresh, path);
  } catch {
    // It stays long until the next time.
  }
}
