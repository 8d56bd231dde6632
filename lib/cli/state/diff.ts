/**
 * `happi state diff FILE`: how HAProxy differs from a snapshot.
 */
import { object } from "@optique/core/constructs";
import { diffSnapshot, type SnapshotDifference } from "../../services/mod.ts";
import { connection, type ConnectionValues, logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { toJson } from "../output/json.ts";
import { type Paint, paint } from "../paint.ts";
import { json, openClient, readFile, snapshotArgument } from "./flags.ts";

interface DiffValues {
  readonly args: { readonly file: string };
  readonly connection: ConnectionValues;
  readonly own: { readonly json: boolean; readonly loglevel?: Level | undefined };
}

/** The leaf of `happi state diff`. */
export const diffLeaf = leaf<DiffValues>({
  path: "state diff",
  usage: "FILE [-p PATH] [--json]",
  summary: "Show how HAProxy differs from a file",
  paragraphs: [
    '"~" is otherwise in HAProxy, "-" is in the file alone, "+" in HAProxy alone. Ends with status 0 when nothing ' +
    "differs, 1 when something does.",
  ],
  parser: object({
    args: snapshotArgument,
    connection,
    own: object("Options", { json, loglevel: logLevel }),
  }),
  run,
});

async function run(environment: Environment, { args, connection, own }: DiffValues): Promise<number> {
  const { stdout } = environment;
  const snapshot = await readFile(environment, args.file);
  await using client = await openClient(environment, connection, own.loglevel);
  const differences = await diffSnapshot(client, snapshot);
  if (own.json) await stdout.write(toJson(differences, stdout.isTerminal));
  else for (const one of differences) await stdout.write(differenceText(one, stdout.hasColours));
  return differences.length === 0 ? EXIT.done : EXIT.refused;
}

const MARKS: Readonly<Record<SnapshotDifference["kind"], readonly [string, Paint]>> = {
  changed: ["~", "yellow"],
  missing: ["-", "red"],
  extra: ["+", "green"],
};

/** A difference as lines: what it is about, then what is otherwise. */
export function differenceText({ subject, kind, why }: SnapshotDifference, hasColours: boolean): string {
  const [mark, colour] = MARKS[kind];
  return `${paint(colour, `${mark} ${subject}`, hasColours)}\n${why.map((one) => `    ${one}\n`).join("")}`;
}
