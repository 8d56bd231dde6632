/**
 * `happi process`: the keeper, until SIGTERM or Ctrl-C, which reads its configuration again on SIGHUP.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { getLogger } from "@logtape/logtape";
import { reason } from "../../errors.ts";
import { formatAddress } from "../../net/mod.ts";
import { type DefinitionsStore, endLeftovers, type Manager, type ProcessManager } from "../../process/mod.ts";
import { logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { type FixedSettings, warnOfFixed } from "../fixed_settings.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { LOG_FORMAT_NAMES, LOG_FORMATS, type LogFormat } from "../log_formats.ts";
import { configureLogs } from "../logging.ts";
import type { Store } from "../../store/mod.ts";
import { holdState, openState } from "../state_directory.ts";
import { choice, path, word } from "../values.ts";
import { logEvents } from "./event_log.ts";
import { adminTokenFile } from "./flags.ts";
import { followDefinitions, listen, type Listeners, makeManager } from "./keep.ts";
import { byPriority, reloadDefinitions } from "./reload.ts";
import { type KeeperFlags, type KeeperPlan, readPlan } from "./settings.ts";
import { aborted } from "../aborted.ts";

const LOG = getLogger(["happi", "process"]);

/** The commands below `happi process`, and a line about each. */
export const PROCESS_COMMANDS: readonly (readonly [name: string, about: string])[] = [
  ["list", "Show what is kept and how it is"],
  ["start", "Start a process; without a name run a Procfile here, in the foreground"],
  ["stop", "Stop a process"],
  ["restart", "Start new processes, then end the old"],
  ["scale", "Change how many run"],
  ["signal", "Send a signal"],
  ["logs", "Show output; -f goes on"],
  ["attach", "Be a process's terminal: its output here, what is typed to its input"],
  ["run", "Run a definition or a command once, and end with its status"],
  ["load", "Give the keeper a Procfile, or a definition from a JSON file"],
  ["unload", "Take them away again"],
  ["export", "Write a Procfile or a configuration as systemd units, JSON or ini"],
  ["hook", "Run what is to be run before or after a reload of HAProxy"],
];

interface RunValues {
  readonly own: KeeperFlags & {
    readonly logFormat?: LogFormat | undefined;
    readonly loglevel?: Level | undefined;
  };
}

/** The leaf of `happi process` itself. */
export const runLeaf = leaf<RunValues>({
  path: "process",
  usage: "[-c FILE] [options]",
  summary: "Keep helpers running, and answer the API that watches, feeds and changes them",
  paragraphs: [
    "What runs is said by [process.NAME] of the configuration, and by what is sent to the API with the admin token.",
    "SIGHUP reads the configuration again: what is new is started, what is gone is stopped, what is the same is left " +
    "alone. SIGTERM or Ctrl-C stops everything in order; a second one kills it. What a killed happi has left running is " +
    "ended at its next start.",
  ],
  lead: [{ title: "Commands", entries: PROCESS_COMMANDS }],
  parser: object({
    own: object("Options", {
      config: optional(option("-c", "--config", path("FILE"), {
        description: message`The configuration: its tables [process] and [process.NAME]`,
      })),
      listen: optional(option("--process-listen", word("ADDRESS", ["off"]), {
        description: message`Serve the API there (127.0.0.1:5000), or off`,
      })),
      http: optional(option("--http", word("ADDRESS", ["off"]), {
        description: message`Serve /api/v1/process, /api/v1/jobs and /metrics there (127.0.0.1:5083), or off`,
      })),
      adminTokenFile,
      open: option("--process-open", {
        description: message`No token: whoever reaches the API may run any program as this user`,
      }),
      stateDir: optional(option("--state-dir", path("DIR"), {
        description: message`Where what came over the API survives a restart. Else STATE_DIRECTORY, else it does not`,
      })),
      socket: optional(option("-p", "--path", path("PATH"), {
        description:
          message`HAProxy's socket, for processes with server = "BACKEND/SERVER" and hooks after a reload. Else HAPPI_SOCKET`,
      })),
      logFormat: optional(option("--log-format", choice("FORMAT", LOG_FORMAT_NAMES), {
        description: message`term, logfmt or json (term)`,
      })),
      loglevel: logLevel,
    }),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi process -c /etc/happi.toml",
      "happi process --process-open &                   # for trying out",
      'curl -d \'{"name": "nap", "cmd": "sleep 60"}\' http://127.0.0.1:5000/processes',
      "happi process list",
      "happi process start                              # ./Procfile, here",
    ],
  }],
  run,
});

async function run(environment: Environment, { own }: RunValues): Promise<number> {
  await configureLogs(environment, own.loglevel ?? "INFO", LOG_FORMATS[own.logFormat ?? "term"]);
  const plan = await readPlan(environment, own);
  await using state = await openKept(environment, plan);
  await using keeping = await makeManager(environment, plan);
  const { manager } = keeping;
  const forgetForce = environment.onForcedEnd(() => manager.killAll());
  const logged = logEvents(manager.events);
  const loaded = Promise.withResolvers<void>();
  const listeners = await listen(plan, keeping, loaded.promise);
  const current = { plan };
  let reloaded = loaded.promise;
  const forgetHangup = environment.onHangup(() => {
    reloaded = reloaded.then(() => reload(environment, own, current, manager));
  });
  try {
    const kept = await load(plan, manager, state.store, (name) => isIn(current.plan, name));
    loaded.resolve();
    tellListeners(plan, listeners);
    await aborted(environment.signal);
    LOG.info("Stopping everything");
    await end(manager, listeners, kept);
  } finally {
    loaded.resolve();
    forgetHangup();
    await Promise.all([listeners.whole?.stop(), listeners.http?.stop()]);
    await manager[Symbol.asyncDispose]();
    forgetForce();
  }
  await logged;
  LOG.info("Ended");
  return EXIT.done;
}

/** The store, where a directory for it is named. */
async function openKept(environment: Environment, { stateDir }: KeeperPlan) {
  if (stateDir === undefined) return { store: undefined, async [Symbol.asyncDispose]() {} };
  const { store, directory } = await openState(environment, stateDir);
  try {
    const held = await holdState(directory, "process");
    return {
      store,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        held[Symbol.dispose]();
      },
    };
  } catch (thrown) {
    await store[Symbol.asyncDispose]();
    throw thrown;
  }
}

function tellListeners({ admin, listen }: KeeperPlan, { whole, http }: Listeners): void {
  if (whole !== undefined) LOG.info("Serving {url}", { url: `http://${formatAddress(whole.address)}/processes` });
  if (http !== undefined) LOG.info("Serving {url}", { url: `http://${formatAddress(http.address)}/api/v1/process` });
  if (admin === "open") {
    LOG.warn("Open: whoever reaches {listen} may run any program as this user", { listen: listen ?? "the API" });
  } else if (admin === undefined) {
    LOG.info("Nobody may define processes over the API: there is no --admin-token-file");
  }
}

/**
 * Ends what a killed happi has left, then begins to keep what the configuration and the store say.
 *
 * @throws {InvalidConfig} when what the configuration says cannot be kept; nothing of it runs then
 */
async function load(
  plan: KeeperPlan,
  manager: ProcessManager,
  store: Store | undefined,
  isConfigured: (name: string) => boolean,
): Promise<DefinitionsStore | undefined> {
  const left = await endLeftovers(plan.keeper);
  const count = left.length === 1 ? "1 process" : `${left.length} processes`;
  if (left.length > 0) LOG.warn("Ended {count} that a killed happi had left running", { count });
  for (const definition of byPriority(plan.definitions)) {
    try {
      await manager.add(definition);
    } catch (thrown) {
      throw thrown instanceof Error ? plan.locate(thrown) : thrown;
    }
  }
  return store === undefined ? undefined : await followDefinitions(store, manager, isConfigured);
}

function isIn({ definitions }: KeeperPlan, name: string): boolean {
  return definitions.some((one) => one.name === name);
}

/** Ends processes first, so that whoever watches sees how. */
async function end(manager: Manager, listeners: Listeners, kept: DefinitionsStore | undefined): Promise<void> {
  await manager.stopAll();
  await Promise.all([listeners.whole?.stop(), listeners.http?.stop()]);
  await kept?.written();
}

/** Reads the configuration again; all of the new one, or nothing. */
async function reload(
  environment: Environment,
  flags: KeeperFlags,
  current: { plan: KeeperPlan },
  manager: ProcessManager,
): Promise<void> {
  const before = current.plan;
  try {
    const plan = await readPlan(environment, flags);
    warnOfFixed(LOG, FIXED, before, plan);
    current.plan = { ...before, definitions: plan.definitions };
    const { added, changed, removed } = await reloadDefinitions(manager, before.definitions, plan.definitions);
    LOG.info("Reloaded: {added} added, {changed} changed, {removed} removed", {
      added: added.length,
      changed: changed.length,
      removed: removed.length,
    });
  } catch (thrown) {
    LOG.error("Not reloaded: {why}", { why: reason(thrown) });
  }
}

/** What only a new start changes, and its key in the file. */
const FIXED: FixedSettings<KeeperPlan> = [
  ["listen", "listen"],
  ["http", "http"],
  ["admin", "open or admin_token_file"],
  ["origins", "origins"],
  ["stateDir", "state_dir"],
  ["webhooks", "webhooks"],
  ["socket", "socket"],
];
