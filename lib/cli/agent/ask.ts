/**
 * `happi agent ask REQUEST`: asks a running agent as HAProxy does, and tells what HAProxy would make of the answer.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { parseReply } from "../../agent/mod.ts";
import { HappiError, reason } from "../../errors.ts";
import { type Address, formatAddress, parseAddress } from "../../net/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { readDuration, word } from "../values.ts";
import { json } from "./flags.ts";
import { DEFAULT_LISTEN } from "./settings.ts";
import { understood } from "./understood.ts";

/** The agent did not answer. */
export class AgentUnreachable extends HappiError {
  /**
   * @param address where it should be
   * @param why what is in the way
   */
  constructor(address: Address, why: string, cause?: unknown) {
    super(
      "agent_unreachable",
      `Cannot ask the agent at "${formatAddress(address)}": ${why}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

interface AskValues {
  readonly args: { readonly request: string };
  readonly own: {
    readonly agent?: string | undefined;
    readonly timeout?: string | undefined;
    readonly json: boolean;
  };
}

/** The leaf of `happi agent ask`. */
export const askLeaf = leaf<AskValues>({
  path: "agent ask",
  usage: "REQUEST [--agent ADDRESS] [--json]",
  summary: "Ask a running agent as HAProxy does, and tell what HAProxy would make of its answer",
  paragraphs: ["Ends with status 0 when there is an answer, whatever it says, and 3 when there is none."],
  parser: object({
    args: object("Arguments", {
      request: argument(word("REQUEST"), { description: message`What agent-send says, without its \\n` }),
    }),
    own: object("Options", {
      agent: optional(option("--agent", word("ADDRESS"), {
        description: message`Where the agent listens: host:port, or a unix socket's path (127.0.0.1:1337)`,
      })),
      timeout: optional(option("--timeout", word("TIME"), {
        description: message`How long to wait for the answer; HAProxy waits for agent-inter (2s)`,
      })),
      json,
    }),
  }),
  sections: [{
    title: "Examples",
    lines: ["happi agent ask web", "happi agent ask 'v1|http://127.0.0.1:8888|10'"],
  }],
  run,
});

async function run({ stdout, signal }: Environment, { args, own }: AskValues): Promise<number> {
  const address = parseAddress(own.agent ?? DEFAULT_LISTEN);
  const ms = own.timeout === undefined ? DEFAULT_MS : readDuration("--timeout", own.timeout);
  const line = await askAgent(address, args.request, { ms, signal });
  const parsed = parseReply(line);
  const said = line.replace(/[\r\n].*$/s, "");
  if (own.json) await stdout.write(toJson({ said, ...parsed }, stdout.isTerminal));
  else await stdout.write([said, ...understood(parsed).map((sentence) => `  ${sentence}`), ""].join("\n"));
  return EXIT.done;
}

/** HAProxy's usual `agent-inter`. */
const DEFAULT_MS = 2_000;
const MOST_BYTES = 16_384;

/**
 * Asks as HAProxy does: one request, and what comes up to the first line's end.
 *
 * @returns the line with its end, or what came before the agent closed
 * @throws {AgentUnreachable} when there is no answer in time
 */
export async function askAgent(
  address: Address,
  request: string,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
): Promise<string> {
  const late = AbortSignal.timeout(ms);
  try {
    using connection = await (address.transport === "unix" ? Deno.connect(address) : Deno.connect(address));
    const end = () => connection.close();
    const ends = AbortSignal.any([late, signal]);
    ends.addEventListener("abort", end, { once: true });
    await connection.write(new TextEncoder().encode(`${request}\n`));
    const line = await readLine(connection);
    ends.removeEventListener("abort", end);
    if (line === "") throw new AgentUnreachable(address, "it closed the connection without an answer");
    return line;
  } catch (thrown) {
    if (thrown instanceof AgentUnreachable) throw thrown;
    if (late.aborted) throw new AgentUnreachable(address, `there was no answer within ${ms} ms`, thrown);
    const isRefused = thrown instanceof Deno.errors.ConnectionRefused || thrown instanceof Deno.errors.NotFound;
    throw new AgentUnreachable(address, isRefused ? "nobody listens there" : reason(thrown), thrown);
  }
}

async function readLine(connection: Deno.Conn): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const room = new Uint8Array(MOST_BYTES);
  while (!/[\r\n]/.test(text) && text.length < MOST_BYTES) {
    const count = await connection.read(room);
    if (count === null) break;
    text += decoder.decode(room.subarray(0, count), { stream: true });
  }
  return text;
}
