/**
 * `happi service provide`: runs a command, sends it traffic as soon as its port answers, and takes the traffic away before it
 * ends it.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { readUnit } from "../../services/mod.ts";
import type { Environment } from "../environment.ts";
import { type Leaf, leaf } from "../leaf.ts";
import { UsageError } from "../usage_error.ts";
import { readDuration, readInteger, word } from "../values.ts";
import { namedServices, type ServicesApi } from "./api.ts";
import { api } from "./flags.ts";
import { keepLease, type LeaseKeeper } from "./lease_keeper.ts";
import { pause } from "./pause.ts";
import { type ProvidedCommand, startCommand, untilAnswers } from "./provided_command.ts";
import { aborted } from "../aborted.ts";

interface ProvideValues {
  readonly args: { readonly service: string };
  readonly own: {
    readonly port: string;
    readonly unit?: string | undefined;
    readonly hostname?: string | undefined;
    readonly weight?: string | undefined;
    readonly maxconn?: string | undefined;
    readonly ttl?: string | undefined;
    readonly drain?: string | undefined;
    readonly api?: string | undefined;
  };
}

const leafOf = (command: readonly string[]) =>
  leaf<ProvideValues>({
    path: "service provide",
    usage: "NAME --port PORT [options] -- COMMAND...",
    summary: "Run a command, and send it traffic as long as it runs",
    paragraphs: [
      "When its port answers, the command is registered as a unit of the service, and stays so as long as it runs. On " +
      "SIGTERM or Ctrl-C its traffic is taken away first, and it is ended a while later. happi ends with its exit status.",
      "Where happi service is away for a while, the command goes on, and is registered again.",
    ],
    parser: object({
      args: object("Arguments", { service: argument(word("NAME"), { description: message`The service` }) }),
      own: object("Options", {
        port: option("--port", word("PORT"), { description: message`The port that the command listens on` }),
        unit: optional(option("--unit", word("UNIT"), {
          description: message`The unit's name (NAME/HOSTNAME:PORT); another command of the same name takes its place`,
        })),
        hostname: optional(option("--hostname", word("HOST"), {
          description: message`The name or address where HAProxy reaches it (127.0.0.1)`,
        })),
        weight: optional(option("--weight", word("N"), { description: message`HAProxy's weight, 0 to 256` })),
        maxconn: optional(option("--maxconn", word("N"), { description: message`HAProxy's maxconn` })),
        ttl: optional(option("--ttl", word("TIME", ["15s"]), {
          description: message`It gets no more traffic so long after happi was heard of last (15s)`,
        })),
        drain: optional(option("--drain", word("TIME", ["5s"]), {
          description: message`How long requests have to end before the command is told to (5s)`,
        })),
        api,
      }),
    }),
    sections: [{
      title: "Examples",
      lines: [
        "happi service provide web --port 8080 -- ./server --listen 8080",
        "happi service provide web --port 8080 --hostname 10.0.0.7 --api http://10.0.0.1:5084 -- ./server",
      ],
    }],
    run: (environment, values) => run(environment, values, command),
  });

/** The leaf of `happi service provide`: what stands behind `--` is somebody else's command line. */
export const provideLeaf: Leaf = {
  ...leafOf([]),
  run(environment, args) {
    const at = args.indexOf("--");
    if (at < 0) return leafOf([]).run(environment, args);
    return leafOf(args.slice(at + 1)).run(environment, args.slice(0, at));
  },
};

/** All that was asked for, read. */
interface Provision {
  readonly api: ServicesApi;
  readonly service: string;
  readonly unit: string;
  readonly hostname: string;
  readonly port: number;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly ttlMs: number;
  readonly drainMs: number;
}

async function run(environment: Environment, values: ProvideValues, command: readonly string[]): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) {
    throw new UsageError("Cannot run: write -- and a command behind the options", "happi service provide --help");
  }
  const provision = readProvision(environment, values);
  const child = startCommand(program, args);
  const forget = [
    environment.onHangup(() => child.kill("SIGHUP")),
    environment.onForcedEnd(() => child.kill("SIGKILL")),
  ];
  try {
    await serve(environment, provision, child);
    return await child.status;
  } catch (thrown) {
    child.kill("SIGTERM");
    await child.status;
    throw thrown;
  } finally {
    for (const one of forget) one();
  }
}

/** From the start of the command to its end, or until happi is told to end. */
async function serve({ stderr, signal }: Environment, provision: Provision, child: ProvidedCommand): Promise<void> {
  const { hostname, port, drainMs, service, unit } = provision;
  const say = (text: string) => void stderr.write(`happi: ${text}\n`).catch(() => {});
  const stopped = AbortSignal.any([signal, child.ended]);
  if (await untilAnswers(hostname, port, stopped)) {
    const keeper = keepLease({
      ...provision,
      onTrouble: (why) => say(why ?? `"${unit}" is registered for service "${service}"`),
    });
    try {
      await Promise.race([aborted(stopped), keeper.ended]);
      if (!child.ended.aborted) await drain(keeper, drainMs, child);
    } finally {
      await keeper.deregister();
    }
  }
  if (signal.aborted) child.kill("SIGTERM");
}

/** Waits for requests to end, where somebody could be told to send no more; or for the command to end by itself. */
async function drain(keeper: LeaseKeeper, drainMs: number, child: ProvidedCommand): Promise<void> {
  if (await keeper.drain()) await pause(drainMs, child.ended).catch(() => {});
}

function readProvision(environment: Environment, { args, own }: ProvideValues): Provision {
  const { service } = args;
  const port = readInteger("--port", own.port, 1, 65535);
  const hostname = own.hostname ?? "127.0.0.1";
  const unit = own.unit ?? `${service}/${hostname}:${port}`;
  const fields = {
    ...{ hostname, port },
    ...(own.weight === undefined ? {} : { weight: readInteger("--weight", own.weight, 0, 256) }),
    ...(own.maxconn === undefined ? {} : { maxconn: readInteger("--maxconn", own.maxconn, 0, 2 ** 31 - 1) }),
  };
  // The address first: it is in the name.
  readUnit(own.unit ?? "unit", fields);
  readUnit(unit, fields);
  const ttlMs = readDuration("--ttl", own.ttl ?? "15s");
  if (ttlMs < 1_000) throw new UsageError(`Cannot use "${own.ttl}" as --ttl: it must be 1s at least`);
  const drainMs = readDuration("--drain", own.drain ?? "5s");
  return { api: namedServices(environment, own.api), service, unit, hostname, port, fields, ttlMs, drainMs };
}
