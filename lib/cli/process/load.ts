/**
 * `happi process load|unload`: a Procfile or a definition from a file, given to the keeper and taken away again.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { type Definition, InvalidDefinition, readDefinition, writeDefinition } from "../../process/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { readText } from "../input.ts";
import { leaf } from "../leaf.ts";
import { UsageError } from "../usage_error.ts";
import { word } from "../values.ts";
import { type ApiFlags, findKeeper, type KeeperApi, KeeperRefused, listIn } from "./api.ts";
import { adminTokenFile, api, project, type ProjectFlags } from "./flags.ts";
import { projectDefinitions, readProject, readSurroundings } from "./project.ts";

interface LoadValues {
  readonly own: ApiFlags & { readonly group?: string | undefined; readonly noStart: boolean };
  readonly procfile: ProjectFlags;
}

/** The leaf of `happi process load`. */
export const loadLeaf = leaf<LoadValues>({
  path: "process load",
  usage: "[-f PROCFILE|FILE.json] [-g GROUP] [-c NAME=N] [-e FILE]... [-d DIR] [--no-start] [--api URL]",
  summary: "Give the keeper a Procfile as a group of processes, or definitions from a JSON file",
  paragraphs: [
    "The group is called as the folder; where there is such a group already, it becomes GROUP.0, GROUP.1 and so on. " +
    "A JSON file holds a definition or a list of some. Defining needs the admin token.",
  ],
  parser: object({
    own: object("Keeper", {
      group: optional(
        option("-g", "--group", word("GROUP"), { description: message`Stands before the names (the folder's)` }),
      ),
      noStart: option("--no-start", { description: message`Define them only; happi process start GROUP: starts them` }),
      adminTokenFile,
      api,
    }),
    procfile: object("Procfile", project),
  }),
  run: load,
});

async function load(environment: Environment, { own, procfile }: LoadValues): Promise<number> {
  const isJson = procfile.procfile?.endsWith(".json") ?? false;
  const found = isJson ? await readJson(environment, procfile.procfile ?? "", own.group) : undefined;
  const project = isJson ? undefined : await readProject(environment, procfile);
  const keeper = await findKeeper(environment, own);
  const group = own.group ?? project?.name;
  const free = group === undefined ? undefined : await freeGroup(keeper, group);
  const definitions = project === undefined ? found?.(free) ?? [] : projectDefinitions(environment, project, free);
  await define(keeper, definitions.map((one) => own.noStart ? { ...one, start: false } : one));
  const what = free ?? definitions.map(({ name }) => name).join(", ");
  await environment.stdout.write(`'${what}' has been loaded in ${keeper.url}\n`);
  return EXIT.done;
}

/** All of them, or none: those that were defined before one is refused are taken away again. */
async function define(keeper: KeeperApi, definitions: readonly Definition[]): Promise<void> {
  const done: string[] = [];
  try {
    for (const definition of definitions) {
      await keeper.ask("POST", "/processes", { body: writeDefinition(definition) });
      done.push(definition.name);
    }
  } catch (thrown) {
    const alone = new AbortController().signal;
    for (const name of done.reverse()) {
      await keeper.ask("DELETE", `/processes/${encodeURIComponent(name)}`, { signal: alone }).catch(() => {});
    }
    throw thrown;
  }
}

/** As the seed does: `app`, `app.0` to `app.3`. */
async function freeGroup(keeper: KeeperApi, group: string): Promise<string> {
  const taken = listIn(await keeper.ask("GET", "/groups"));
  const names = [group, ...[0, 1, 2, 3].map((number) => `${group}.${number}`)];
  const free = names.find((name) => !taken.includes(name));
  if (free !== undefined) return free;
  throw new KeeperRefused(
    `Cannot load group "${group}": there are ${names.join(", ")} already; unload one, or say --group`,
  );
}

/** Definitions of a JSON file, once their group is known. */
async function readJson(environment: Environment, file: string, group: string | undefined) {
  let value: unknown;
  try {
    value = JSON.parse(await readText(environment.stdin, file));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw new UsageError(`Cannot use "${file}": it is no JSON: ${thrown.message}`);
  }
  const read = (one: unknown): Definition => {
    try {
      return readDefinition(one);
    } catch (thrown) {
      if (thrown instanceof InvalidDefinition) throw new UsageError(`Cannot use "${file}": ${thrown.message}`);
      throw thrown;
    }
  };
  const definitions = (Array.isArray(value) ? value : [value]).map(read);
  return (free: string | undefined) =>
    free === undefined || group === undefined
      ? definitions
      : definitions.map((one) => ({ ...one, name: `${free}:${one.name.slice(one.name.indexOf(":") + 1)}` }));
}

interface UnloadValues {
  readonly args: { readonly names: readonly string[] };
  readonly own: ApiFlags & { readonly directory?: string | undefined };
}

/** The leaf of `happi process unload`. */
export const unloadLeaf = leaf<UnloadValues>({
  path: "process unload",
  usage: "[GROUP|NAME]... [-d DIR] [--api URL]",
  summary: "Stop groups or processes, and forget them",
  parser: object({
    args: object("Arguments", {
      names: multiple(argument(word("GROUP|NAME"), { description: message`Groups or processes (the folder's group)` })),
    }),
    own: object("Options", { directory: project.directory, adminTokenFile, api }),
  }),
  run: unload,
});

async function unload(environment: Environment, { args, own }: UnloadValues): Promise<number> {
  const names = args.names.length > 0 ? args.names : [await groupOf(environment, own.directory)];
  const keeper = await findKeeper(environment, own);
  for (const name of names) {
    const isGroup = listIn(await keeper.ask("GET", "/groups")).includes(name);
    await keeper.ask("DELETE", `/${isGroup ? "groups" : "processes"}/${encodeURIComponent(name)}`);
    await environment.stdout.write(`'${name}' has been unloaded from ${keeper.url}\n`);
  }
  return EXIT.done;
}

async function groupOf(environment: Environment, directory: string | undefined): Promise<string> {
  const { name } = await readSurroundings(environment, { directory, env: [], procfile: undefined });
  return name;
}
