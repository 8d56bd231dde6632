/**
 * `happi spoa`: an agent until SIGTERM or Ctrl-C, which reads its configuration again on SIGHUP.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { logLevel } from "../connection.ts";
import type { Environment } from "../environment.ts";
import { leaf } from "../leaf.ts";
import type { Level } from "../log_format.ts";
import { UsageError } from "../usage_error.ts";
import { word } from "../values.ts";
import { config, io, listen, workers } from "./flags.ts";
import { Hangups } from "./hangups.ts";
import type { SpoaFlags } from "./settings.ts";

/** The commands below `happi spoa`, and a line about each. */
export const SPOA_COMMANDS: readonly (readonly [name: string, about: string])[] = [
  ["config", "Print spoe.conf, the backend and the rules, ready to paste"],
  ["check", "Tell what will not work in a spoe.conf"],
  ["ask", "Ask an agent as HAProxy does, and print its actions"],
  ["record", "Keep the frames between HAProxy and an agent as a file"],
  ["replay", "Send recorded frames to an agent, and compare its answers"],
];

interface RunValues {
  readonly own: SpoaFlags & { readonly loglevel?: Level | undefined };
  readonly rest: { readonly command?: string | undefined };
}

/** The leaf of `happi spoa` itself. */
export const runLeaf = leaf<RunValues>({
  path: "spoa",
  usage: "[-c FILE] [--listen ADDRESS]... [options]",
  summary: "Answer HAProxy's SPOE: decide on live traffic",
  paragraphs: [
    "Without a configuration it answers message get-ip-reputation with argument ip: ip_score in the session's scope, from " +
    "0 to 100, and 100 where no list knows the address.",
    "SIGHUP reads the configuration and all lists and files again without dropping a connection; what is wrong with the new " +
    "changes nothing. SIGTERM or Ctrl-C finishes what HAProxy waits for, then says goodbye.",
    "To restart it without losing a verdict, while a second server takes over, tell HAProxy: set server B/S state drain; up " +
    "to 3.0 also set maxconn server B/S 1, and wait until its connections have ended. Then SIGTERM, start it, up to 3.0 " +
    "set maxconn server B/S 0, and set server B/S state ready.",
    "What a script throws behind its verdict is logged and counted. A worker that is lost, since its script loops or ends " +
    "it, ends happi with status 70 as SIGTERM does: have your service manager start it again.",
  ],
  lead: [{ title: "Commands", entries: SPOA_COMMANDS }],
  parser: object({
    own: object("Options", {
      config,
      listen,
      workers,
      list: multiple(option("--list", word("FILE[=SCORE]"), {
        description:
          message`A list of addresses and networks, a file or a URL, and the score of what is in it (0); may be repeated`,
      })),
      io,
      http: optional(option("--http", word("ADDRESS"), {
        description: message`Serve /api/v1/spoa and /metrics there, such as 127.0.0.1:5081`,
      })),
      loglevel: logLevel,
    }),
    rest: object({ command: optional(argument(word("COMMAND", SPOA_COMMANDS), { hidden: "doc" })) }),
  }),
  sections: [{
    title: "Configuration",
    lines: [
      "[spoa]                       # listen, workers, io, processing_ms, http, record_verdicts",
      'listen = ["127.0.0.1:3000"]',
      "[spoa.limit]                 # a policy: its kind and its options; others are beside it",
      'kind = "rate"                # the kinds: happi spoa config --help',
      "rate = 20",
    ],
  }, {
    title: "Examples",
    lines: [
      "happi spoa config --haproxy 3.2                  # what HAProxy needs",
      "happi spoa --list /etc/haproxy/bad.netset=0",
      "happi spoa -c /etc/happi.toml --http 127.0.0.1:5081",
      "happi spoa ask --message get-ip-reputation --arg ip=192.0.2.1",
    ],
  }],
  run,
});

async function run(environment: Environment, { own, rest }: RunValues): Promise<number> {
  if (rest.command !== undefined) {
    throw new UsageError(
      `Cannot understand "${rest.command}" behind options: a command comes right behind "happi spoa"`,
      "happi spoa --help",
    );
  }
  using hangups = new Hangups(environment);
  const { serveSpoa } = await import("./serve.ts");
  return await serveSpoa(environment, own, own.loglevel ?? "INFO", hangups);
}
