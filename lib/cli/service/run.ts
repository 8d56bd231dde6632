/**
 * `happi service`: the registry of services, and HAProxy kept in step with it, until SIGTERM or Ctrl-C.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { getLogger } from "@logtape/logtape";
import { Client } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { formatAddress } from "../../net/mod.ts";
import { type RunningServer, serveSurfaces } from "../../server/mod.ts";
import {
  type FollowedSources,
  followSources,
  Leases,
  makeSource,
  plannerOf,
  Reconciler,
  Registry,
  type Remembered,
  servicesMetrics,
  servicesRoutes,
  type ServicesView,
} from "../../services/mod.ts";
import type { Store } from "../../store/mod.ts";
import { logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { type FixedSettings, warnOfFixed } from "../fixed_settings.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { LOG_FORMAT_NAMES, LOG_FORMATS, type LogFormat } from "../log_formats.ts";
import { configureLogs } from "../logging.ts";
import { openRemembered, startKeeper } from "../state/keep.ts";
import { holdState, openState } from "../state_directory.ts";
import { findSocket } from "../usual_sockets.ts";
import { choice, path, word } from "../values.ts";
import { logChanges, logRecords } from "./service_log.ts";
import { readPlan, type ServiceFlags, type ServicePlan } from "./settings.ts";
import { aborted } from "../aborted.ts";

const LOG = getLogger(["happi", "service"]);

/** The commands below `happi service`, and a line about each. */
export const SERVICE_COMMANDS: readonly (readonly [name: string, about: string])[] = [
  ["list", "Show all services, and where their units answer"],
  ["get", "Show the units of a service"],
  ["watch", "Show services as they change"],
  ["provide", "Run a command, and send it traffic as long as it runs"],
  ["plan", "Show what would be done to HAProxy, or do it"],
];

interface RunValues {
  readonly own: ServiceFlags & {
    readonly logFormat?: LogFormat | undefined;
    readonly loglevel?: Level | undefined;
  };
}

/** The leaf of `happi service` itself. */
export const runLeaf = leaf<RunValues>({
  path: "service",
  usage: "[-c FILE] [-p PATH] [options]",
  summary: "Keep who serves what, and HAProxy's servers in step with it",
  paragraphs: [
    "Services register themselves over HTTP (happi service provide does it for any command), and HAProxy's backends are " +
    "filled with them as the [[route]] tables of the configuration say. Without a route nobody touches HAProxy.",
    "SIGHUP reads the routes again. When happi stops, HAProxy stays as it is.",
  ],
  lead: [{ title: "Commands", entries: SERVICE_COMMANDS }],
  parser: object({
    own: object("Options", {
      config: optional(option("-c", "--config", path("FILE"), {
        description: message`The configuration: its tables [services], [[route]] and [source.NAME]`,
      })),
      socket: optional(option("-p", "--path", path("PATH"), {
        description:
          message`HAProxy's socket, of level admin. Else HAPPI_SOCKET, else the first usual path that is there`,
      })),
      http: optional(option("--http", word("ADDRESS"), {
        description: message`Where the HTTP API and the metrics are (127.0.0.1:5084)`,
      })),
      planOnly: option("--plan-only", {
        description: message`Change nothing: happi service plan shows what would be done, and --apply does it`,
      }),
      stateDir: optional(option("--state-dir", path("DIR"), {
        description:
          message`Where services survive a restart. Else STATE_DIRECTORY, /var/lib/happi, ~/.local/state/happi`,
      })),
      logFormat: optional(option("--log-format", choice("FORMAT", LOG_FORMAT_NAMES), {
        description: message`term, logfmt, json or json-pretty (term)`,
      })),
      loglevel: logLevel,
    }),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi service -c /etc/happi.toml",
      "happi service provide web --port 8080 -- ./server",
      "happi service watch",
    ],
  }],
  run,
});

async function run(environment: Environment, { own }: RunValues): Promise<number> {
  await configureLogs(environment, own.loglevel ?? "INFO", LOG_FORMATS[own.logFormat ?? "term"]);
  const plan = await readPlan(environment, own);
  const state = await openState(environment, plan.stateDir);
  await using store = state.store;
  using _held = await holdState(state.directory, "service");
  const registry = new Registry();
  const onFault = (why: string) => LOG.warn("Not kept over a restart: {why}", { why });
  await using leases = await Leases.open(registry, { ...plan.leases, store, onFault });
  await using sources = followSources(registry, plan.sources.map(makeSource), {
    onTrouble({ name, target }, why) {
      if (why === undefined) LOG.info('Source "{name}" is well again', { name });
      else LOG.warn('Source "{name}" ({target}): {why}', { name, target, why });
    },
  });
  await using client = await openClient(environment, plan);
  await using remembered = client && await openRemembered(store, client);
  await using reconciler = client && remembered && makeReconciler(plan, { client, registry, store, remembered });
  const view: ServicesView = {
    ...{ registry, leases, sources: sources.list },
    ...(reconciler === undefined ? {} : { reconciler, planner: plannerOf(reconciler) }),
  };
  const logged = [
    logChanges(registry.changes, environment.signal),
    ...(reconciler === undefined ? [] : [logRecords(reconciler.records)]),
  ];
  await using http = await serveHttp(plan, view);
  LOG.info("Serving {url}", { url: `http://${formatAddress(http.address)}/api/v1/services` });
  const isChanging = reconciler !== undefined && plan.apply;
  if (isChanging) void startWhenKnown(reconciler, sources, environment.signal);
  // Maps and ACLs of routes stand upon what was put in by hand: the reconciler looks when that is back.
  await using _keeper = isChanging && client && remembered
    ? await startKeeper({ client, remembered, store, onRestored: () => reconciler.wake("reload") })
    : undefined;
  const forget = environment.onHangup(() => void reload(environment, own, plan, reconciler));
  await aborted(environment.signal);
  forget();
  await http.stop();
  await reconciler?.[Symbol.asyncDispose]();
  await Promise.all([...logged, leases.flush()]);
  LOG.info("Server shutdown");
  return EXIT.done;
}

/** Without routes there is nothing to ask HAProxy. */
async function openClient(environment: Environment, plan: ServicePlan): Promise<Client | undefined> {
  if (plan.routes.length === 0) return undefined;
  return new Client(await findSocket(environment, plan.socket, "worker"));
}

interface Around {
  readonly client: Client;
  readonly registry: Registry;
  readonly store: Store;
  readonly remembered: Remembered;
}

function makeReconciler({ routes, intervalMs }: ServicePlan, around: Around): Reconciler {
  const { client, registry, store, remembered } = around;
  return new Reconciler({
    ...{ client, services: registry, routes, store, intervalMs },
    held: (backend, server) => remembered.held(backend, server),
  });
}

/** What a source has not told yet would look as if it were gone. */
async function startWhenKnown(reconciler: Reconciler, sources: FollowedSources, signal: AbortSignal): Promise<void> {
  const silent = sources.list().filter(({ updated_at }) => updated_at === null).map(({ name }) => name);
  if (silent.length > 0) {
    LOG.info("HAProxy is left as it is until every source has told what it knows: {silent}", { silent });
  }
  await sources.known;
  if (!signal.aborted) reconciler.start();
}

async function serveHttp({ http }: ServicePlan, view: ServicesView): Promise<RunningServer> {
  return await serveSurfaces({
    listen: http,
    routes: (stopping) => [servicesRoutes({ view, stopping })],
    collectors: [() => servicesMetrics(view)],
  });
}

/** Reads the configuration again; all of the new routes, or nothing. */
async function reload(
  environment: Environment,
  flags: ServiceFlags,
  before: ServicePlan,
  reconciler: Reconciler | undefined,
): Promise<void> {
  try {
    const plan = await readPlan(environment, flags);
    const { routes } = plan;
    warnOfFixed(LOG, FIXED, before, plan);
    if (reconciler === undefined && routes.length > 0) {
      LOG.warn("There were no routes before: start happi again to have them");
      return;
    }
    reconciler?.setRoutes(routes);
    LOG.info("Reloaded: {count} routes", { count: routes.length });
  } catch (thrown) {
    LOG.error("Nothing was reloaded: {why}", { why: reason(thrown) });
  }
}

/** What only a new start changes, and its key in the file. */
const FIXED: FixedSettings<ServicePlan> = [
  ["http", "http"],
  ["socket", "socket"],
  ["stateDir", "state_dir"],
  ["intervalMs", "interval"],
  ["apply", "apply"],
  ["sources", "source"],
  ["leases", "min_ttl, max_ttl, drain or max_units"],
];
