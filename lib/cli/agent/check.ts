/**
 * `happi agent check`: runs one check here and now, and tells what it found.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument } from "@optique/core/primitives";
import { isUpSide, type Verdict } from "../../agent/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { paint } from "../paint.ts";
import { word } from "../values.ts";
import { allow, config, json } from "./flags.ts";
import { makeAgent } from "./make_agent.ts";
import { readPlan } from "./settings.ts";

interface CheckValues {
  readonly args: { readonly request: string };
  readonly own: {
    readonly config?: string | undefined;
    readonly allow: readonly string[];
    readonly json: boolean;
  };
}

/** The leaf of `happi agent check`. */
export const checkLeaf = leaf<CheckValues>({
  path: "agent check",
  usage: "REQUEST|NAME [-c FILE] [--allow WHAT]... [--json]",
  summary: "Run one check here and now, and tell what it found",
  paragraphs: ["No agent has to run. Ends with status 0 when the server would be up, 1 when not."],
  parser: object({
    args: object("Arguments", {
      request: argument(word("REQUEST|NAME"), {
        description: message`What agent-send says: a check of the configuration, or kind|target|options`,
      }),
    }),
    own: object("Options", { config, allow, json }),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi agent check 'http|http://127.0.0.1:8080/health|status=200-299'",
      "happi agent check web -c /etc/happi.toml",
    ],
  }],
  run,
});

async function run(environment: Environment, { args, own }: CheckValues): Promise<number> {
  const plan = await readPlan(environment, { ...own, listen: [] });
  await using agent = makeAgent(plan, {});
  const verdict = await agent.answer(args.request);
  const { stdout } = environment;
  if (own.json) await stdout.write(toJson(verdict, stdout.isTerminal));
  else await stdout.write(verdictText(verdict, stdout.hasColours));
  return isUpSide(verdict.reply) ? EXIT.done : EXIT.refused;
}

function verdictText({ said, reply, reason, kind, target, ms, facts }: Verdict, hasColours: boolean): string {
  const rows: readonly (readonly [string, string])[] = [
    ["reason", reason],
    ["check", target === "" ? kind : `${kind} ${target}`],
    ["took", `${ms.toFixed(1)} ms`],
    ...Object.entries(facts).map(([name, value]) => [name, String(value)] as const),
  ];
  const shown = rows.filter(([, value]) => value !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.map(([name, value]) => `  ${name.padEnd(width)}  ${value.replaceAll(/\p{Cc}/gu, " ")}`);
  return [paint(isUpSide(reply) ? "green" : "red", said, hasColours), ...lines, ""].join("\n");
}
