/**
 * `happi juju provides ENDPOINT`: tells all relations of an endpoint where this unit answers.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { changeFlags, configure, type Offer, providerFlags } from "../../services/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { toTable } from "../output/table.ts";
import { UsageError } from "../usage_error.ts";
import { readInteger, word } from "../values.ts";
import { endpoint, flags } from "./flags.ts";
import { currentHook } from "./hook.ts";

interface ProvidesValues {
  readonly args: { readonly endpoint: string };
  readonly own: {
    readonly port: string;
    readonly hostname: readonly string[];
    readonly privateAddress: readonly string[];
    readonly extended?: string | undefined;
    readonly set: readonly string[];
    readonly flags?: string | undefined;
    readonly json: boolean;
  };
}

/** The leaf of `happi juju provides`. */
export const providesLeaf = leaf<ProvidesValues>({
  path: "juju provides",
  usage: "ENDPOINT --port PORT [--hostname HOST]... [--private-address HOST]... [options]",
  summary: "Tell all relations of an endpoint where this unit answers, in a charm's hook",
  paragraphs: [
    "Each relation gets this unit's own address on its network where none is said. Only what is other than before is " +
    "written. Call it in every hook: it does nothing where there is nothing to do.",
  ],
  parser: object({
    args: object("Arguments", { endpoint }),
    own: object("Options", {
      port: option("--port", word("PORT"), { description: message`Where this unit answers` }),
      hostname: multiple(option("--hostname", word("HOST"), {
        description: message`A name or an address that clients use; may be repeated for several`,
      })),
      privateAddress: multiple(option("--private-address", word("HOST"), {
        description: message`The address within the network that belongs to it; may be repeated`,
      })),
      extended: optional(option("--extended", word("JSON"), {
        description: message`More places, as a list of {"hostname": HOST, "port": PORT, "private-address": HOST}`,
      })),
      set: multiple(option("--set", word("KEY=VALUE"), {
        description: message`A key to be set as it is, such as services for the haproxy charm; may be repeated`,
      })),
      flags,
      json: option("--json", { description: message`What was done, as JSON` }),
    }),
  }),
  sections: [{
    title: "Examples",
    lines: [
      "happi juju provides website --port 8080",
      "happi juju provides website --port 443 --hostname www.example.com",
    ],
  }],
  run,
});

async function run(environment: Environment, { args, own }: ProvidesValues): Promise<number> {
  const { stdout } = environment;
  const offer: Offer = {
    port: readInteger("--port", own.port, 1, 65535),
    hostname: own.hostname,
    privateAddress: own.privateAddress,
    ...(own.extended === undefined ? {} : { extended: readExtended(own.extended) }),
  };
  const { tools, ...hook } = currentHook(environment, args.endpoint);
  const done = await configure(tools, { ...hook, offer, raw: readSettings(own.set) });
  if (own.flags !== undefined) {
    await changeFlags(own.flags, providerFlags(args.endpoint, done.some(({ is_joined }) => is_joined)));
  }
  if (own.json) await stdout.write(toJson(done, stdout.isTerminal));
  else if (done.length > 0) {
    const rows = done.map(({ relation, address, written }) => ({
      relation,
      address,
      written: Object.keys(written).join(", "),
    }));
    await stdout.write(toTable(rows, { columns: Infinity, hasColours: stdout.hasColours }).text);
  }
  return EXIT.done;
}

function readExtended(text: string): NonNullable<Offer["extended"]> {
  const fault = (why: string) =>
    new UsageError(`Cannot use --extended: ${why}; write '[{"hostname": "10.0.0.1", "port": 80}]'`);
  return listIn(text, fault).map((one) => {
    if (typeof one !== "object" || one === null) throw fault("each place must be an object");
    const { hostname, port, "private-address": privateAddress, ...rest }: Readonly<Record<string, unknown>> = {
      ...one,
    };
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw fault(`"${unknown}" is no key of a place`);
    if (typeof hostname !== "string") throw fault('"hostname" must be a text');
    if (typeof port !== "number") throw fault('"port" must be a number');
    if (privateAddress === undefined) return { hostname, port };
    if (typeof privateAddress !== "string") throw fault('"private-address" must be a text');
    return { hostname, port, privateAddress };
  });
}

function listIn(text: string, fault: (why: string) => UsageError): readonly unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw fault("it is no JSON");
  }
  if (Array.isArray(list)) return list;
  throw fault("it is no list");
}

function readSettings(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(given.map((one) => {
    const at = one.indexOf("=");
    if (at > 0 && /^[\w.-]+$/.test(one.slice(0, at))) return [one.slice(0, at), one.slice(at + 1)];
    throw new UsageError(`Cannot use "${one}" as --set: write KEY=VALUE`);
  }));
}
