/**
 * `happi state save [FILE]`: what HAProxy has at run time, as JSON.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { HappiError, reason } from "../../errors.ts";
import { takeSnapshot } from "../../services/mod.ts";
import { connection, type ConnectionValues, logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { path } from "../values.ts";
import { openClient } from "./flags.ts";
import { knownServers } from "./known_servers.ts";

interface SaveValues {
  readonly args: { readonly file?: string | undefined };
  readonly connection: ConnectionValues;
  readonly own: { readonly loglevel?: Level | undefined };
}

/** The leaf of `happi state save`. */
export const saveLeaf = leaf<SaveValues>({
  path: "state save",
  usage: "[FILE] [-p PATH]",
  summary: "Write what HAProxy has at run time into a file",
  paragraphs: [
    "Servers with their addresses, weights, limits and states, maps and ACLs with all entries. Private keys are not in it: " +
    "HAProxy does not give them. A server that was added at run time is written with the words of its line that HAProxy " +
    "shows, or with all of them where happi added it.",
  ],
  parser: object({
    args: object("Arguments", {
      file: optional(argument(path("FILE"), { description: message`Where to; standard output if not given` })),
    }),
    connection,
    own: object("Options", { loglevel: logLevel }),
  }),
  run,
});

async function run(environment: Environment, { args, connection, own }: SaveValues): Promise<number> {
  await using client = await openClient(environment, connection, own.loglevel);
  const snapshot = await takeSnapshot(client, { made: await knownServers(environment, client) });
  const text = `${JSON.stringify(snapshot, undefined, 2)}\n`;
  const { file = "-" } = args;
  if (file === "-") await environment.stdout.write(text);
  else await writeWhole(file, text);
  const { servers, maps, acls } = snapshot;
  const counts = `${servers.length} servers, ${maps.length} maps, ${acls.length} ACLs`;
  if (file !== "-") await environment.stderr.write(`happi: saved ${counts}\n`);
  return EXIT.done;
}

/** The old file stays until the new one is whole. */
async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await Deno.writeTextFile(beside, text, { mode: 0o600, createNew: true });
    await Deno.rename(beside, file);
  } catch (thrown) {
    await Deno.remove(beside).catch(() => {});
    throw new HappiError("output_failed", `Cannot write "${file}": ${reason(thrown)}`, { cause: thrown });
  }
}
