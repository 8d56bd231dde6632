/**
 * A Juju that is not there: stand-ins of its hook tools in a folder, and the databags behind them.
 *
 * @module
 */
import { happi, type Outcome } from "../../cli/fake_environment.ts";
import type { RelationFile, StateFile } from "./hook_tool.ts";

/** All tools that relations need. */
export const ALL_TOOLS = ["relation-ids", "relation-list", "relation-get", "relation-set", "network-get", "unit-get"];

/** What this Juju is like. */
export interface StandInOptions extends Partial<StateFile> {
  /** The tools that it has. Default all. */
  readonly tools?: readonly string[];
  /** This unit. Default `me/0`. */
  readonly unit?: string;
}

/** What is true of a relation. */
export interface RelationOptions {
  /** This unit's address as network-get tells it. */
  readonly ingress?: string;
  /** Everything that network-get tells, instead. */
  readonly network?: unknown;
  /** What this unit's own databag holds at first. */
  readonly own?: Readonly<Record<string, string>>;
  /** The units on the other side, and what they say. */
  readonly units?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The stand-in. */
export interface StandIn extends AsyncDisposable {
  readonly folder: string;
  /** The variables of a hook. */
  readonly variables: Readonly<Record<string, string>>;
  /** Makes a relation, or makes it anew. */
  relate(relation: string, options?: RelationOptions): Promise<void>;
  /** The relation is gone. */
  unrelate(relation: string): Promise<void>;
  /** What a unit says in a relation; this one if not given. */
  databag(relation: string, unit?: string): Promise<Record<string, string>>;
  /** The tools that were called since the last time, with their arguments. */
  calls(): Promise<string[][]>;
  /** Runs happi in a hook. */
  hook(args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Outcome>;
}

/** Makes it. */
export async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const { tools = ALL_TOOLS, unit = "me/0", networkGet = "new", privateAddress = "10.9.9.9", garbage = {} } = options;
  const folder = await Deno.makeTempDir({ prefix: "happi-juju-" });
  await Deno.mkdir(`${folder}/bin`);
  await Deno.mkdir(`${folder}/relations`);
  const state: StateFile = { networkGet, privateAddress, garbage };
  await Deno.writeTextFile(`${folder}/state.json`, JSON.stringify(state));
  const program = new URL("hook_tool.ts", import.meta.url).pathname;
  for (const tool of tools) {
    const words = [Deno.execPath(), "run", "--quiet", "--no-check", "--no-config", "--no-lock", "-A", program, tool];
    const script = `#!/bin/sh\nDENO_DIR='${folder}/deno' exec ${words.map((one) => `'${one}'`).join(" ")} "$@"\n`;
    await Deno.writeTextFile(`${folder}/bin/${tool}`, script, { mode: 0o755 });
  }
  await Deno.writeTextFile(`${folder}/calls.log`, "");
  const variables = {
    PATH: `${folder}/bin:/usr/bin:/bin`,
    STAND_IN: folder,
    STATE_DIRECTORY: `${folder}/happi`,
    JUJU_CONTEXT_ID: "me/0-1",
    JUJU_UNIT_NAME: unit,
  };
  const pathOf = (relation: string) => `${folder}/relations/${relation}.json`;
  return {
    folder,
    variables,
    async relate(relation, { ingress, network, own = {}, units = {} } = {}) {
      const told = network ?? (ingress === undefined ? undefined : networkOf(ingress));
      const file: RelationFile = {
        relation,
        endpoint: relation.replace(/:.*$/, ""),
        joined: Object.keys(units),
        databags: { ...structuredClone(units), [unit]: { ...own } },
        ...(told === undefined ? {} : { network: told }),
      };
      await Deno.writeTextFile(pathOf(relation), JSON.stringify(file));
    },
    unrelate: (relation) => Deno.remove(pathOf(relation)),
    async databag(relation, whose = unit) {
      const file: RelationFile = JSON.parse(await Deno.readTextFile(pathOf(relation)));
      return file.databags[whose] ?? {};
    },
    async calls() {
      const lines = (await Deno.readTextFile(`${folder}/calls.log`)).split("\n").filter((line) => line !== "");
      await Deno.writeTextFile(`${folder}/calls.log`, "");
      return lines.map((line) => JSON.parse(line));
    },
    hook: (args, more = {}) => happi(args, { variables: { ...variables, ...more } }),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** As Juju 2.9 writes it. */
function networkOf(ingress: string): unknown {
  return {
    "bind-addresses": [{
      "mac-address": "00:16:3e:00:00:01",
      "interface-name": "eth0",
      addresses: [{ hostname: "", value: "10.200.0.1", cidr: "10.200.0.0/24", address: "10.200.0.1" }],
    }],
    "egress-subnets": ["10.200.0.1/32"],
    "ingress-addresses": [ingress],
  };
}
