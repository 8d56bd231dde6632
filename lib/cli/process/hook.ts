/**
 * `happi process hook before|after WHAT`: for whoever reloads HAProxy, who runs this around it.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { choice, word } from "../values.ts";
import { type ApiFlags, type Fields, findKeeper, KeeperRefused, recordIn } from "./api.ts";
import { api } from "./flags.ts";

interface HookValues {
  readonly args: { readonly when: "before" | "after"; readonly what: string };
  readonly own: ApiFlags;
}

/** The leaf of `happi process hook`. */
export const hookLeaf = leaf<HookValues>({
  path: "process hook",
  usage: "before|after WHAT [--api URL]",
  summary: "Run what is to be run before or after something, such as a reload of HAProxy",
  paragraphs: [
    'Those are the processes with before = "haproxy-reload" or after = "haproxy-reload": each is run once, lowest ' +
    "priority first, for 30 s at most. The first that fails before it is the last that is run. " +
    "The exit status is 1 when one has failed: do not reload then.",
    "A keeper that has HAProxy's socket sees each reload and runs what is after it by itself.",
  ],
  parser: object({
    args: object("Arguments", {
      when: argument(choice("before|after", ["before", "after"]), { description: message`On which side of it` }),
      what: argument(word("WHAT", ["haproxy-reload"]), { description: message`The word of the definitions` }),
    }),
    own: object("Options", { api }),
  }),
  sections: [{
    title: "Examples",
    lines: ["happi process hook before haproxy-reload && systemctl reload haproxy"],
  }],
  run,
});

async function run(environment: Environment, { args, own }: HookValues): Promise<number> {
  const { when, what } = args;
  const { stdout, stderr } = environment;
  const keeper = await findKeeper(environment, own);
  const answer = recordIn(await keeper.askJobs("POST", `/hooks/${when}/${encodeURIComponent(what)}`));
  const results = Array.isArray(answer["results"]) ? answer["results"].map(recordIn) : [];
  if (results.length === 0) await stderr.write(`happi: nothing is to be run ${when} "${what}"\n`);
  for (const result of results) await stdout.write(`${lineOf(result)}\n`);
  if (answer["ok"] !== true) throw new KeeperRefused(String(answer["reason"]));
  return EXIT.done;
}

function lineOf({ name, ok, reason, took_ms }: Fields): string {
  return `${name}: ${ok === true ? `done in ${took_ms} ms` : reason}`;
}
