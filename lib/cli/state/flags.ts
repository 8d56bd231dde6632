/**
 * What the commands below `happi state` have in common: the snapshot's file, and HAProxy's client.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, option } from "@optique/core/primitives";
import { Client } from "../../client/mod.ts";
import { readSnapshot, type Snapshot } from "../../services/mod.ts";
import { type ConnectionValues, openSocket } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { readText } from "../input.ts";
import type { Level } from "../log_format.ts";
import { configureLogs } from "../logging.ts";
import { path } from "../values.ts";

/** The file of a snapshot. */
export const snapshotArgument = object("Arguments", {
  file: argument(path("FILE"), { description: message`The snapshot; "-" reads standard input` }),
});

/** Answers for programs. */
export const json = option("--json", { description: message`Answer in JSON` });

/** Makes the client; logs go where they are asked for. */
export async function openClient(
  environment: Environment,
  connection: ConnectionValues,
  level: Level | undefined,
): Promise<Client> {
  await configureLogs(environment, level ?? "INFO");
  const { socket, master } = await openSocket(environment, connection, level);
  return new Client(socket, { signal: environment.signal, ...(master === undefined ? {} : { master }) });
}

/** Reads the snapshot that the command line names. @throws {UnreadableFile} {@linkcode InvalidSnapshot} */
export async function readFile({ stdin }: Pick<Environment, "stdin">, file: string): Promise<Snapshot> {
  return readSnapshot(await readText(stdin, file));
}
