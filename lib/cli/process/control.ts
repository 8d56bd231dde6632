/**
 * `happi process stop|restart|scale|signal`, and `start NAME`: what is done to processes that a keeper keeps.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { parseSignal, signalName } from "../../process/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { type Leaf, leaf } from "../leaf.ts";
import { UsageError } from "../usage_error.ts";
import { word } from "../values.ts";
import { type ApiFlags, findKeeper, type KeeperApi, recordIn } from "./api.ts";
import { api } from "./flags.ts";

interface NamesValues {
  readonly args: { readonly names: readonly string[] };
  readonly own: ApiFlags;
}

const names = multiple(argument(word("NAME"), { description: message`Processes, or groups with a colon: app:` }), {
  min: 1,
});

/** The leaf of `happi process stop`. */
export const stopLeaf = leaf<NamesValues>({
  path: "process stop",
  usage: "NAME|GROUP:... [--api URL]",
  summary: "Stop processes, and wait until they have ended",
  parser: object({ args: object("Arguments", { names }), own: object("Options", { api }) }),
  run: (environment, { args, own }) => actOn(environment, own, args.names, "_stop"),
});

/** The leaf of `happi process restart`. */
export const restartLeaf = leaf<NamesValues>({
  path: "process restart",
  usage: "NAME|GROUP:... [--api URL]",
  summary: "Start new processes, and end the old when the new are ready",
  parser: object({ args: object("Arguments", { names }), own: object("Options", { api }) }),
  run: (environment, { args, own }) => actOn(environment, own, args.names, "_restart"),
});

const DONE = { _start: "started", _stop: "stopped", _restart: "restarted" } as const;

/** Does the same to each, one after the other. */
export async function actOn(
  environment: Environment,
  flags: ApiFlags,
  all: readonly string[],
  action: keyof typeof DONE,
): Promise<number> {
  const keeper = await findKeeper(environment, flags);
  for (const name of all) {
    const { reason } = recordIn(await keeper.ask("POST", `${pathOf(name)}/${action}`));
    await environment.stdout.write(`${name}: ${typeof reason === "string" ? `not yet: ${reason}` : DONE[action]}\n`);
  }
  return EXIT.done;
}

/** `app:` is the group `app`. */
function pathOf(name: string): string {
  const [, group] = /^([^:]+):$/.exec(name) ?? [];
  return group === undefined ? `/processes/${encodeURIComponent(name)}` : `/groups/${encodeURIComponent(group)}`;
}

interface SignalValues {
  readonly args: { readonly name: string; readonly signal: string };
  readonly own: ApiFlags;
}

/** The leaf of `happi process signal`. */
export const signalLeaf = leaf<SignalValues>({
  path: "process signal",
  usage: "NAME|PID SIGNAL [--api URL]",
  summary: "Send a signal to all processes of a name, or to one",
  parser: object({
    args: object("Arguments", {
      name: argument(word("NAME|PID"), { description: message`A process's name, or a number that list shows` }),
      signal: argument(word("SIGNAL", ["HUP", "TERM", "USR1", "USR2", "INT", "KILL"]), {
        description: message`HUP, SIGHUP, 1`,
      }),
    }),
    own: object("Options", { api }),
  }),
  async run(environment, { args, own }) {
    const signal = parseSignal(args.signal);
    const keeper = await findKeeper(environment, own);
    await keeper.ask("POST", `/processes/${encodeURIComponent(args.name)}/_signal/${signal}`);
    await environment.stdout.write(`${args.name}: ${signalName(signal)} sent\n`);
    return EXIT.done;
  },
});

interface ScaleValues {
  readonly args: { readonly name: string; readonly change: string };
  readonly own: ApiFlags;
}

const scale = leaf<ScaleValues>({
  path: "process scale",
  usage: "NAME N|+N|-N|=N [--api URL]",
  summary: "Change how many processes of a name run: to N, or by so many",
  paragraphs: ["The oldest are ended first. A restart of the keeper brings back what is defined."],
  parser: object({
    args: object("Arguments", {
      name: argument(word("NAME"), { description: message`A process's name` }),
      change: argument(word("CHANGE"), { description: message`3 or =3: so many; +1, -1: more or fewer` }),
    }),
    own: object("Options", { api }),
  }),
  run: runScale,
});

/** The leaf of `happi process scale`: `-1` is no option of it. */
export const scaleLeaf: Leaf = {
  ...scale,
  run: (environment, args) => scale.run(environment, args.map((one) => one.replace(/^-(?=\d+$)/, MINUS))),
};

/** What a parser of options takes for a word. */
const MINUS = "\u2212";

async function runScale(environment: Environment, { args, own }: ScaleValues): Promise<number> {
  const [, sign = "", count] = /^([+=\u2212-]?)(\d{1,4})$/.exec(args.change) ?? [];
  if (count === undefined) {
    throw new UsageError(`Cannot use "${args.change}" as a number of processes: write 3, +1, -1 or =3`);
  }
  const keeper = await findKeeper(environment, own);
  const change = `${{ "+": "+", [MINUS]: "-", "-": "-" }[sign] ?? "="}${count}`;
  const numbers = recordIn(
    await keeper.askJobs("POST", `${await jobPath(keeper, args.name)}/numprocesses`, { body: { scale: change } }),
  );
  await environment.stdout.write(`${args.name}: ${numbers["numprocesses"]}\n`);
  return EXIT.done;
}

/** A process's place among the jobs: `/jobs/SESSION/NAME`. */
export async function jobPath(keeper: KeeperApi, name: string): Promise<string> {
  const { group } = recordIn(await keeper.ask("GET", `/processes/${encodeURIComponent(name)}`));
  const session = typeof group === "string" ? group : "default";
  const job = name.startsWith(`${session}:`) ? name.slice(session.length + 1) : name;
  return `/jobs/${encodeURIComponent(session)}/${encodeURIComponent(job)}`;
}
