/**
 * happi as a program: finds the command, runs it, and says what went wrong and with which exit status.
 */
import { HappiError } from "../errors.ts";
import { loadCommand } from "./commands.ts";
import { type Environment, Interrupted, ReaderGone } from "./environment.ts";
import { EXIT, exitStatus } from "./exit_status.ts";
import { renderPage } from "./page.ts";
import { paint } from "./paint.ts";
import { rootPage } from "./root_page.ts";
import { route } from "./route.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Runs happi.
 *
 * @param environment its arguments, streams and signal
 * @returns the exit status
 */
export async function run(environment: Environment): Promise<number> {
  let status: number;
  try {
    status = await runCommand(environment);
  } catch (thrown) {
    status = await report(environment, environment.signal.aborted ? environment.signal.reason : thrown);
  }
  await lastWords(environment);
  return status;
}

/** Log lines are out when an empty text behind them is; one who has stopped to read them is not waited for. */
async function lastWords({ stderr }: Environment): Promise<void> {
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LAST_WORDS_MS);
  await Promise.race([stderr.write("").catch(() => {}), enough]);
  clearTimeout(timer);
}

const LAST_WORDS_MS = 1_000;

async function runCommand(environment: Environment): Promise<number> {
  const { command, name, rest } = route(environment.args);
  if (command !== undefined) return await (await loadCommand(command, name)).run(environment, rest);
  const [option, ...others] = rest;
  if (option === "-V" || option === "--version") {
    return await (await loadCommand("version", undefined)).run(environment, others);
  }
  if (option !== undefined && option !== "-h" && option !== "--help") {
    throw new UsageError(`Cannot understand "happi ${option}": a command is missing`, "happi --help");
  }
  await environment.stdout.write(renderPage(rootPage(), environment.stdout));
  return option === undefined ? EXIT.usage : EXIT.done;
}

async function report({ stderr }: Environment, thrown: unknown): Promise<number> {
  if (thrown instanceof ReaderGone) return EXIT.done;
  const status = exitStatus(thrown);
  if (thrown instanceof Interrupted) return status;
  const name = paint("red", "happi:", stderr.hasColours);
  const text = thrown instanceof HappiError && status !== EXIT.fault
    ? `${name} ${thrown.message}\n`
    : `${name} this is a fault of happi's own, please report it\n${stackOf(thrown)}\n`;
  const hint = thrown instanceof UsageError && thrown.hint !== undefined ? `       See: ${thrown.hint}\n` : "";
  await stderr.write(text + hint).catch(() => {}); // nobody is left to be told
  return status;
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
}
