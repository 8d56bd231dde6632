/**
 * `happi process list`: what a keeper keeps, and how it is.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import type { Row } from "../output/rows.ts";
import { toTable } from "../output/table.ts";
import { word } from "../values.ts";
import { type Fields, findKeeper, type KeeperApi, KeeperRefused, listIn, recordIn } from "./api.ts";
import { api, json } from "./flags.ts";

interface ListValues {
  readonly args: { readonly names: readonly string[] };
  readonly own: { readonly api?: string | undefined; readonly json: boolean };
}

/** The leaf of `happi process list`. */
export const listLeaf = leaf<ListValues>({
  path: "process list",
  usage: "[NAME]... [--json] [--api URL]",
  summary: "Show what is kept and how it is",
  parser: object({
    args: object("Arguments", {
      names: multiple(argument(word("NAME"), { description: message`Only these` })),
    }),
    own: object("Options", { api, json }),
  }),
  run,
});

async function run(environment: Environment, { args, own }: ListValues): Promise<number> {
  const { stdout, stderr } = environment;
  const keeper = await findKeeper(environment, own);
  const isAll = args.names.length === 0;
  const names = isAll ? listIn(await keeper.ask("GET", "/processes")) : args.names;
  const found = (await Promise.all(names.map((name) => read(keeper, name, isAll)))).filter((one) => one !== undefined);
  if (own.json) await stdout.write(toJson(found, stdout.isTerminal));
  else if (found.length === 0) await stderr.write("happi: no process is defined here\n");
  else {
    const options = { columns: stdout.isTerminal ? stdout.columns : Infinity, hasColours: stdout.hasColours };
    await stdout.write(toTable(found.map(rowOf), options).text);
  }
  return EXIT.done;
}

/** One process; nothing when it is gone since its name was read. */
async function read(keeper: KeeperApi, name: string, mayBeGone: boolean): Promise<Fields | undefined> {
  const path = encodeURIComponent(name);
  try {
    const [status, stats, kept] = await Promise.all([
      keeper.ask("GET", `/status/${path}`),
      keeper.ask("GET", `/stats/${path}`),
      keeper.ask("GET", `/processes/${path}/_pids`),
    ]);
    // Those that are being ended are measured too, but are no longer kept.
    const pids = listIn(recordIn(kept)["pids"]);
    const all = recordIn(stats)["stats"];
    const own = Array.isArray(all) ? all.map(recordIn).filter(({ id }) => pids.includes(String(id))) : [];
    return { name, ...recordIn(status), stats: own };
  } catch (thrown) {
    if (mayBeGone && thrown instanceof KeeperRefused && thrown.status === 404) return undefined;
    throw thrown;
  }
}

function rowOf(process: Fields): Row {
  const stats = Array.isArray(process["stats"]) ? process["stats"].map(recordIn) : [];
  const sum = (field: string) => Math.round(10 * stats.reduce((all, one) => all + (Number(one[field]) || 0), 0)) / 10;
  const memories = stats.map((one) => String(one["mem_info1"] ?? ""));
  return {
    name: String(process["name"]),
    state: String(process["state"] ?? (process["active"] === true ? "running" : "stopped")),
    running: `${process["running"]}/${process["numprocesses"]}`,
    pids: stats.map((one) => String(one["id"])).join(" "),
    "cpu%": stats.length === 0 ? null : sum("cpu"),
    memory: memories.join(" "),
    reason: String(process["reason"] ?? ""),
  };
}
