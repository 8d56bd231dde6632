/**
 * `happi service plan`: what would be done to HAProxy and why; `--apply` does it.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { option } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { UsageError } from "../usage_error.ts";
import { type Fields, findServices, recordIn, recordsIn } from "./api.ts";
import { api, json } from "./flags.ts";

interface PlanValues {
  readonly own: {
    readonly api?: string | undefined;
    readonly json: boolean;
    readonly apply: boolean;
    readonly force: boolean;
  };
}

/** The leaf of `happi service plan`. */
export const planLeaf = leaf<PlanValues>({
  path: "service plan",
  usage: "[--apply [--force]] [--json] [--api URL]",
  summary: "Show what would be done to HAProxy's servers and why; --apply does it",
  paragraphs: [
    "A plan that takes too many servers of a backend out of traffic (min_share of its route) is held back, unless --force.",
  ],
  parser: object({
    own: object("Options", {
      apply: option("--apply", { description: message`Carry it out` }),
      force: option("--force", { description: message`With --apply: also what is held back` }),
      json,
      api,
    }),
  }),
  run,
});

/** Carrying a plan out takes as long as HAProxy does. */
const PATIENCE_MS = 60_000;

async function run(environment: Environment, { own }: PlanValues): Promise<number> {
  const { stdout, stderr, signal } = environment;
  if (own.force && !own.apply) throw new UsageError("Cannot use --force without --apply", "happi service plan --help");
  const services = await findServices(environment, own.api);
  const options = { signal, patienceMs: PATIENCE_MS };
  const answer = own.apply
    ? await services.ask("POST", "services/plan/apply", { ...options, body: { force: own.force } })
    : await services.ask("GET", "services/plan", options);
  const plan = own.apply ? recordIn(answer["plan"]) : answer;
  const faults = own.apply ? faultsOf(answer) : [];
  await stdout.write(own.json ? toJson(answer, stdout.isTerminal) : String(plan["text"]));
  for (const fault of faults) await stderr.write(`happi: ${fault}\n`);
  return faults.length === 0 ? EXIT.done : EXIT.refused;
}

/** What was not done. */
function faultsOf({ results, differences, refused }: Fields): string[] {
  const failed = recordsIn(results).filter((one) => one["ok"] !== true);
  const held = Array.isArray(refused) ? refused.map(String) : [];
  return [
    ...failed.map(({ kind, backend, server, reason }) => `Cannot ${kind} "${backend}/${server ?? ""}": ${reason}`),
    ...recordsIn(differences).map(({ subject, why }) => `"${subject}" is not as it should be: ${why}`),
    ...held.map((backend) => `Backend "${backend}" was held back: --force does it all the same`),
  ];
}
