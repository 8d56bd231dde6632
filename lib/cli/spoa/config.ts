/**
 * `happi spoa config`: what HAProxy needs to ask the agent, ready to paste.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { formatAddress } from "../../net/mod.ts";
import { generateSpoeConfig, POLICY_KIND_NAMES, POLICY_KINDS, PolicySet, type SpoeConfig } from "../../spop/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { UsageError } from "../usage_error.ts";
import { choice, word } from "../values.ts";
import { allAddresses } from "./addresses.ts";
import { config, DEFAULT_HAPROXY, haproxy, io, listen, workers } from "./flags.ts";
import { type SamplePolicy, samplePolicy } from "./sample_policies.ts";
import { readPlan, type SpoaFlags } from "./settings.ts";

const PARTS = ["spoe", "backend", "frontend"] as const;

interface ConfigValues {
  readonly own: Omit<SpoaFlags, "list" | "http"> & {
    readonly policy: readonly string[];
    readonly haproxy?: string | undefined;
    readonly engine?: string | undefined;
    readonly file?: string | undefined;
    readonly mode?: "http" | "tcp" | undefined;
    readonly part?: typeof PARTS[number] | undefined;
  };
}

/** The leaf of `happi spoa config`. */
export const configLeaf = leaf<ConfigValues>({
  path: "spoa config",
  usage: "[-c FILE | --policy KIND...] [--haproxy VERSION] [options]",
  summary: "Print spoe.conf, the backend and the rules that HAProxy needs, ready to paste",
  parser: object({
    own: object("Options", {
      config,
      policy: multiple(option("--policy", word("KIND", policyOffers()), {
        description: message`For policies of these kinds as they are without options, instead of a configuration's`,
      })),
      haproxy,
      listen,
      workers,
      io,
      engine: optional(option("--engine", word("NAME"), {
        description: message`The engine's name, and the variables' prefix (happi)`,
      })),
      file: optional(option("--file", word("PATH"), {
        description: message`Where spoe.conf will be (/etc/haproxy/ENGINE.spoe.conf)`,
      })),
      mode: optional(option("--mode", choice("MODE", ["http", "tcp"]), {
        description: message`The frontend's mode (http)`,
      })),
      part: optional(option("--part", choice("PART", PARTS), {
        description: message`One piece alone: spoe, backend or frontend`,
      })),
    }),
  }),
  sections: [
    { title: "Kinds", entries: policyOffers() },
    {
      title: "Examples",
      lines: [
        "happi spoa config --haproxy 3.0",
        "happi spoa config -c /etc/happi.toml --part spoe >/etc/haproxy/happi.spoe.conf",
      ],
    },
  ],
  run,
});

async function run(environment: Environment, { own }: ConfigValues): Promise<number> {
  if (own.config !== undefined && own.policy.length > 0) {
    throw new UsageError("Cannot use --policy: the configuration has its own", "happi spoa config --help");
  }
  const plan = await readPlan(environment, { ...own, list: [] });
  const make = async (policies: readonly SamplePolicy[]): Promise<SpoeConfig> =>
    await Promise.resolve(generateSpoeConfig({
      policies,
      haproxy: own.haproxy ?? DEFAULT_HAPROXY,
      address: allAddresses(plan.listen, plan.workers, plan.io).map(formatAddress),
      processingMs: plan.processingMs,
      ...(own.engine === undefined ? {} : { engine: own.engine }),
      ...(own.file === undefined ? {} : { file: own.file }),
      ...(own.mode === undefined ? {} : { mode: own.mode }),
    }));
  const made = own.policy.length > 0
    ? await make(await Promise.all(own.policy.map(samplePolicy)))
    : await withPolicies(plan, (set) => make(set.asked));
  await environment.stdout.write(own.part === undefined ? made.text : made[own.part]);
  return EXIT.done;
}

/** Makes a plan's policies for as long as somebody looks at them. */
export async function withPolicies<T>(
  { policies, locate }: Pick<Awaited<ReturnType<typeof readPlan>>, "policies" | "locate">,
  look: (set: PolicySet) => Promise<T>,
): Promise<T> {
  await using set = new PolicySet({ on: () => {}, off: () => false });
  const { failed: [failed] } = await set.apply(policies);
  if (failed !== undefined) throw locate(failed.error);
  return await look(set);
}

function policyOffers(): (readonly [kind: string, about: string])[] {
  return POLICY_KIND_NAMES.map((kind) => [kind, POLICY_KINDS[kind]?.summary ?? "several policies on one message"]);
}
