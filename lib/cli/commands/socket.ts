/**
 * `happi socket`: raw commands, answered as HAProxy answers them; without a command, a shell.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { CommandRefused, type SendOptions, type Socket } from "../../socket/mod.ts";
import { connection, type ConnectionValues, logLevel, openSocket } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { readLines, readText } from "../input.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { configureLogs } from "../logging.ts";
import { readScript, type ScriptCommand } from "../script.ts";
import { UsageError } from "../usage_error.ts";
import { path, word } from "../values.ts";

interface SocketValues {
  readonly connection: ConnectionValues;
  readonly own: {
    readonly data: readonly string[];
    readonly payload?: string | undefined;
    readonly follow: boolean;
    readonly expert: boolean;
    readonly experimental: boolean;
    readonly loglevel?: Level | undefined;
  };
}

/** The leaf of `happi socket`. */
export const socketLeaf = leaf<SocketValues>({
  path: "socket",
  usage: "[-p PATH] [-d COMMAND]...",
  summary: "Send raw commands to HAProxy's socket, or open a shell on it",
  paragraphs: [
    "The answer goes to standard output as HAProxy gave it, also when it says no; then the exit status is 1. " +
    "Without -d, commands are read from standard input, one a line; on a terminal that is a shell with history and completion.",
  ],
  parser: object({
    connection,
    own: object("Options", {
      data: multiple(option("-d", "--data", word("COMMAND"), {
        description: message`A command; may be repeated. "-" reads commands from standard input, one a line`,
      })),
      payload: optional(option("--payload", path("FILE"), {
        description: message`Lines to send after the command, such as a certificate; "-" is standard input`,
      })),
      follow: option("-f", "--follow", {
        description: message`The command keeps talking ("show events buf0 -w"): show its lines until Ctrl-C`,
      }),
      expert: option("--expert", { description: message`Unlock the commands of expert mode` }),
      experimental: option("--experimental", { description: message`Unlock the commands of experimental mode` }),
      loglevel: logLevel,
    }),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi socket                                     # a shell on this host's HAProxy",
      "happi socket -p /run/haproxy/admin.sock -d 'show info'",
      "happi socket -d 'disable server web/s1' -d 'show servers state web'",
      "happi socket -d 'set ssl cert /etc/haproxy/site.pem' --payload new.pem",
      "happi socket -f -d 'show events buf0 -w'",
      "happi socket -p /run/haproxy-master.sock --master -d 'show proc'",
      "happi socket -p 10.0.0.5:9999 -l DEBUG -d 'show stat' >stat.csv",
    ],
  }],
  async run(environment, { connection, own }) {
    await configureLogs(environment, own.loglevel ?? "INFO");
    const { socket, master } = await openSocket(environment, connection, own.loglevel);
    await using _closed = socket;
    const modes = (["expert", "experimental"] as const).filter((mode) => own[mode]);
    if (own.data.length === 0 && environment.stdin.isTerminal) {
      const { runShell } = await import("../shell/shell.ts");
      return await runShell(environment, { socket, master }, modes);
    }
    const commands = await withPayload(environment, own.payload, commandsOf(environment, own.data));
    return own.follow
      ? await follow(environment, socket, commands)
      : await sendAll(environment, socket, commands, modes);
  },
});

/** The commands of every `-d` in order, or of standard input. */
async function* commandsOf(environment: Environment, data: readonly string[]): AsyncGenerator<ScriptCommand> {
  let isEmpty = true;
  for (const text of data.length === 0 ? ["-"] : data) {
    for await (const command of readScript(text === "-" ? readLines(environment.stdin) : text.split(/\r?\n/))) {
      isEmpty = false;
      yield command;
    }
  }
  if (isEmpty) {
    throw new UsageError("Cannot send nothing: give a command with -d or on standard input", "happi socket --help");
  }
}

async function withPayload(
  environment: Environment,
  file: string | undefined,
  commands: AsyncIterable<ScriptCommand>,
): Promise<AsyncIterable<ScriptCommand> | readonly ScriptCommand[]> {
  if (file === undefined) return commands;
  const [only, ...others] = await Array.fromAsync(commands);
  if (only === undefined || others.length > 0 || only.payload !== undefined) {
    throw new UsageError("Cannot use --payload: it needs exactly one command, without lines of its own");
  }
  return [{ command: only.command, payload: await readText(environment.stdin, file) }];
}

/** Sends one after the other; a refusal does not stop the next, and shows in the exit status. */
async function sendAll(
  environment: Environment,
  socket: Socket,
  commands: AsyncIterable<ScriptCommand> | readonly ScriptCommand[],
  modes: NonNullable<SendOptions["modes"]>,
): Promise<number> {
  let status: number = EXIT.done;
  for await (const { command, payload } of commands) {
    const options = { modes, signal: environment.signal, ...(payload === undefined ? {} : { payload }) };
    const answer = await socket.ask(command, options);
    if (answer.ok) {
      await environment.stdout.write(answer.text);
    } else if (answer.error instanceof CommandRefused) {
      await environment.stdout.write(`${answer.error.answer}\n`);
      status = EXIT.refused;
    } else {
      throw answer.error;
    }
  }
  return status;
}

async function follow(
  environment: Environment,
  socket: Socket,
  commands: AsyncIterable<ScriptCommand> | readonly ScriptCommand[],
): Promise<number> {
  const [only, ...others] = await Array.fromAsync(commands);
  if (only === undefined || others.length > 0 || only.payload !== undefined) {
    throw new UsageError("Cannot follow several commands at once: give one with -d");
  }
  const { signal } = environment;
  for await (const line of socket.stream(only.command, { signal })) await environment.stdout.write(`${line}\n`);
  return EXIT.done;
}
