/**
 * `happi client`: the Runtime API as commands, one a method of the client, with JSON, tables and CSV for answers.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, option } from "@optique/core/primitives";
import { findSimilar } from "@optique/core/suggestion";
import {
  type AnyMethod,
  bindNamed,
  Client,
  findMethod,
  InvalidArgument,
  METHODS,
  type Methods,
  toSnakeCase,
  UnsupportedCommand,
} from "../../client/mod.ts";
import { connection, type ConnectionValues, connectionWithoutTimeout, logLevel, openSocket } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { type Leaf, leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { configureLogs } from "../logging.ts";
import { argumentParser, argumentUsage, type ArgumentValues, readArguments, settingsOf } from "../method_arguments.ts";
import { groupMethods } from "../method_groups.ts";
import { methodSection } from "../method_help.ts";
import { follow } from "../output/follow.ts";
import { type Format, FORMATS, noteLine, render } from "../output/format.ts";
import { UsageError } from "../usage_error.ts";
import { choice, word } from "../values.ts";

/**
 * The leaf of a method, or the list of them all.
 *
 * @param name the method in either spelling; `undefined` for the list
 * @throws {UsageError} when there is no such method
 */
export function clientLeaf(name: string | undefined): Leaf {
  if (name === undefined) return methodList();
  const found = findMethod(name);
  if (!found) throw unknownMethod(name);
  return methodLeaf(found.name, found.method);
}

interface MethodValues {
  readonly args: ArgumentValues;
  readonly connection: ConnectionValues;
  readonly own: {
    readonly data?: string | undefined;
    readonly format?: Format | undefined;
    readonly loglevel?: Level | undefined;
  };
}

const own = object("Options", {
  data: optional(option("-d", "--data", word("JSON"), {
    description:
      message`Arguments by name, as a JSON object such as {"backend":"web"}; "-" reads it from standard input`,
  })),
  format: optional(option("--format", choice("FORMAT", FORMATS), {
    description: message`json, ndjson, table or csv (json; on a terminal table where it fits)`,
  })),
  loglevel: logLevel,
});

function methodLeaf(name: keyof Methods, method: AnyMethod): Leaf {
  const snake = toSnakeCase(name);
  const words = argumentUsage(method);
  return leaf<MethodValues>({
    path: `client ${snake}`,
    usage: `${words === "" ? "" : `${words} `}[options]`,
    summary: method.summary,
    sections: [methodSection(method)],
    parser: object({ args: argumentParser(method), connection: connectionFor(method), own }),
    run: (environment, values) => call(environment, name, method, values),
  });
}

/** The connection's options without those that the method has under the same name. */
function connectionFor(method: AnyMethod): Parser<"sync", ConnectionValues, unknown> {
  return settingsOf(method).some((field) => field.name === "timeout") ? connectionWithoutTimeout : connection;
}

async function call(environment: Environment, name: keyof Methods, method: AnyMethod, values: MethodValues) {
  const { format, loglevel, data } = values.own;
  await configureLogs(environment, loglevel ?? "INFO");
  const args = await bind(name, method, () => readArguments(method, values.args, data, environment.stdin));
  const { socket, master } = await openSocket(environment, targetFor(method, values.connection), loglevel);
  await using plain = new Client(socket, { signal: environment.signal, ...(master === undefined ? {} : { master }) });
  await using noting = method.effect === "change" ? await noted(environment, plain, name) : undefined;
  const result = (noting?.client ?? plain).call(name, args);
  if (method.kind === "follow") return await follow(result, format, environment.stdout);
  const { text, note } = render(await explained(name, method, result), format, environment.stdout);
  await environment.stdout.write(text);
  if (note !== undefined && environment.stderr.isTerminal) {
    await environment.stderr.write(noteLine(note, environment.stderr.hasColours));
  }
  return EXIT.done;
}

/** Changes are remembered where a running happi keeps this HAProxy; what does that is loaded for them alone. */
async function noted(environment: Environment, client: Client, name: keyof Methods) {
  return await (await import("../state/noting_client.ts")).notingClient(environment, client, name);
}

/** A method that only the master has says by itself that the socket is the master's. */
function targetFor(method: AnyMethod, values: ConnectionValues): ConnectionValues {
  const isSaid = values.master || values.worker || values.pid !== undefined;
  return method.onMaster && !isSaid ? { ...values, master: true } : values;
}

/** A worker does not know the master's commands: that is no question of versions. */
async function explained(name: keyof Methods, method: AnyMethod, result: unknown): Promise<unknown> {
  try {
    return await result;
  } catch (thrown) {
    if (!method.onMaster || !(thrown instanceof UnsupportedCommand)) throw thrown;
    throw new UsageError(
      `Cannot call ${
        toSnakeCase(name)
      } here: the socket is no master's, which alone knows the command; give the master's with -p PATH`,
    );
  }
}

/** Binds the arguments; what is wrong with them says where to read more. */
async function bind(name: keyof Methods, method: AnyMethod, read: () => Promise<Record<string, unknown>>) {
  const snake = toSnakeCase(name);
  try {
    return bindNamed(snake, method, await read());
  } catch (thrown) {
    if (!(thrown instanceof InvalidArgument)) throw thrown;
    throw new UsageError(thrown.message, `happi client ${snake} --help`);
  }
}

function methodNames(): string[] {
  return Object.keys(METHODS).map(toSnakeCase);
}

function summaryOf(name: string): string {
  return findMethod(name)?.method.summary ?? "";
}

function methodList(): Leaf {
  const names = methodNames();
  return leaf({
    path: "client",
    usage: "METHOD [ARGUMENT]... [options]",
    summary: "Call a method of HAProxy's Runtime API and get data back",
    paragraphs: [
      'Each method has its own help: "happi client get_servers_state --help". Names may also be written as in code ' +
      "(getServersState). Answers are JSON; on a terminal, lists are tables.",
    ],
    parser: object({
      method: object("Arguments", {
        name: optional(argument(word("METHOD", names.map((name) => [name, summaryOf(name)])), {
          description: message`One of the methods above`,
        })),
      }),
      connection,
      own,
    }),
    lead: groupMethods(names).map(({ title, names }) => ({
      title,
      entries: names.map((name) => [name, summaryOf(name)] as const),
    })),
    sections: [
      {
        title: "Examples",
        lines: [
          "happi client get_servers_state web",
          'happi client get_servers_state -d \'{"backend":"web"}\' -p /run/haproxy/admin.sock',
          "happi client set_server_state web/s1 drain",
          "happi client get_servers_state --format csv >servers.csv",
          "happi client replace_certificate /etc/haproxy/site.pem @new.pem",
          "happi client reload -p /run/haproxy-master.sock",
        ],
      },
    ],
    run: () => Promise.reject(new UsageError("Cannot call nothing: name a method", "happi client --help")),
  });
}

function unknownMethod(name: string): UsageError {
  const names = methodNames();
  const wanted = toSnakeCase(name);
  const parts = wanted.split("_");
  const near = findSimilar(wanted, names, { maxDistance: 4 });
  const within = names.filter((one) => parts.every((part) => one.split("_").includes(part)));
  const suggestions = [...new Set([...near, ...within])].slice(0, 4);
  const hint = suggestions.length === 0 ? "there is none of that name" : `did you mean ${suggestions.join(" or ")}?`;
  return new UsageError(`Cannot find method "${name}": ${hint}`, "happi client --help");
}
