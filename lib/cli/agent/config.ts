/**
 * `happi agent config`: the lines by which HAProxy asks the agent, ready to paste.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { choice, word } from "../values.ts";
import { config, listen } from "./flags.ts";
import { haproxyLines } from "./haproxy_lines.ts";
import { makeAgent } from "./make_agent.ts";
import { readPlan } from "./settings.ts";

const VERSIONS = ["2.6", "2.8", "3.0", "3.2"] as const;

interface ConfigValues {
  readonly own: {
    readonly config?: string | undefined;
    readonly listen: readonly string[];
    readonly haproxy?: typeof VERSIONS[number] | undefined;
    readonly backend?: string | undefined;
  };
}

/** The leaf of `happi agent config`. */
export const configLeaf = leaf<ConfigValues>({
  path: "agent config",
  usage: "[-c FILE] [--haproxy VERSION] [--backend NAME]",
  summary: "Print HAProxy's lines for the checks, ready to paste",
  paragraphs: [
    "One server line for each check of the configuration; without one, an example of a request that names its target.",
  ],
  parser: object({
    own: object("Options", {
      config,
      listen,
      haproxy: optional(option("--haproxy", choice("VERSION", VERSIONS), {
        description: message`HAProxy's version (3.2)`,
      })),
      backend: optional(option("--backend", word("NAME"), { description: message`The backend's name (app)` })),
    }),
  }),
  sections: [{ title: "Examples", lines: ["happi agent config -c /etc/happi.toml --haproxy 3.0"] }],
  run,
});

async function run(environment: Environment, { own }: ConfigValues): Promise<number> {
  const plan = await readPlan(environment, { ...own, allow: [] });
  await using agent = makeAgent(plan, {});
  const text = haproxyLines(plan, {
    version: own.haproxy ?? "3.2",
    backend: own.backend ?? "app",
    targets: new Map(agent.checks().map(({ name, target }) => [name, target])),
  });
  await environment.stdout.write(text);
  return EXIT.done;
}
