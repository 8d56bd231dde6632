/**
 * An agent from its start to its end: in this thread or in workers, with its HTTP API, until it is told to stop or a
 * worker is lost.
 */
import { getLogger } from "@logtape/logtape";
import { Feed } from "../../feed/mod.ts";
import { type Address, canReusePort, formatAddress } from "../../net/mod.ts";
import { serveSurfaces } from "../../server/mod.ts";
import { spoaMetrics, spoaRoutes, type SpoaView, type VerdictRecord } from "../../spop/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import type { Level } from "../log_format.ts";
import { configureLogs } from "../logging.ts";
import { UsageError } from "../usage_error.ts";
import { Engine } from "./engine.ts";
import type { Hangups } from "./hangups.ts";
import { Pool } from "./pool.ts";
import { reload } from "./reload.ts";
import type { Runner, RunnerEvents } from "./runner.ts";
import { hasScript, readPlan, type SpoaFlags, type SpoaPlan } from "./settings.ts";
import { catchStrayErrors, StrayErrors, strayText } from "./stray_errors.ts";
import { hasThreads, WorkerEnded } from "./thread.ts";
import { aborted } from "../aborted.ts";

const LOG = getLogger(["happi", "spoa"]);

/**
 * Runs the agent.
 *
 * @param environment its streams and its signal
 * @param flags the command line
 * @param level of its log
 * @param hangups when to reload
 * @returns the exit status
 */
export async function serveSpoa(
  environment: Environment,
  flags: SpoaFlags,
  level: Level,
  hangups: Hangups,
): Promise<number> {
  await configureLogs(environment, level);
  const plan = await readPlan(environment, flags);
  const strays = new StrayErrors();
  using _caught = catchStrayErrors((thrown) => strays.add(strayText(thrown)));
  let watch = (_readers: number) => {};
  const verdicts = new Feed<VerdictRecord>({ onReaders: (readers) => watch(readers) });
  let runner: Runner;
  try {
    runner = await start(environment, plan, level, {
      onVerdict: (verdict) => verdicts.push(verdict),
      onStrayError: (text) => strays.add(text),
    });
  } catch (thrown) {
    if (!(thrown instanceof WorkerEnded)) throw thrown;
    LOG.error("{why}", { why: thrown.message });
    return EXIT.fault;
  }
  watch = (readers) => void runner.watch(plan.recordVerdicts || readers > 0).catch(() => {});
  try {
    await using http = await serveHttp(plan, viewOf(runner, plan, verdicts), strays);
    await tellAddresses(environment, plan, runner);
    if (http !== undefined) await say(environment, `serving http://${formatAddress(http.address)}/api/v1/spoa`);
    hangups.actOn(() => void reload(environment, flags, plan, runner));
    const lost = await Promise.race([aborted(environment.signal), runner.ended]);
    verdicts.close();
    await http?.stop();
    if (lost === undefined) return EXIT.done;
    // A supervisor starts happi again. The thread of a worker that is stuck would otherwise stay, and take a core.
    LOG.error("{why}; happi ends when what HAProxy waits for is done", { why: lost.message });
    return EXIT.fault;
  } finally {
    await runner.drain();
  }
}

/**
 * In a thread of its own where this one must stay able to act: epoll takes the whole of a thread, and a script may loop.
 */
async function start(environment: Environment, plan: SpoaPlan, level: Level, events: RunnerEvents): Promise<Runner> {
  const { listen, workers, io, processingMs, policies, recordVerdicts: isWatched } = plan;
  const settings = { listen, workers, io, processingMs, policies, isWatched };
  try {
    const isHere = workers === 1 && io === "default";
    if (!isHere && !hasThreads()) {
      throw new UsageError("Cannot start workers: a bundled happi has none; use one worker and the default --io");
    }
    const isBetterAway = hasThreads() && hasScript(plan);
    return isHere && !isBetterAway
      ? await Engine.start(settings, events)
      : await Pool.start(settings, events, environment, level);
  } catch (thrown) {
    throw thrown instanceof Error ? plan.locate(thrown) : thrown;
  }
}

async function tellAddresses(environment: Environment, plan: SpoaPlan, runner: Runner): Promise<void> {
  for (const { address, worker } of await runner.listeners()) {
    await say(environment, `answering SPOE on ${address}${plan.workers > 1 ? `, worker ${worker}` : ""}`);
  }
  const isTcp = (address: Address) => address.transport === "tcp";
  if (plan.workers > 1 && plan.io === "default" && !canReusePort() && plan.listen.some(isTcp)) {
    await say(environment, "workers have a port each: to share one, start with deno run --unstable-net, or --io epoll");
  }
}

async function say({ stderr }: Environment, text: string): Promise<void> {
  await stderr.write(`happi: ${text}\n`);
}

function viewOf(runner: Runner, { workers }: SpoaPlan, verdicts: Feed<VerdictRecord>): SpoaView {
  return {
    workers,
    verdicts,
    listeners: () => runner.listeners(),
    stats: () => runner.stats(),
    policies: () => runner.policies(),
  };
}

async function serveHttp({ http }: SpoaPlan, view: SpoaView, strays: StrayErrors) {
  if (http === undefined) return undefined;
  return await serveSurfaces({
    listen: http,
    routes: (stopping) => [spoaRoutes({ view, stopping })],
    collectors: [async () => [...spoaMetrics(await view.stats()), strays.metric()]],
  });
}
