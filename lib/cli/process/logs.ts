/**
 * `happi process logs`: what processes have written, and with -f what they go on to write.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { readInteger, word } from "../values.ts";
import { type Fields, findKeeper, type KeeperApi, KeeperRefused, listIn, recordIn } from "./api.ts";
import { api } from "./flags.ts";
import { LinePrinter } from "./line_printer.ts";

interface LogsValues {
  readonly args: { readonly names: readonly string[] };
  readonly own: { readonly follow: boolean; readonly tail?: string | undefined; readonly api?: string | undefined };
}

/** The leaf of `happi process logs`. */
export const logsLeaf = leaf<LogsValues>({
  path: "process logs",
  usage: "[-f] [--tail N] [NAME|PID]... [--api URL]",
  summary: "Show what processes have written; -f goes on, also with those that are started later",
  paragraphs: [
    "Of one process the bytes as they are; of several each line with its time and name. The keeper keeps the last " +
    "1 MiB of each output of what runs.",
  ],
  parser: object({
    args: object("Arguments", {
      names: multiple(
        argument(word("NAME|PID"), { description: message`Processes, or numbers of some; all if not said` }),
      ),
    }),
    own: object("Options", {
      follow: option("-f", "--follow", {
        description: message`Go on until Ctrl-C, or until the process of that number ends`,
      }),
      tail: optional(
        option("--tail", word("N"), { description: message`Begin with the last N lines (all that is kept)` }),
      ),
      api,
    }),
  }),
  run,
});

async function run(environment: Environment, { args, own }: LogsValues): Promise<number> {
  const begin = own.tail === undefined ? "after=0" : `tail=${readInteger("--tail", own.tail, 0, 1_000_000)}`;
  const keeper = await findKeeper(environment, own);
  const names = args.names.length > 0 ? args.names : listIn(await keeper.ask("GET", "/processes"));
  const found = await Promise.all(names.map((name) => findProcesses(keeper, name)));
  const isOne = found.length === 1 && found[0]?.pids.length === 1 &&
    (found[0].isPid || !own.follow || !hasMore(found[0]));
  const reading = { environment, keeper, isOne, begin, isFollowed: own.follow };
  const printer = new LinePrinter(environment.stdout, found.flatMap((one) => one.pids.map((pid) => labelOf(one, pid))));
  await Promise.all(found.map((one) => readProcesses(reading, printer, one)));
  return EXIT.done;
}

/** What a word of the command line means. */
interface Found {
  readonly name: string;
  readonly isPid: boolean;
  readonly pids: readonly string[];
  readonly labels: readonly string[];
  readonly wanted: number;
}

async function findProcesses(keeper: KeeperApi, name: string): Promise<Found> {
  const path = encodeURIComponent(name);
  const isPid = /^\d+$/.test(name);
  const definition = recordIn(await keeper.ask("GET", `/processes/${path}`));
  const labels = [...new Set(listIn(definition["redirect_output"]))];
  if (labels.length === 0) {
    throw new KeeperRefused(`Cannot show what "${name}" writes: its definition has no redirect_output`);
  }
  const pids = isPid ? [name] : listIn(recordIn(await keeper.ask("GET", `/processes/${path}/_pids`))["pids"]);
  return { name, isPid, pids, labels, wanted: Number(definition["numprocesses"] ?? 1) };
}

function hasMore({ pids, wanted }: Found): boolean {
  return Math.max(pids.length, wanted) > 1;
}

/** `web`, or `web.3` where more than one runs. */
function labelOf(found: Found, pid: string): string {
  return !found.isPid && hasMore(found) ? `${found.name}.${pid}` : found.name;
}

interface Reading {
  readonly environment: Environment;
  readonly keeper: KeeperApi;
  /** Bytes as they are. */
  readonly isOne: boolean;
  readonly begin: string;
  readonly isFollowed: boolean;
}

async function readProcesses(reading: Reading, printer: LinePrinter, found: Found): Promise<void> {
  const { keeper, isFollowed, environment: { signal } } = reading;
  // Those that begin from here on are told before those that are there are read: none is missed.
  const spawned = isFollowed && !found.isPid
    ? await keeper.open(`/watch/proc/${encodeURIComponent(found.name)}/spawn?feed=continuous&heartbeat=false`, signal)
    : undefined;
  const seen = new Set(found.pids);
  const all: Promise<void>[] = [];
  const read = (pid: string, begin: string) => {
    const printed = readOne(reading, printer, found, pid, begin);
    printed.catch(() => {}); // told at the end
    all.push(printed);
  };
  for (const pid of found.pids) read(pid, reading.begin);
  for await (const event of spawned === undefined ? [] : jsonLines(spawned)) {
    const pid = String(event["pid"]);
    if (!seen.has(pid)) read(pid, "after=0");
    seen.add(pid);
  }
  await Promise.all(all);
}

async function readOne(
  reading: Reading,
  printer: LinePrinter,
  found: Found,
  pid: string,
  begin: string,
): Promise<void> {
  const { keeper, isOne, isFollowed, environment: { signal, stdout } } = reading;
  await Promise.all(found.labels.map(async (label) => {
    const path = `/streams/${pid}/${
      encodeURIComponent(label)
    }?feed=continuous&heartbeat=false&follow=${isFollowed}&${begin}`;
    try {
      const bytes = await keeper.open(path, signal);
      if (!isOne) await printer.printAll(labelOf(found, pid), bytes);
      else for await (const chunk of bytes) await stdout.write(chunk);
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      // It has ended since its number was read.
      if (!(thrown instanceof KeeperRefused && thrown.status === 404 && !found.isPid)) throw thrown;
    }
  }));
}

/** Objects, one a line. */
async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Fields> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield recordIn(JSON.parse(line));
  }
}
