/**
 * `happi juju requires ENDPOINT`: the services that an endpoint's units offer.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { httpInterface, relationUnits, type Service } from "../../services/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { type Leaf, leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { toTable } from "../output/table.ts";
import { UsageError } from "../usage_error.ts";
import { path, word } from "../values.ts";
import { act } from "./act.ts";
import { endpoint, flags } from "./flags.ts";
import { currentHook } from "./hook.ts";
import { offeredServices } from "./offered.ts";

interface RequiresValues {
  readonly args: { readonly endpoint: string };
  readonly own: {
    readonly json: boolean;
    readonly privateAddress: boolean;
    readonly legacy: boolean;
    readonly flags?: string | undefined;
    readonly api?: string | undefined;
    readonly stateDir?: string | undefined;
  };
}

const leafOf = (command: readonly string[] | undefined) =>
  leaf<RequiresValues>({
    path: "juju requires",
    usage: "ENDPOINT [--json] [--flags DIR] [--api URL] [--on-change COMMAND...]",
    summary: "Show the services that an endpoint's units offer, in a charm's hook",
    paragraphs: [
      "All relations and all units count, sorted and without doubles; who is leaving does not. Call it in every hook of " +
      "the endpoint. --on-change COMMAND comes last: it is run when the services are other than when it last ended with " +
      "status 0, and reads them from its standard input, as JSON with private-address.",
    ],
    parser: object({
      args: object("Arguments", { endpoint }),
      own: object("Options", {
        json: option("--json", { description: message`As JSON: [{service_name, hosts: [{hostname, port}]}]` }),
        privateAddress: option("--private-address", {
          description: message`Each host's private-address too, as the interface's later version has it`,
        }),
        legacy: option("--legacy", {
          description:
            message`Understand the units as the haproxy charm does: services in YAML, service_name, sitenames`,
        }),
        flags,
        api: optional(option("--api", word("URL"), {
          description: message`Register what was found with happi's server there, and take back what has gone`,
        })),
        stateDir: optional(option("--state-dir", path("DIR"), {
          description: message`Where is remembered what was found (STATE_DIRECTORY, /var/lib/happi)`,
        })),
      }),
    }),
    sections: [
      { title: "Command", entries: [["    --on-change COMMAND...", "Run this when the services have changed"]] },
      {
        title: "Examples",
        lines: [
          "happi juju requires reverseproxy --json",
          "happi juju requires reverseproxy --api http://127.0.0.1:5080 --on-change hooks/update",
        ],
      },
    ],
    run: (environment, values) => run(environment, values, command),
  });

/** The leaf of `happi juju requires`: what stands behind `--on-change` is somebody else's command line. */
export const requiresLeaf: Leaf = {
  ...leafOf(undefined),
  run(environment, args) {
    const at = args.indexOf("--on-change");
    if (at < 0) return leafOf(undefined).run(environment, args);
    const command = args.slice(at + 1);
    return leafOf(command[0] === "--" ? command.slice(1) : command).run(environment, args.slice(0, at));
  },
};

async function run(
  environment: Environment,
  { args, own }: RequiresValues,
  command: readonly string[] | undefined,
): Promise<number> {
  if (command?.length === 0) {
    throw new UsageError("Cannot understand --on-change: a command is missing", "happi juju requires --help");
  }
  const { tools, leaving, ...hook } = currentHook(environment, args.endpoint);
  const units = await relationUnits(tools, args.endpoint, leaving);
  const { services, notes } = await offeredServices(units, own.legacy);
  for (const note of notes) await environment.stderr.write(`happi: ${note}\n`);
  await show(environment, services, own);
  const isJoined = units.length > 0;
  return await act(environment, { ...hook, ...own, command, services, isJoined }) ? EXIT.done : EXIT.refused;
}

async function show(
  { stdout }: Environment,
  services: readonly Service[],
  { json, privateAddress }: RequiresValues["own"],
): Promise<void> {
  if (json) return await stdout.write(toJson(httpInterface(services, privateAddress), stdout.isTerminal));
  const rows = services.flatMap(({ service, units }) =>
    units.flatMap(({ unit, hosts }) =>
      hosts.map(({ hostname, port, private_address }) => ({
        service,
        unit,
        hostname,
        port,
        ...(privateAddress ? { private_address: private_address ?? hostname } : {}),
      }))
    )
  );
  if (rows.length > 0) {
    await stdout.write(toTable(rows, { columns: Infinity, hasColours: stdout.hasColours }).text);
  }
}
