/**
 * `happi state restore FILE`: makes HAProxy as it was.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { option } from "@optique/core/primitives";
import { diffSnapshot, type Restored, restoreSnapshot } from "../../services/mod.ts";
import { connection, type ConnectionValues, logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { toJson } from "../output/json.ts";
import { differenceText } from "./diff.ts";
import { json, openClient, readFile, snapshotArgument } from "./flags.ts";

interface RestoreValues {
  readonly args: { readonly file: string };
  readonly connection: ConnectionValues;
  readonly own: {
    readonly dryRun: boolean;
    readonly noAdd: boolean;
    readonly json: boolean;
    readonly loglevel?: Level | undefined;
  };
}

/** The leaf of `happi state restore`. */
export const restoreLeaf = leaf<RestoreValues>({
  path: "state restore",
  usage: "FILE [-p PATH] [--dry-run] [--no-add] [--json]",
  summary: "Make HAProxy as it was",
  paragraphs: [
    "Servers that HAProxy does not have are added, what it has besides stays, and nothing is done to what is as it was. " +
    "Ends with status 1 when something could not be put back.",
  ],
  parser: object({
    args: snapshotArgument,
    connection,
    own: object("Options", {
      dryRun: option("-n", "--dry-run", { description: message`Show what would be done, and do nothing` }),
      noAdd: option("--no-add", { description: message`Add no servers that HAProxy does not have` }),
      json,
      loglevel: logLevel,
    }),
  }),
  run,
});

async function run(environment: Environment, { args, connection, own }: RestoreValues): Promise<number> {
  const { stdout } = environment;
  const snapshot = await readFile(environment, args.file);
  await using client = await openClient(environment, connection, own.loglevel);
  if (own.dryRun) {
    const wanted = (await diffSnapshot(client, snapshot)).filter(({ kind, commands }) => {
      return kind !== "extra" && !(own.noAdd && commands[0]?.startsWith("add server "));
    });
    if (own.json) await stdout.write(toJson(wanted, stdout.isTerminal));
    else {
      for (const one of wanted) {
        await stdout.write(differenceText(one, stdout.hasColours));
        for (const command of one.commands) await stdout.write(`    > ${command}\n`);
      }
    }
    return EXIT.done;
  }
  const restored = await restoreSnapshot(client, snapshot, { isAdding: !own.noAdd, signal: environment.signal });
  if (own.json) await stdout.write(toJson(restored, stdout.isTerminal));
  else await stdout.write(restoredText(restored));
  const { failed, missing, differences } = restored;
  return failed.length + missing.length + differences.length === 0 ? EXIT.done : EXIT.refused;
}

function restoredText({ made, same, failed, missing, differences, ms }: Restored): string {
  const lines = [
    ...made.map(({ subject, why }) => `${subject}: put back (${why})`),
    ...missing.map(({ subject, why }) => `${subject}: not there: ${why}`),
    ...failed.map(({ subject, why }) => `${subject}: refused: ${why}`),
    ...differences.map(({ subject, why }) => `${subject}: still otherwise: ${why}`),
    `${made.length} put back, ${same} as they were, ${missing.length + failed.length} not, in ${ms} ms`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}
