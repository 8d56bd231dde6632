/**
 * `happi juju`: the http interface in a charm's hooks.
 */
import { object } from "@optique/core/constructs";
import { findSimilar } from "@optique/core/suggestion";
import { providesLeaf } from "../juju/provides.ts";
import { requiresLeaf } from "../juju/requires.ts";
import { type Leaf, leaf } from "../leaf.ts";
import { offeringNames } from "../offering_names.ts";
import { UsageError } from "../usage_error.ts";

const LEAVES: Readonly<Record<string, Leaf>> = {
  provides: providesLeaf,
  requires: requiresLeaf,
};

const NAMES = Object.entries(LEAVES).map(([name, { summary }]) => [name, summary] as const);

const jujuPage = leaf({
  path: "juju",
  usage: "provides|requires ENDPOINT [options]",
  summary: "Provide or require the http interface in a charm's hook",
  parser: object({}),
  lead: [{ title: "Commands", entries: NAMES }],
  run() {
    const why = `a command is missing: the commands are ${Object.keys(LEAVES).join(", ")}`;
    throw new UsageError(`Cannot understand "happi juju": ${why}`, "happi juju --help");
  },
});

/**
 * The leaf of a command.
 *
 * @param name the word behind `juju`; `undefined` for the list of commands
 * @throws {UsageError} when there is no such command
 */
export function jujuLeaf(name: string | undefined): Leaf {
  if (name === undefined) return offeringNames(jujuPage, NAMES);
  const found = Object.hasOwn(LEAVES, name) ? LEAVES[name] : undefined;
  if (found !== undefined) return found;
  const near = findSimilar(name, Object.keys(LEAVES));
  const hint = near.length === 0 ? `the commands are ${Object.keys(LEAVES).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "juju ${name}": ${hint}`, "happi juju --help");
}
