/**
 * `happi spoa`: an agent until SIGTERM or Ctrl-C, which reads its configuration again on SIGHUP.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { getLogger } from "@logtape/logtape";
import { reason } from "../../errors.ts";
import { Feed } from "../../feed/mod.ts";
import { formatAddress } from "../../net/mod.ts";
import { serveSurfaces } from "../../server/mod.ts";
import { type PolicyChanges, spoaMetrics, spoaRoutes, type SpoaView, type VerdictRecord } from "../../spop/mod.ts";
import { logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { configureLogs } from "../logging.ts";
import { UsageError } from "../usage_error.ts";
import { word } from "../values.ts";
import { Engine } from "./engine.ts";
import { config, io, listen, workers } from "./flags.ts";
import { Pool } from "./pool.ts";
import { type Changes, errorOf, type Runner } from "./runner.ts";
import { readPlan, type SpoaFlags, type SpoaPlan } from "./settings.ts";

const LOG = getLogger(["happi", "spoa"]);

/** The commands below `happi spoa`, and a line about each. */
export const SPOA_COMMANDS: readonly (readonly [name: string, about: string])[] = [
  ["config", "Print spoe.conf, the backend and the rules, ready to paste"],
  ["check", "Tell what will not work in a spoe.conf"],
  ["ask", "Ask an agent as HAProxy does, and print its actions"],
  ["record", "Keep the frames between HAProxy and an agent as a file"],
  ["replay", "Send recorded frames to an agent, and compare its answers"],
];

interface RunValues {
  readonly own: SpoaFlags & { readonly loglevel?: Level | undefined };
  readonly rest: { readonly command?: string | undefined };
}

/** The leaf of `happi spoa` itself. */
export const runLeaf = leaf<RunValues>({
  path: "spoa",
  usage: "[-c FILE] [--listen ADDRESS]... [options]",
  summary: "Answer HAProxy's SPOE: decide on live traffic",
  paragraphs: [
    "Without a configuration it answers message get-ip-reputation with argument ip: ip_score in the session's scope, from " +
    "0 to 100, and 100 where no list knows the address.",
    "SIGHUP reads the configuration and all lists and files again without dropping a connection; what is wrong with the new " +
    "changes nothing. SIGTERM or Ctrl-C finishes what HAProxy waits for, then says goodbye.",
  ],
  lead: [{ title: "Commands", entries: SPOA_COMMANDS }],
  parser: object({
    own: object("Options", {
      config,
      listen,
      workers,
      list: multiple(option("--list", word("FILE[=SCORE]"), {
        description:
          message`A list of addresses and networks, a file or a URL, and the score of what is in it (0); may be repeated`,
      })),
      io,
      http: optional(option("--http", word("ADDRESS"), {
        description: message`Serve /api/v1/spoa and /metrics there, such as 127.0.0.1:5081`,
      })),
      loglevel: logLevel,
    }),
    rest: object({ command: optional(argument(word("COMMAND", SPOA_COMMANDS))) }),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi spoa config --haproxy 3.2                  # what HAProxy needs",
      "happi spoa --list /etc/haproxy/bad.netset=0",
      "happi spoa -c /etc/happi.toml --http 127.0.0.1:5081",
      "happi spoa ask --message get-ip-reputation --arg ip=192.0.2.1",
    ],
  }],
  run,
});

async function run(environment: Environment, { own, rest }: RunValues): Promise<number> {
  if (rest.command !== undefined) {
    throw new UsageError(
      `Cannot understand "${rest.command}" behind options: a command comes right behind "happi spoa"`,
      "happi spoa --help",
    );
  }
  const level = own.loglevel ?? "INFO";
  await configureLogs(environment, level);
  const plan = await readPlan(environment, own);
  const { stderr, signal } = environment;
  let watch = (_readers: number) => {};
  const verdicts = new Feed<VerdictRecord>({ onReaders: (readers) => watch(readers) });
  const runner = await start(environment, plan, (verdict) => verdicts.push(verdict), level);
  watch = (readers) => void runner.watch(plan.recordVerdicts || readers > 0);
  await using http = await serveHttp(plan, viewOf(runner, plan, verdicts));
  for (const { address, worker } of await runner.listeners()) {
    const who = plan.workers > 1 ? `, worker ${worker}` : "";
    await stderr.write(`happi: answering SPOE on ${address}${who}\n`);
  }
  if (http !== undefined) await stderr.write(`happi: serving http://${formatAddress(http.address)}/api/v1/spoa\n`);
  const forget = environment.onHangup(() => void reload(environment, own, plan, runner));
  await Promise.race([aborted(signal), runner.failed]);
  forget();
  verdicts.close();
  await http?.stop();
  await runner.drain();
  return EXIT.done;
}

/** A thread of its own for epoll, which takes the whole of it; else only when several are wanted. */
async function start(
  environment: Environment,
  plan: SpoaPlan,
  onVerdict: (verdict: VerdictRecord) => void,
  level: Level,
): Promise<Runner> {
  const { listen, workers, io, processingMs, policies, recordVerdicts: isWatched } = plan;
  const settings = { listen, workers, io, processingMs, policies, isWatched };
  try {
    const isHere = workers === 1 && io === "default";
    return isHere
      ? await Engine.start(settings, { onVerdict })
      : await Pool.start(settings, { onVerdict }, environment, level);
  } catch (thrown) {
    throw thrown instanceof Error ? plan.locate(thrown) : thrown;
  }
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

async function serveHttp({ http }: SpoaPlan, view: SpoaView) {
  if (http === undefined) return undefined;
  return await serveSurfaces({
    listen: http,
    routes: (stopping) => [spoaRoutes({ view, stopping })],
    collectors: [async () => spoaMetrics(await view.stats())],
  });
}

/** Reads the configuration again; one line for each thing that has changed, or has not. */
async function reload(environment: Environment, flags: SpoaFlags, before: SpoaPlan, runner: Runner): Promise<void> {
  try {
    const plan = await readPlan(environment, flags);
    for (const [field, key] of FIXED) {
      if (JSON.stringify(plan[field]) !== JSON.stringify(before[field])) {
        LOG.warn('"{key}" has changed in the configuration: start happi again to have it', { key });
      }
    }
    tellChanges(await runner.reload(plan.policies), plan);
  } catch (thrown) {
    LOG.error("Nothing was reloaded: {why}", { why: reason(thrown) });
  }
}

/** What only a new start changes, and its key in the file. */
const FIXED = [
  ["listen", "listen"],
  ["workers", "workers"],
  ["io", "io"],
  ["processingMs", "processing_ms"],
  ["http", "http"],
  ["recordVerdicts", "record_verdicts"],
] as const satisfies readonly (readonly [keyof SpoaPlan, string])[];

function tellChanges(changes: Changes, { locate }: SpoaPlan): void {
  for (const { name, error } of changes.failed) {
    LOG.error('Policy "{name}" stays as it was: {why}', { name, why: reason(locate(errorOf(error))) });
  }
  const words: readonly (readonly [word: string, names: PolicyChanges["added"]])[] = [
    ["added", changes.added],
    ["changed", changes.changed],
    ["read again", changes.reloaded],
    ["removed", changes.removed],
  ];
  const said = words.filter(([, names]) => names.length > 0).map(([word, names]) => `${word} ${names.join(", ")}`);
  LOG.info("Reloaded: {what}", { what: said.length === 0 ? "nothing has changed" : said.join("; ") });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
