/**
 * `happi agent`: an agent until SIGTERM or Ctrl-C, which reads its configuration again on SIGHUP.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { getLogger } from "@logtape/logtape";
import { agentMetrics, agentRoutes, type AgentView, CHECK_KINDS, type CheckAgent } from "../../agent/mod.ts";
import { Maintenance, StoredAdminMemory } from "../../agent/mod.ts";
import { reason } from "../../errors.ts";
import { formatAddress } from "../../net/mod.ts";
import { ListenFailed, type RunningServer, serveSurfaces } from "../../server/mod.ts";
import { logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { type FixedSettings, warnOfFixed } from "../fixed_settings.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { LOG_FORMAT_NAMES, LOG_FORMATS, type LogFormat } from "../log_formats.ts";
import { configureLogs } from "../logging.ts";
import { openState } from "../state_directory.ts";
import { UsageError } from "../usage_error.ts";
import { choice, path, readDuration, word } from "../values.ts";
import { allow, config, listen } from "./flags.ts";
import { makeAgent } from "./make_agent.ts";
import { type AgentFlags, type AgentPlan, readPlan } from "./settings.ts";
import { logInfo } from "./info_log.ts";
import { logVerdicts } from "./verdict_log.ts";
import { aborted } from "../aborted.ts";

const LOG = getLogger(["happi", "agent"]);

/** The commands below `happi agent`, and a line about each. */
export const AGENT_COMMANDS: readonly (readonly [name: string, about: string])[] = [
  ["config", "Print HAProxy's lines for the checks, ready to paste"],
  ["check", "Run one check here and now, and tell what it found"],
  ["ask", "Ask a running agent as HAProxy does"],
  ["list", "Show a running agent's checks and how they stand"],
  ["drain", "Let a server finish its sessions and get no new ones"],
  ["maint", "Take a server out"],
  ["ready", "End drain or maint"],
];

interface RunValues {
  readonly own: Omit<AgentFlags, "seed"> & {
    readonly logFormat?: LogFormat | undefined;
    readonly loglevel?: Level | undefined;
    readonly logInfo?: string | undefined;
  };
  readonly rest: { readonly ip?: string | undefined; readonly port?: string | undefined };
}

/** The leaf of `happi agent` itself. */
export const runLeaf = leaf<RunValues>({
  path: "agent",
  usage: "[-c FILE] [--listen ADDRESS]... [options] [IP [PORT]]",
  summary: "Answer HAProxy's agent checks: up, down, drain or 50% from real checks",
  paragraphs: [
    "HAProxy's agent-send says what to check: the name of a [check.NAME] of the configuration, or kind|target|options, " +
    "such as v1|http://10.0.0.1:8888|10.",
    "SIGHUP reads the configuration again without dropping a connection; what is wrong with the new changes nothing. " +
    "SIGTERM or Ctrl-C first tells HAProxy what frees its servers, then stops.",
  ],
  lead: [{ title: "Commands", entries: AGENT_COMMANDS }],
  parser: object({
    own: object("Options", {
      config,
      listen,
      http: optional(option("--http", word("ADDRESS", ["off"]), {
        description: message`Serve /api/v1/agent and /metrics there (127.0.0.1:5082), or off`,
      })),
      allow,
      replyWords: optional(option("--reply-words", choice("WORDS", ["haproxy", "seed"]), {
        description: message`seed: say failed where HAProxy's word is fail, for programs that know only that (haproxy)`,
      })),
      stateDir: optional(option("--state-dir", path("DIR"), {
        description:
          message`Where drain and maint survive a restart. Else STATE_DIRECTORY, /var/lib/happi, ~/.local/state/happi`,
      })),
      logFormat: optional(option("--log-format", choice("FORMAT", LOG_FORMAT_NAMES), {
        description: message`term, logfmt, json or json-pretty (term)`,
      })),
      logInfo: optional(option("--log-info", word("TIME", ["10s"]), {
        description: message`Log how many connections there were and are that often; not at all if not said`,
      })),
      loglevel: logLevel,
    }),
    rest: object("Arguments", {
      ip: optional(
        argument(word("IP", AGENT_COMMANDS), { description: message`Where to listen, instead of --listen` }),
      ),
      port: optional(argument(word("PORT"), { description: message`The port there (1337)` })),
    }),
  }),
  sections: [
    { title: "Kinds of checks", entries: CHECK_KINDS.map(({ name, summary }) => [name, summary] as const) },
    {
      title: "Examples",
      lines: [
        "happi agent                                      # answers on 127.0.0.1:1337",
        "happi agent config -c /etc/happi.toml            # what HAProxy needs",
        "happi agent check 'tcp|127.0.0.1:5432'",
        "happi agent drain web --for 30m --why 'new kernel'",
      ],
    },
  ],
  run,
});

async function run(environment: Environment, { own, rest }: RunValues): Promise<number> {
  if (rest.ip !== undefined && AGENT_COMMANDS.some(([name]) => name === rest.ip)) {
    throw new UsageError(
      `Cannot understand "${rest.ip}" behind options: a command comes right behind "happi agent"`,
      "happi agent --help",
    );
  }
  const format = own.logFormat ?? "term";
  const infoMs = own.logInfo === undefined ? undefined : readDuration("--log-info", own.logInfo);
  await configureLogs(environment, own.loglevel ?? "INFO", LOG_FORMATS[format]);
  const flags: AgentFlags = { ...own, seed: rest };
  const plan = await readPlan(environment, flags);
  const state = await openState(environment, plan.stateDir);
  await using _store = state.store;
  const onFault = (cause: unknown) => LOG.warn("Not kept over a restart: {why}", { why: reason(cause) });
  await using maintenance = await Maintenance.open({ store: state.store, readyMs: plan.readyMs, onFault });
  const adminMemory = await StoredAdminMemory.open(state.store, onFault);
  await using agent = makeAgent(plan, {
    overlay: maintenance,
    adminMemory,
    onFault: ({ kind, cause }) => LOG.error("{kind}: {why}", { kind, why: reason(cause) }),
  });
  const logged = logVerdicts(agent.verdicts);
  await agent.listenAll(plan.listen);
  await using http = await serveHttp(plan, { agent, maintenance });
  for (const { address } of agent.listeners) LOG.info("Server started", { addr: formatAddress(address) });
  if (http !== undefined) LOG.info("Serving {url}", { url: `http://${formatAddress(http.address)}/api/v1/agent` });
  const forget = environment.onHangup(() => void reload(environment, flags, plan, agent));
  const info = infoMs === undefined ? undefined : logInfo(agent, infoMs);
  await aborted(environment.signal);
  forget();
  clearInterval(info);
  await agent.drain();
  await http?.stop();
  agent.verdicts.close();
  await Promise.all([logged, adminMemory.written()]);
  LOG.info("Server shutdown");
  return EXIT.done;
}

/** The API; without it when its place is taken, since HAProxy does not need it. */
async function serveHttp({ http }: AgentPlan, view: AgentView): Promise<RunningServer | undefined> {
  if (http === undefined) return undefined;
  try {
    return await serveSurfaces({
      listen: http,
      routes: (stopping) => [agentRoutes({ view, stopping })],
      collectors: [() => agentMetrics(view)],
    });
  } catch (thrown) {
    if (!(thrown instanceof ListenFailed)) throw thrown;
    LOG.warn("There is no HTTP API: {why}; --http names another address, or off", { why: reason(thrown) });
    return undefined;
  }
}

/** Reads the configuration again; all of the new one, or nothing. */
async function reload(
  environment: Environment,
  flags: AgentFlags,
  before: AgentPlan,
  agent: CheckAgent,
): Promise<void> {
  try {
    const plan = await readPlan(environment, flags);
    warnOfFixed(LOG, FIXED, before, plan);
    try {
      agent.reload(plan.set);
    } catch (thrown) {
      throw thrown instanceof Error ? plan.locate(thrown) : thrown;
    }
    LOG.info("Reloaded: {count} checks", { count: plan.set.checks.length });
  } catch (thrown) {
    LOG.error("Nothing was reloaded: {why}", { why: reason(thrown) });
  }
}

/** What only a new start changes, and its key in the file. */
const FIXED: FixedSettings<AgentPlan> = [
  ["listen", "listen"],
  ["http", "http"],
  ["words", "reply_words"],
  ["rules", "allow"],
  ["stateDir", "state_dir"],
  ["readyMs", "ready_window"],
  ["limits", "max_… and deadline"],
  ["wire", "wire"],
];
