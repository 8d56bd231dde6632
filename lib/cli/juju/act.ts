/**
 * What is done with the services that a hook has found: registered, told by flags, handed to a command; and remembered when
 * all of that went well, so that the next hook tries again what did not.
 */
import {
  changeFlags,
  dataChanged,
  httpInterface,
  isDataChanged,
  requirerFlags,
  type Service,
} from "../../services/mod.ts";
import { HappiError, reason } from "../../errors.ts";
import type { Environment } from "../environment.ts";
import { configureLogs } from "../logging.ts";
import { childrenEnvironment } from "../process/children_environment.ts";
import { openState } from "../state_directory.ts";
import { register } from "./register.ts";

/** What was found, and what is wanted. */
export interface Found {
  readonly endpoint: string;
  /** This unit. */
  readonly unit: string;
  readonly services: readonly Service[];
  /** Whether a unit is on the other side. */
  readonly isJoined: boolean;
  /** The directory of flags. */
  readonly flags?: string | undefined;
  /** Where to register. */
  readonly api?: string | undefined;
  readonly stateDir?: string | undefined;
  /** Run when the services have changed. */
  readonly command?: readonly string[] | undefined;
}

/** The command could not be run. */
export class CommandNotRun extends HappiError {
  /**
   * @param command its name
   * @param why what is in the way
   */
  constructor(command: string, why: string, cause?: unknown) {
    super("command_not_run", `Cannot run "${command}": ${why}`, { cause });
  }
}

/**
 * Does it.
 *
 * @returns false when the command failed
 */
export async function act(environment: Environment, found: Found): Promise<boolean> {
  const { endpoint, unit, services, isJoined, flags, api, command } = found;
  if (flags === undefined && api === undefined && command === undefined) return true;
  await configureLogs(environment, "WARNING");
  const { store } = await openState(environment, found.stateDir);
  await using _store = store;
  const id = `juju/${unit}/${endpoint}`;
  const isChanged = await isDataChanged(store, id, services);
  if (api !== undefined) {
    const key = `services/juju/${encodeURIComponent(unit)}/${encodeURIComponent(endpoint)}`;
    await register(services, { api, key, store, signal: environment.signal });
  }
  if (flags !== undefined) await changeFlags(flags, requirerFlags(endpoint, { isJoined, services, isChanged }));
  if (command !== undefined && isChanged && !await runCommand(environment, command, services)) return false;
  await dataChanged(store, id, services);
  return true;
}

/** Runs the command with the services on its standard input. @returns whether it ended with status 0 */
async function runCommand(
  { variables, stderr, signal }: Environment,
  [program = "", ...args]: readonly string[],
  services: readonly Service[],
): Promise<boolean> {
  const child = spawn(program, args, childrenEnvironment(variables()));
  // A plain kill of happi does not reach it by itself.
  const pass = () => child.kill("SIGTERM");
  signal.addEventListener("abort", pass, { once: true });
  // It need not read them.
  await new Blob([JSON.stringify(httpInterface(services, true)), "\n"]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, code } = await child.status;
  signal.removeEventListener("abort", pass);
  if (!success) await stderr.write(`happi: "${program}" ended with status ${code}; the next hook runs it again\n`);
  return success;
}

function spawn(program: string, args: readonly string[], env: Record<string, string>) {
  try {
    const streams = { stdin: "piped", stdout: "inherit", stderr: "inherit" } as const;
    return new Deno.Command(program, { args: [...args], clearEnv: true, env, ...streams }).spawn();
  } catch (thrown) {
    const why = thrown instanceof Deno.errors.NotFound ? "there is no such program" : reason(thrown);
    throw new CommandNotRun(program, why, thrown);
  }
}
