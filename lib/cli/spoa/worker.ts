/**
 * A worker of `happi spoa`: an agent in a thread of its own, told what to do by the main thread.
 */
import {
  ipReputationOf,
  makePolicy,
  type Policy,
  type PolicyOptions,
  PrefixTable,
  type VerdictRecord,
} from "../../spop/mod.ts";
import { configureLogs } from "../logging.ts";
import { Engine } from "./engine.ts";
import { plainError } from "./runner.ts";
import { catchStrayErrors, strayText } from "./stray_errors.ts";
import type { Call, FromWorker, ToWorker } from "./worker_calls.ts";

/** A worker's own global, which TypeScript takes for a page's. */
declare const self: Worker;

const main = { postMessage: (message: FromWorker) => self.postMessage(message) };

/** The tables of addresses that the main thread keeps. */
const tables = new Map<string, { table: PrefixTable }>();
let engine: Engine | undefined;
let verdicts: VerdictRecord[] = [];

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if ("beat" in data) return main.postMessage(data);
  if ("table" in data) return takeTable(data.policy, new PrefixTable(data.table));
  const { id, call } = data;
  carryOut(call).then(
    (result) => main.postMessage({ id, result }),
    (thrown) => main.postMessage({ id, error: plainError(thrown) }),
  );
});

catchStrayErrors((thrown) => main.postMessage({ stray: strayText(thrown) }));
main.postMessage({ beat: true });

async function carryOut(call: Call): Promise<unknown> {
  if (call.call === "start") return await start(call);
  if (engine === undefined) throw new Error(`"${call.call}" came before "start"`);
  switch (call.call) {
    case "reload":
      return await engine.reload(call.policies);
    case "watch":
      return await engine.watch(call.isWatched);
    default:
      return await engine[call.call]();
  }
}

async function start({ settings, worker, level }: Extract<Call, { call: "start" }>) {
  const stderr = {
    write(text: string) {
      main.postMessage({ line: text });
      return Promise.resolve();
    },
  };
  await configureLogs({ stderr, pid: Deno.pid }, level);
  engine = await Engine.start(settings, { onVerdict: tell }, worker, make);
  return await engine.listeners();
}

/** Lists are read once, by the main thread; here is only the table. */
function make(kind: string, options: PolicyOptions): Promise<Policy> {
  if (kind !== "ip_reputation") return makePolicy(kind, options);
  const { lists: _, ...names } = options;
  const holder = tables.get(String(options.name));
  if (holder === undefined) return Promise.reject(new Error("the table of addresses has not come"));
  return Promise.resolve(ipReputationOf(holder, names));
}

function takeTable(policy: string, table: PrefixTable): void {
  const holder = tables.get(policy);
  if (holder === undefined) tables.set(policy, { table });
  else holder.table = table;
}

/** The verdicts of a moment go together. */
function tell(verdict: VerdictRecord): void {
  if (verdicts.push(verdict) > 1) return;
  setTimeout(() => {
    main.postMessage({ verdicts });
    verdicts = [];
  }, 20);
}
