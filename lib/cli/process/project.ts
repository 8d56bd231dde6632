/**
 * A Procfile with what belongs to it: its files of variables, how many run of what, its folder.
 */
import {
  type Definition,
  procfileDefinitions,
  type ProcfileEntry,
  readEnvFile,
  readProcfile,
} from "../../process/mod.ts";
import type { Environment } from "../environment.ts";
import { readText, UnreadableFile } from "../input.ts";
import { UsageError } from "../usage_error.ts";
import { childrenEnvironment } from "./children_environment.ts";
import type { ProjectFlags } from "./flags.ts";

/** A Procfile, read. */
export interface Project {
  /** The name of its folder, which is the group of its processes. */
  readonly name: string;
  /** Whole. */
  readonly folder: string;
  readonly entries: readonly ProcfileEntry[];
  /** What its files of variables say. */
  readonly env: Readonly<Record<string, string>>;
  readonly concurrency: ReadonlyMap<string, number>;
}

/**
 * Reads a project.
 *
 * @throws {UnreadableFile} {@linkcode InvalidProcfile} {@linkcode InvalidEnvFile}
 * @throws {UsageError} when the numbers of processes make no sense
 */
export async function readProject(environment: Environment, flags: ProjectFlags): Promise<Project> {
  const { name, folder, env } = await readSurroundings(environment, flags);
  const file = flags.procfile ?? beside(flags.directory, "Procfile");
  const text = await readText(environment.stdin, file).catch((thrown) => {
    if (flags.procfile !== undefined || !(thrown instanceof UnreadableFile)) throw thrown;
    throw new UsageError(`${thrown.message}; name another with -f, or its folder with -d`);
  });
  const entries = readProcfile(text, file);
  const concurrency = readConcurrency(flags.concurrency, entries.map(({ name }) => name));
  return { name, folder, entries, env, concurrency };
}

/** The folder and the variables alone, for a command that is in no Procfile. */
export async function readSurroundings(
  environment: Environment,
  { directory, procfile, env: files }: Omit<ProjectFlags, "concurrency">,
): Promise<Pick<Project, "name" | "folder" | "env">> {
  const place = directory ??
    (procfile === undefined || !procfile.includes("/") ? "." : procfile.replace(/\/[^/]*$/, "/"));
  const folder = await Deno.realPath(place).catch((thrown) => {
    throw new UnreadableFile(place, thrown);
  });
  const own = await Deno.readTextFile(`${folder}/.env`).catch((thrown) => {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw new UnreadableFile(`${folder}/.env`, thrown);
  });
  let env = readEnvFile(own, beside(directory, ".env"));
  for (const file of files) env = { ...env, ...readEnvFile(await readText(environment.stdin, file), file) };
  return { name: nameOf(folder), folder, env };
}

/**
 * The definitions of a project.
 *
 * @param group stands before their names
 */
export function projectDefinitions(environment: Environment, project: Project, group?: string): Definition[] {
  return procfileDefinitions(project.entries, {
    env: project.env,
    environment: childrenEnvironment(environment.variables()),
    concurrency: project.concurrency,
    cwd: project.folder,
    ...(group === undefined ? {} : { group }),
  });
}

/** `web=2,worker=0`; `all` is each that is not named. */
function readConcurrency(given: readonly string[], names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of given.flatMap((list) => list.split(",")).filter((one) => one !== "")) {
    const [, name = "", count] = /^([\w-]+)=(\d{1,3})$/.exec(one) ?? [];
    if (count === undefined) {
      throw new UsageError(`Cannot use "${one}" as --concurrency: write NAME=N, such as "web=2"`);
    }
    if (name !== "all" && !names.includes(name)) {
      throw new UsageError(`Cannot use "${one}" as --concurrency: the Procfile has only ${names.join(", ")}`);
    }
    counts.set(name, Number(count));
  }
  const others = counts.get("all");
  if (others === undefined) return counts;
  return new Map(names.map((name) => [name, counts.get(name) ?? others]));
}

/** A folder's name as a group: what a process's name may not have becomes a dash. */
function nameOf(folder: string): string {
  const name = folder.slice(folder.lastIndexOf("/") + 1).replace(/[^\w.@+-]+/g, "-");
  return name === "" || /^\d+$/.test(name) ? `app${name}` : name;
}

function beside(directory: string | undefined, file: string): string {
  return directory === undefined ? file : `${directory.replace(/\/$/, "")}/${file}`;
}
