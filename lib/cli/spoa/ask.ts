/**
 * `happi spoa ask`: one message to any agent, as HAProxy would send it, and the actions of its answer.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import {
  type Action,
  InvalidIp,
  Ip,
  type Sendable,
  SpopClient,
  typed,
  VALUE_TYPES,
  type ValueType,
} from "../../spop/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { type Format, FORMATS, render } from "../output/format.ts";
import { UsageError } from "../usage_error.ts";
import { choice, readDuration, word } from "../values.ts";
import { agent } from "./flags.ts";
import { DEFAULT_LISTEN } from "./settings.ts";

interface AskValues {
  readonly own: {
    readonly message?: string | undefined;
    readonly arg: readonly string[];
    readonly agent?: string | undefined;
    readonly check: boolean;
    readonly timeout?: string | undefined;
    readonly format?: Format | undefined;
  };
}

/** The leaf of `happi spoa ask`. */
export const askLeaf = leaf<AskValues>({
  path: "spoa ask",
  usage: "--message NAME [--arg NAME[:TYPE]=VALUE]... [-p ADDRESS]",
  summary: "Ask an agent as HAProxy does, and print its actions",
  parser: object({
    own: object("Options", {
      message: optional(
        option("--message", word("NAME"), { description: message`The message, such as get-ip-reputation` }),
      ),
      arg: multiple(option("--arg", word("NAME[:TYPE]=VALUE"), {
        description:
          message`An argument, in order. Without a type an address, a whole number, true and false are what they look like, all else is a string; binary is in hexadecimal`,
      })),
      agent,
      check: option("--check", {
        description: message`Only say HELLO, as option spop-check does, and print the answer`,
      }),
      timeout: optional(
        option("--timeout", word("TIME"), { description: message`How long to wait, such as 500ms (5s)` }),
      ),
      format: optional(option("--format", choice("FORMAT", FORMATS), {
        description: message`json, ndjson, table or csv (json; a table on a terminal)`,
      })),
    }),
  }),
  sections: [
    { title: "Types", lines: [[...VALUE_TYPES, "ip"].join(", ")] },
    {
      title: "Examples",
      lines: [
        "happi spoa ask --message get-ip-reputation --arg ip=192.0.2.1",
        "happi spoa ask --message check-rate --arg key:string=10 --arg cost=5 -p /run/happi/spoa.sock",
      ],
    },
  ],
  run,
});

async function run({ stdout, stderr }: Environment, { own }: AskValues): Promise<number> {
  if (own.check !== (own.message === undefined)) {
    throw new UsageError("Cannot ask nothing: give --message, or --check", "happi spoa ask --help");
  }
  const args = Object.fromEntries(own.arg.map(readArgument));
  const timeout = own.timeout === undefined ? {} : { timeoutMs: readDuration("--timeout", own.timeout) };
  await using client = await SpopClient.connect(own.agent ?? DEFAULT_LISTEN, { ...timeout, healthcheck: own.check });
  if (own.message === undefined) {
    await stdout.write(render(client.hello, own.format, stdout).text);
    return EXIT.done;
  }
  const actions = await client.notify([{ name: own.message, args }]);
  await stdout.write(render(actions.map(rowOf), own.format, stdout).text);
  // SPOP has no word for a message that nobody answers.
  if (actions.length === 0) {
    await stderr.write(`happi: the agent sets nothing; it may not know message "${own.message}" or these arguments\n`);
  }
  return EXIT.done;
}

/** An action as a flat row. */
function rowOf(action: Action): Record<string, unknown> {
  const { type, scope, name } = action;
  if (type === "unset_var") return { action: type, scope, name };
  const { value } = action.value;
  const shown = value instanceof Ip ? String(value) : value instanceof Uint8Array ? value.toHex() : value;
  return { action: type, scope, name, type: action.value.type, value: shown };
}

/** `NAME=VALUE` or `NAME:TYPE=VALUE`. */
function readArgument(given: string): [name: string, value: Sendable] {
  const [, name = "", type, value = ""] = /^([^=:]*)(?::([^=]*))?=(.*)$/s.exec(given) ?? [];
  if (!given.includes("=")) throw refusal(given, "write NAME=VALUE");
  if (type === undefined) return [name, guess(value)];
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (read === undefined) {
    throw refusal(given, `"${type}" is no type; the types are ${Object.keys(READERS).join(", ")}`);
  }
  const result = read(value);
  if (result === undefined) throw refusal(given, `"${value}" is no ${type}`);
  return [name, result];
}

function guess(value: string): Sendable {
  if (value === "true" || value === "false") return value === "true";
  return READERS.int64?.(value) ?? READERS.ip?.(value) ?? value;
}

/** Reads a value of a type; `undefined` when it is none. */
const READERS: Readonly<Record<string, (value: string) => Sendable | undefined>> = {
  null: (value) => value === "" ? null : undefined,
  bool: (value) => value === "true" ? true : value === "false" ? false : undefined,
  int32: (value) => integer("int32", value),
  uint32: (value) => integer("uint32", value),
  int64: (value) => integer("int64", value),
  uint64: (value) => integer("uint64", value),
  ipv4: (value) => address(value, 4),
  ipv6: (value) => address(value, 6),
  ip: (value) => address(value),
  string: (value) => value,
  binary: (value) => /^(?:[0-9a-f]{2})*$/i.test(value) ? Uint8Array.fromHex(value) : undefined,
};

function integer(type: Extract<ValueType, `${string}int${string}`>, value: string): Sendable | undefined {
  return /^-?\d{1,20}$/.test(value) ? typed(type, BigInt(value)) : undefined;
}

function address(value: string, version?: 4 | 6): Ip | undefined {
  try {
    const ip = Ip.parse(value);
    return version === undefined || ip.version === version ? ip : undefined;
  } catch (thrown) {
    if (thrown instanceof InvalidIp) return undefined;
    throw thrown;
  }
}

function refusal(given: string, why: string): UsageError {
  return new UsageError(`Cannot use "${given}" as --arg: ${why}`, "happi spoa ask --help");
}
