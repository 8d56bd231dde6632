/**
 * `happi process export`: a Procfile or a configuration, for systemd or for gafferd.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { readProcessConfig } from "../../config/mod.ts";
import { reason } from "../../errors.ts";
import { type Definition, systemdUnits, toIni, writeDefinition } from "../../process/mod.ts";
import { type Environment, OutputFailed } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { readText } from "../input.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { UsageError } from "../usage_error.ts";
import { choice, path, word } from "../values.ts";
import { project, type ProjectFlags } from "./flags.ts";
import { projectDefinitions, readProject } from "./project.ts";

const FORMATS = ["systemd", "json", "ini"] as const;

interface ExportValues {
  readonly args: { readonly format: typeof FORMATS[number]; readonly names: readonly string[] };
  readonly own: {
    readonly config?: string | undefined;
    readonly group?: string | undefined;
    readonly out?: string | undefined;
  };
  readonly procfile: ProjectFlags;
}

/** The leaf of `happi process export`. */
export const exportLeaf = leaf<ExportValues>({
  path: "process export",
  usage: "systemd|json|ini [NAME]... [-f PROCFILE | --config FILE] [-g GROUP] [-o DIR]",
  summary: "Write a Procfile, or the processes of a configuration, as systemd units, JSON or gafferd's ini",
  paragraphs: [
    "The files hold the environment as well, which may be secret: those that -o writes are their owner's alone. No keeper " +
    "is needed.",
  ],
  parser: object({
    args: object("Arguments", {
      format: argument(choice("FORMAT", FORMATS), { description: message`systemd, json or ini` }),
      names: multiple(argument(word("NAME"), { description: message`Only these processes` })),
    }),
    own: object("Options", {
      config: optional(option("--config", path("FILE"), {
        description: message`Take [process.NAME] of this configuration, and no Procfile`,
      })),
      group: optional(option("-g", "--group", word("GROUP"), {
        description: message`What they have in common: GROUP.target, [process:GROUP:NAME] (the folder's name)`,
      })),
      out: optional(
        option("-o", "--out", path("DIR"), { description: message`Write files there, not to standard output` }),
      ),
    }),
    procfile: object("Procfile", project),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi process export systemd -o /etc/systemd/system && systemctl daemon-reload && systemctl enable --now app.target",
      "happi process export json web",
    ],
  }],
  run,
});

async function run(environment: Environment, { args, own, procfile }: ExportValues): Promise<number> {
  const { group, folder, definitions: all } = await read(environment, own, procfile);
  const stranger = args.names.find((name) => !all.some((one) => nameIn(one, group) === name));
  if (stranger !== undefined) {
    const known = all.map((one) => nameIn(one, group)).join(", ");
    throw new UsageError(`Cannot export "${stranger}": there is no such process, only ${known}`);
  }
  const definitions = all.filter((one) => args.names.length === 0 || args.names.includes(nameIn(one, group)));
  const files = WRITERS[args.format]({ group, folder, definitions });
  if (own.out === undefined) await environment.stdout.write(joined(files));
  else await writeFiles(environment, own.out, files);
  return EXIT.done;
}

/** What is exported. */
interface Exported {
  readonly group: string;
  readonly folder: string;
  readonly definitions: readonly Definition[];
}

async function read(environment: Environment, own: ExportValues["own"], procfile: ProjectFlags): Promise<Exported> {
  if (own.config === undefined) {
    const found = await readProject(environment, procfile);
    const group = own.group ?? found.name;
    return { group, folder: found.folder, definitions: projectDefinitions(environment, found, group) };
  }
  const { definitions } = readProcessConfig(await readText(environment.stdin, own.config), own.config);
  if (definitions.length === 0) throw new UsageError(`Cannot export "${own.config}": it has no [process.NAME]`);
  return { group: own.group ?? "happi", folder: Deno.cwd(), definitions };
}

interface File {
  readonly file: string;
  readonly text: string;
}

const WRITERS: Readonly<Record<typeof FORMATS[number], (exported: Exported) => readonly File[]>> = {
  systemd: ({ group, folder, definitions }) => systemdUnits(definitions, { target: group, cwd: folder }),
  ini: ({ group, definitions }) => [{ file: `${group}.ini`, text: toIni(definitions) }],
  json({ group, definitions }) {
    const values = definitions.map(writeDefinition);
    return [{ file: `${group}.json`, text: toJson(values.length === 1 ? values[0] : values, true) }];
  },
};

/** Several files on one output: each with its name above it, as a comment. */
function joined(files: readonly File[]): string {
  if (files.length === 1) return files.map(({ text }) => text).join("");
  return files.map(({ file, text }) => `# ${file}\n${text}`).join("\n");
}

async function writeFiles({ stderr }: Environment, folder: string, files: readonly File[]): Promise<void> {
  try {
    for (const { file, text } of files) {
      await Deno.writeTextFile(`${folder}/${file}`, text, { mode: 0o600 });
      await stderr.write(`happi: wrote ${folder}/${file}\n`);
    }
  } catch (thrown) {
    throw new OutputFailed(new Error(`"${folder}": ${reason(thrown)}`, { cause: thrown }));
  }
}

/** A name without its group. */
function nameIn({ name }: Definition, group: string): string {
  return name.startsWith(`${group}:`) ? name.slice(group.length + 1) : name;
}
