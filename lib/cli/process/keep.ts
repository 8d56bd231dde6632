/**
 * The keeper with all that belongs to it: manager, store, HAProxy's side, and its two listeners.
 */
import { Hono } from "hono";
import { getLogger } from "@logtape/logtape";
import { Client } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import {
  Commits,
  createFacts,
  DefinitionsStore,
  jobRoutes,
  type Manager,
  markOf,
  ProcessManager,
  processMetrics,
  processRoutes,
  type ProcessRoutesOptions,
  ProcessTally,
  Serving,
  Webhooks,
} from "../../process/mod.ts";
import { ListenFailed, type RunningServer, serveSurfaces, serveWhole } from "../../server/mod.ts";
import { Socket } from "../../socket/mod.ts";
import type { Store } from "../../store/mod.ts";
import type { Environment } from "../environment.ts";
import { findSocket, NoUsualSocket } from "../usual_sockets.ts";
import { VERSION } from "../version.ts";
import { childrenEnvironment } from "./children_environment.ts";
import { followReloads } from "./haproxy_reloads.ts";
import { clientServerSwitch } from "./server_switch.ts";
import type { KeeperPlan } from "./settings.ts";

const LOG = getLogger(["happi", "process"]);

/** What keeps processes. */
export interface Keeping extends AsyncDisposable {
  readonly manager: ProcessManager;
  /** What has happened so far, for metrics. */
  readonly tally: ProcessTally;
  /** Tells HAProxy of processes that are its servers; `undefined` where there is no HAProxy. */
  readonly serving: Serving | undefined;
}

/** Makes the manager, and what it tells HAProxy. */
export async function makeManager(environment: Environment, plan: KeeperPlan): Promise<Keeping> {
  const client = await findHaproxy(environment, plan);
  const serving = client === undefined ? undefined : new Serving(clientServerSwitch(client));
  const manager = new ProcessManager({
    environment: childrenEnvironment(environment.variables()),
    mark: await markOf(plan.keeper),
    ...(serving === undefined ? {} : { onServing: serving.onServing }),
  });
  const tally = new ProcessTally(manager);
  const webhooks = new Webhooks(manager.events, plan.webhooks);
  const { signal } = environment;
  const reloads = client && serving ? followReloads({ client, serving, manager, signal }) : undefined;
  return {
    manager,
    tally,
    serving,
    async [Symbol.asyncDispose]() {
      // A hook that runs ends with the manager, so that is not waited for first.
      const ended = reloads?.[Symbol.asyncDispose]();
      await manager[Symbol.asyncDispose]();
      await ended;
      await webhooks[Symbol.asyncDispose]();
      tally[Symbol.dispose]();
      serving?.[Symbol.dispose]();
      await client?.[Symbol.asyncDispose]();
    },
  };
}

/** HAProxy's Runtime API, for processes that are its servers; those work without it too. */
async function findHaproxy(environment: Environment, plan: KeeperPlan): Promise<Client | undefined> {
  try {
    const address = await findSocket(environment, plan.socket, "worker");
    return new Client(new Socket(address));
  } catch (thrown) {
    if (!(thrown instanceof NoUsualSocket)) throw thrown;
    const server = plan.definitions.find((one) => one.server !== undefined);
    if (server !== undefined) {
      LOG.warn('HAProxy is not told of "{name}": {why}', { name: server.name, why: reason(thrown) });
    }
    return undefined;
  }
}

/** The listeners that are there. */
export interface Listeners {
  readonly whole: RunningServer | undefined;
  readonly http: RunningServer | undefined;
}

/**
 * Begins to listen: the API on its own address, and the same with metrics on happi's server.
 *
 * @param loaded requests wait for it: before, nothing of what is kept is there
 * @throws {ListenFailed} {@linkcode NonLoopbackListener} when the API cannot have its own address
 */
export async function listen(
  plan: KeeperPlan,
  { manager, tally }: Keeping,
  loaded: Promise<unknown>,
): Promise<Listeners> {
  const gated = () =>
    new Hono().use(async (_, next) => {
      await loaded;
      await next();
    });
  const facts = createFacts(manager);
  const backing = {
    manager,
    facts,
    commits: new Commits(manager),
    admin: plan.admin,
    origins: plan.origins,
  };
  const routes = (stopping: AbortSignal): ProcessRoutesOptions => ({
    ...backing,
    version: VERSION,
    stopping,
  });
  const whole = plan.listen === undefined ? undefined : await serveWhole({
    listen: plan.listen,
    app: (stopping) => gated().route("/api/v1", jobRoutes(backing)).route("/", processRoutes(routes(stopping))),
  });
  try {
    const http = plan.http === undefined ? undefined : await serveSurfaces({
      listen: plan.http,
      origins: plan.origins,
      routes: (stopping) => [gated().route("/process", processRoutes(routes(stopping))), jobRoutes(backing)],
      collectors: [async () => processMetrics(manager, tally, await facts.usage())],
    });
    return { whole, http };
  } catch (thrown) {
    if (!(thrown instanceof ListenFailed)) {
      await whole?.stop();
      throw thrown;
    }
    LOG.warn("There is no server with metrics: {why}; --http names another address, or off", { why: reason(thrown) });
    return { whole, http: undefined };
  }
}

/** Keeps what comes over the API in a store; gives what was kept before. */
export async function followDefinitions(
  store: Store,
  manager: Manager,
  isConfigured: (name: string) => boolean,
): Promise<DefinitionsStore> {
  const onFault = (thrown: unknown) => LOG.warn("Not kept over a restart: {why}", { why: reason(thrown) });
  const kept = new DefinitionsStore({ store, isConfigured, onFault });
  for (const definition of await kept.read()) {
    await manager.add(definition).catch((thrown) =>
      LOG.error('"{name}", which came over the API, is left out: {why}', {
        name: definition.name,
        why: reason(thrown),
      })
    );
  }
  kept.follow(manager);
  return kept;
}
