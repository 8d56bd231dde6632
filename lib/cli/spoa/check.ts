/**
 * `happi spoa check FILE`: what will not work in a `spoe.conf`, as lines that editors understand or as JSON.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { type CheckOptions, checkSpoeConfig, type Diagnostic, type Policy } from "../../spop/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { readText } from "../input.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { type Paint, paint } from "../paint.ts";
import { path, word } from "../values.ts";
import { withPolicies } from "./config.ts";
import { config, DEFAULT_HAPROXY, haproxy } from "./flags.ts";
import { readPlan } from "./settings.ts";

interface CheckValues {
  readonly args: { readonly file: string };
  readonly own: {
    readonly config?: string | undefined;
    readonly haproxy?: string | undefined;
    readonly haproxyConfig?: string | undefined;
    readonly engine?: string | undefined;
    readonly json: boolean;
  };
}

/** The leaf of `happi spoa check`. */
export const checkLeaf = leaf<CheckValues>({
  path: "spoa check",
  usage: "FILE [--haproxy VERSION] [--haproxy-config FILE] [-c FILE] [--json]",
  summary: "Tell what will not work in a spoe.conf with a version of HAProxy",
  paragraphs: [
    "With -c also what does not fit the policies: messages, arguments, variables, times. HAProxy itself has the last word " +
    "(haproxy -c -f). Ends with status 0 when all is well, 1 when something is wrong, 2 when there is nothing to read.",
  ],
  parser: object({
    args: object("Arguments", {
      file: argument(path("FILE"), { description: message`The spoe.conf; "-" reads standard input` }),
    }),
    own: object("Options", {
      config,
      haproxy,
      haproxyConfig: optional(option("--haproxy-config", path("FILE"), {
        description: message`haproxy.cfg: its backends, filters and rules are looked at too`,
      })),
      engine: optional(option("--engine", word("NAME"), { description: message`Only this engine of the file` })),
      json: option("--json", { description: message`The remarks as JSON` }),
    }),
  }),
  run,
});

async function run(environment: Environment, { args, own }: CheckValues): Promise<number> {
  const { stdin, stdout } = environment;
  const text = await readText(stdin, args.file);
  const options: CheckOptions = {
    haproxyVersion: own.haproxy ?? DEFAULT_HAPROXY,
    ...(own.engine === undefined ? {} : { engine: own.engine }),
    ...(own.haproxyConfig === undefined ? {} : { haproxyConfig: await readText(stdin, own.haproxyConfig) }),
    ...(own.config === undefined ? {} : await wishesOf(environment, own.config)),
  };
  const remarks = checkSpoeConfig(text, options);
  if (own.json) await stdout.write(toJson(remarks, stdout.isTerminal));
  else for (const remark of remarks) await stdout.write(remarkText(args.file, remark, stdout.hasColours));
  return remarks.some((one) => one.severity !== "note") ? EXIT.refused : EXIT.done;
}

/** What the policies of a configuration want. */
async function wishesOf(environment: Environment, file: string): Promise<Partial<CheckOptions>> {
  const plan = await readPlan(environment, { config: file, listen: [], list: [] });
  const asked = (policies: readonly Policy[]) => ({
    handlers: policies.map((policy) => policy.message),
    variables: policies.flatMap((policy) => policy.sets),
    deadlineMs: Math.round(plan.processingMs * 0.9),
  });
  return await withPolicies(plan, (set) => Promise.resolve(asked(set.asked)));
}

const COLOURS: Readonly<Record<Diagnostic["severity"], Paint>> = { error: "red", warning: "yellow", note: "dim" };

function remarkText(file: string, remark: Diagnostic, hasColours: boolean): string {
  const { line, column, severity, message, hint, haproxy } = remark;
  const place = [file, ...(line > 0 ? [line] : []), ...(column === undefined ? [] : [column])].join(":");
  const said = paint(COLOURS[severity], severity, hasColours);
  return `${place}: ${said}: ${message} (HAProxy ${haproxy})\n${hint === "" ? "" : `    ${hint}\n`}`;
}
