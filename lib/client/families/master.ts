/**
 * The master: its processes, and loading the configuration again (management guide, 9.4 "show proc", "reload",
 * "hard-reload", "show startup-logs").
 */
import { cli, ConnectionLost, NoSocket } from "../../socket/mod.ts";
import { parseProcesses, type Processes } from "../formats/proc.ts";
import { parseReload, type Reload } from "../formats/reload.ts";
import { parseStartupLogs, type StartupLog } from "../formats/startup_logs.ts";
import { parseVersion, type Version } from "../formats/version.ts";
import type { Caller, Rows } from "../method.ts";
import { duration, settings } from "../parameter.ts";

/** Methods of the master; the client needs the master's socket (`haproxy -S`). */
export interface MasterMethods {
  /**
   * Reads the master's processes: itself, its worker, old workers that still have sessions, programs. HAProxy 3.2 and later
   * ask for the level operator.
   */
  getProcesses(): Promise<Processes>;

  /** Reads the master's version, which is another than its worker's after an upgrade of the package. */
  getMasterVersion(): Promise<Version>;

  /** Reads what was logged by the last load of the configuration, also by one that failed. Since HAProxy 2.7. */
  getLoadLogs(): Promise<StartupLog[]>;

  /**
   * Loads the configuration again: a new worker takes over, the old one finishes its sessions. When the configuration is
   * faulty, the old worker goes on, and `success` is false.
   *
   * HAProxy 2.6 says nothing and closes its socket for a moment; it is waited for.
   *
   * @param options how long to wait
   * @returns whether the new worker serves, and what was logged (nothing on 2.6)
   * @throws {SocketTimeout} when it takes longer
   */
  reload(options?: ReloadOptions): Promise<Reload>;

  /**
   * Like {@linkcode MasterMethods.reload}, but the old worker ends its sessions at once. Since HAProxy 2.9.
   *
   * @param options how long to wait
   * @returns whether the new worker serves, and what was logged
   */
  hardReload(options?: ReloadOptions): Promise<Reload>;
}

/** Settings of {@linkcode MasterMethods.reload}. */
export interface ReloadOptions {
  /** How long to wait for the new worker, in milliseconds; a minute by default. */
  readonly timeout?: number;
}

const ON_MASTER = { onMaster: true, since: "2.6", level: "user", effect: "read" } as const;
const RELOADS = { onMaster: true, kind: "run", level: "operator", effect: "change" } as const;
const reloadOptions = settings<ReloadOptions>({
  timeout: duration("timeout", "how long to wait for the new worker; 1m by default"),
});

/** The rows of {@linkcode MasterMethods}. */
export const masterMethods: Rows<MasterMethods> = {
  getProcesses: {
    ...ON_MASTER,
    kind: "command",
    summary: "The master's processes: itself, its worker, old workers",
    parameters: [],
    command: () => "show proc",
    parse: parseProcesses,
  },
  getMasterVersion: {
    ...ON_MASTER,
    kind: "command",
    summary: "The master's version",
    parameters: [],
    command: () => "show version",
    parse: parseVersion,
  },
  getLoadLogs: {
    ...ON_MASTER,
    kind: "command",
    summary: "What was logged by the last load of the configuration",
    since: "2.7",
    level: "operator",
    parameters: [],
    command: () => "show startup-logs",
    parse: parseStartupLogs,
  },
  reload: {
    ...RELOADS,
    summary: "Load the configuration again: a new worker takes over",
    since: "2.6",
    parameters: [reloadOptions],
    run: (caller, options) => load(caller, "reload", options?.timeout),
  },
  hardReload: {
    ...RELOADS,
    summary: "Load the configuration again, and end all sessions",
    since: "2.9",
    parameters: [reloadOptions],
    run: (caller, options) => load(caller, "hard-reload", options?.timeout),
  },
};

const MINUTE_MS = 60_000;

/** How often a master that is away is asked: it takes a quarter of a second to come back. */
const RETRY_MS = 20;

async function load(caller: Caller, command: "reload" | "hard-reload", timeoutMs: number = MINUTE_MS): Promise<Reload> {
  const dueAt = caller.now() + timeoutMs;
  const before = parseProcesses(await caller.send("show proc"));
  try {
    return parseReload(await caller.send(cli`${command}`, { timeoutMs }));
  } catch (thrown) {
    // 2.6 starts itself anew without a word. Whether it has done so is seen in its count of reloads.
    if (!(thrown instanceof ConnectionLost)) throw thrown;
    const after = await untilReloaded(caller, before.master.reloads, dueAt);
    if (after === undefined) throw thrown;
    return { success: (after.master.failed_reloads ?? 0) === 0, startup_logs: [] };
  }
}

/** The processes once the master counts one reload more; `undefined` when the time is up. */
async function untilReloaded(caller: Caller, reloads: number, dueAt: number): Promise<Processes | undefined> {
  while (caller.now() < dueAt) {
    const processes = await processesOrAway(caller);
    if (processes !== undefined && processes.master.reloads > reloads) return processes;
    await caller.sleep(RETRY_MS);
  }
  return undefined;
}

async function processesOrAway(caller: Caller): Promise<Processes | undefined> {
  try {
    return parseProcesses(await caller.send("show proc"));
  } catch (thrown) {
    if (thrown instanceof NoSocket || thrown instanceof ConnectionLost) return undefined;
    throw thrown;
  }
}
