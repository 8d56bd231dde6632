/**
 * Where happi keeps what must survive a restart: the directory that was asked for, systemd's, the host's, or the user's.
 */
import { getLogger } from "@logtape/logtape";
import { HappiError, reason } from "../errors.ts";
import { memoryStore, openStore, type Store, StoreFailed } from "../store/mod.ts";
import type { Environment } from "./environment.ts";

/** A store, and where it is. */
export interface OpenedState {
  readonly store: Store;
  /** `undefined`: in memory only. */
  readonly directory: string | undefined;
}

const LOG = getLogger(["happi", "store"]);

/**
 * Opens the store of the first directory that can be had. Without any there is one in memory, which is told as a warning:
 * what uses it works all the same.
 *
 * @param environment its variables: STATE_DIRECTORY, XDG_STATE_HOME, HOME
 * @param asked the directory that the command line or the configuration names; no other is tried then
 */
export async function openState(
  environment: Pick<Environment, "variable">,
  asked: string | undefined,
): Promise<OpenedState> {
  const faults: string[] = [];
  for (const directory of stateDirectories(environment, asked)) {
    try {
      const store = await openStore({ directory });
      LOG.debug('The store is in "{directory}"', { directory });
      return { store, directory };
    } catch (thrown) {
      if (!(thrown instanceof StoreFailed)) throw thrown;
      faults.push(reason(thrown));
    }
  }
  LOG.warn("Nothing will survive a restart: {why}; --state-dir names another directory", {
    why: faults.length === 0 ? "there is no state directory" : faults.join("; "),
  });
  return { store: memoryStore(), directory: undefined };
}

/** Another happi does the same with the same state. */
export class StateInUse extends HappiError {
  /**
   * @param directory the state directory
   * @param surface what both would do
   */
  constructor(directory: string, surface: string) {
    super(
      "state_in_use",
      `Cannot use "${directory}": another happi ${surface} does; end it, or name another with --state-dir`,
    );
  }
}

/**
 * Takes a state directory for one surface: two of a kind would each undo what the other does. It is free again when the
 * process ends, however that comes.
 *
 * @param directory of {@linkcode openState}; nothing is taken where there is none
 * @param surface `service`, `process`
 * @throws {StateInUse} when another process has taken it
 */
export async function holdState(directory: string | undefined, surface: string): Promise<Disposable> {
  if (directory === undefined) return { [Symbol.dispose]: () => {} };
  const file = await Deno.open(`${directory}/${surface}.lock`, { create: true, write: true, mode: 0o600 });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new StateInUse(directory, surface);
}

/** The directories to try, in order. */
export function stateDirectories(
  { variable }: Pick<Environment, "variable">,
  asked: string | undefined,
): readonly string[] {
  if (asked !== undefined) return [asked];
  // systemd gives several with colons between.
  const [given] = variable("STATE_DIRECTORY")?.split(":") ?? [];
  if (given !== undefined) return [given];
  const [xdg, home] = [variable("XDG_STATE_HOME"), variable("HOME")];
  const own = xdg !== undefined ? `${xdg}/happi` : home !== undefined ? `${home}/.local/state/happi` : undefined;
  return ["/var/lib/happi", ...(own === undefined ? [] : [own])];
}
