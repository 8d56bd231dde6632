/**
 * `happi process run`: a definition once on the keeper, or any command here with a project's variables; ends with its status.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { CannotStart, readEnvFile } from "../../process/mod.ts";
import { reason } from "../../errors.ts";
import type { Environment } from "../environment.ts";
import { type Leaf, leaf } from "../leaf.ts";
import { UsageError } from "../usage_error.ts";
import { word } from "../values.ts";
import { type ApiFlags, findKeeper, type KeeperApi, KeeperRefused, listIn, recordIn } from "./api.ts";
import { childrenEnvironment } from "./children_environment.ts";
import { jobPath } from "./control.ts";
import { adminTokenFile, api, project } from "./flags.ts";
import { readSurroundings } from "./project.ts";

interface OnceValues {
  readonly args: { readonly name?: string | undefined };
  readonly own: ApiFlags & { readonly set: readonly string[] };
  readonly here: { readonly directory?: string | undefined; readonly env: readonly string[] };
}

const leafOf = (command: readonly string[] | undefined) =>
  leaf<OnceValues>({
    path: "process run",
    usage: "NAME [-s KEY=VALUE]... [--api URL] | [-e FILE]... [-d DIR] -- COMMAND...",
    summary: "Run a definition or a command once, and end with its exit status",
    paragraphs: [
      "NAME is run by the keeper beside those that are kept, and its output shown. A command behind -- is run here, in the " +
      "folder of a Procfile and with its .env: no keeper is needed.",
    ],
    parser: object({
      args: object("Arguments", {
        name: optional(argument(word("NAME"), { description: message`A process that the keeper knows` })),
      }),
      own: object("Keeper", {
        set: multiple(option("-s", "--set", word("KEY=VALUE"), {
          description: message`A variable of its environment, which needs the admin token; may be repeated`,
        })),
        adminTokenFile,
        api,
      }),
      here: object("Command", { directory: project.directory, env: project.env }),
    }),
    sections: [{
      title: "Examples",
      lines: ["happi process run migrate -s STEP=2", "happi process run -- bin/console"],
    }],
    run: (environment, values) => run(environment, values, command),
  });

/** The leaf of `happi process run`: what stands behind `--` is somebody else's command line. */
export const onceLeaf: Leaf = {
  ...leafOf(undefined),
  run(environment, args) {
    const at = args.indexOf("--");
    return at < 0
      ? leafOf(undefined).run(environment, args)
      : leafOf(args.slice(at + 1)).run(environment, args.slice(0, at));
  },
};

async function run(
  environment: Environment,
  values: OnceValues,
  command: readonly string[] | undefined,
): Promise<number> {
  const { args, own, here } = values;
  if (args.name !== undefined && command === undefined) return await runThere(environment, args.name, own);
  const [program, ...words] = command ?? [];
  if (program === undefined || args.name !== undefined) {
    throw new UsageError("Cannot run: write the NAME of a process, or -- and a command", "happi process run --help");
  }
  return await runHere(environment, program, words, here);
}

/** As if it were typed in the folder, with the variables: the terminal is its own. */
async function runHere(
  environment: Environment,
  program: string,
  args: readonly string[],
  here: OnceValues["here"],
): Promise<number> {
  const { folder, env } = await readSurroundings(environment, here);
  const options: Deno.CommandOptions = {
    args: [...args],
    cwd: folder,
    clearEnv: true,
    env: { ...childrenEnvironment(environment.variables()), ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  };
  try {
    const child = new Deno.Command(program, options).spawn();
    // Ctrl-C reaches it as it reaches happi; a plain kill does not.
    const pass = () => child.kill("SIGTERM");
    environment.signal.addEventListener("abort", pass, { once: true });
    const status = await child.status;
    environment.signal.removeEventListener("abort", pass);
    return status.code;
  } catch (thrown) {
    throw new CannotStart(
      program,
      thrown instanceof Deno.errors.NotFound ? "there is no such program" : reason(thrown),
    );
  }
}

async function runThere(environment: Environment, name: string, own: OnceValues["own"]): Promise<number> {
  const env = readEnvFile(own.set.join("\n"), "-s");
  const keeper = await findKeeper(environment, own);
  const job = await jobPath(keeper, name);
  const body = own.set.length === 0 ? {} : { env };
  const { pid } = recordIn(await keeper.askJobs("POST", `${job}/commit`, { body }));
  const labels = new Set(
    listIn(recordIn(await keeper.ask("GET", `/processes/${encodeURIComponent(name)}`))["redirect_output"]),
  );
  const alone = new AbortController().signal;
  // Told to end, it tells the process, and stays to hear how that ends.
  const stop = () => void keeper.ask("POST", `/processes/${pid}/_stop`, { signal: alone }).catch(() => {});
  environment.signal.addEventListener("abort", stop, { once: true });
  if (environment.signal.aborted) stop();
  await Promise.all([...labels].map((label, index) => copy(environment, keeper, `${pid}/${label}`, index, alone)));
  const status = await statusOf(keeper, job, Number(pid), alone);
  environment.signal.removeEventListener("abort", stop);
  return status;
}

/** The second label is standard error, there and here. */
async function copy(
  { stdout, stderr }: Environment,
  keeper: KeeperApi,
  stream: string,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const to = index === 0 ? stdout : stderr;
  const bytes = await keeper.open(`/streams/${stream}?feed=continuous&heartbeat=false&after=0`, signal);
  for await (const chunk of bytes) await to.write(chunk);
}

/** Its exit status, as a shell tells it. */
async function statusOf(keeper: KeeperApi, job: string, pid: number, signal: AbortSignal): Promise<number> {
  for (;;) {
    const { commits } = recordIn(await keeper.askJobs("GET", `${job}/commits`, { signal }));
    const record = (Array.isArray(commits) ? commits.map(recordIn) : []).find((one) => one["pid"] === pid);
    if (record === undefined) {
      throw new KeeperRefused(`Cannot tell how process "${pid}" has ended: the keeper forgot it`);
    }
    const { exit_status: status, term_signal: number } = record;
    if (typeof status === "number") return Number(number) > 0 ? 128 + Number(number) : status;
    // One without output has no stream whose end says it.
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const POLL_MS = 50;
