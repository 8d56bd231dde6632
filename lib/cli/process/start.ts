/**
 * `happi process start`: with a name alone it is asked of the keeper; without one, or with any option about a Procfile, the
 * Procfile runs here.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { leaf } from "../leaf.ts";
import { UsageError } from "../usage_error.ts";
import { word } from "../values.ts";
import type { ApiFlags } from "./api.ts";
import { actOn } from "./control.ts";
import { api, project, type ProjectFlags } from "./flags.ts";
import { runForeground } from "./foreground.ts";
import { projectDefinitions, readProject } from "./project.ts";

interface StartValues {
  readonly args: { readonly names: readonly string[] };
  readonly own: ApiFlags;
  readonly procfile: ProjectFlags;
}

/** The leaf of `happi process start`. */
export const startLeaf = leaf<StartValues>({
  path: "process start",
  usage: "[NAME]... [-f PROCFILE] [-c NAME=N] [-e FILE]... [-d DIR] | NAME|GROUP:... [--api URL]",
  summary: "Start what a keeper keeps; or run a Procfile here, in the foreground",
  paragraphs: [
    "With names alone they are started by the keeper. Without a name, or with any of -f, -c, -e and -d, a Procfile is run " +
    "here until Ctrl-C, all of it or the names: no keeper is needed. What ends is started again.",
  ],
  parser: object({
    args: object("Arguments", {
      names: multiple(argument(word("NAME"), { description: message`Processes` })),
    }),
    own: object("Keeper", { api }),
    procfile: object("Procfile", project),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi process start web                          # the keeper does it",
      "happi process start                              # ./Procfile, here",
      "happi process start -f Procfile web -c web=2     # two of web, here",
    ],
  }],
  run,
});

async function run(environment: Environment, { args, own, procfile }: StartValues): Promise<number> {
  const { names } = args;
  const isHere = names.length === 0 || procfile.procfile !== undefined || procfile.directory !== undefined ||
    procfile.env.length > 0 || procfile.concurrency.length > 0;
  if (!isHere) return await actOn(environment, own, names, "_start");
  if (own.api !== undefined) {
    throw new UsageError("Cannot run a Procfile on a keeper: give names alone, or use happi process load", HELP);
  }
  const found = await readProject(environment, procfile);
  const stranger = names.find((name) => !found.entries.some((entry) => entry.name === name));
  if (stranger !== undefined) {
    const known = found.entries.map(({ name }) => name).join(", ");
    throw new UsageError(`Cannot start "${stranger}": the Procfile has only ${known}`, HELP);
  }
  const definitions = projectDefinitions(environment, found);
  return await runForeground(
    environment,
    names.length === 0 ? definitions : definitions.filter(({ name }) => names.includes(name)),
  );
}

const HELP = "happi process start --help";
