/**
 * `happi state`: the commands below it.
 */
import { findSimilar } from "@optique/core/suggestion";
import { object } from "@optique/core/constructs";
import type { Leaf } from "../leaf.ts";
import { leaf } from "../leaf.ts";
import { offeringNames } from "../offering_names.ts";
import { UsageError } from "../usage_error.ts";

const LEAVES: Readonly<Record<string, () => Promise<Leaf>>> = {
  save: async () => (await import("../state/save.ts")).saveLeaf,
  restore: async () => (await import("../state/restore.ts")).restoreLeaf,
  diff: async () => (await import("../state/diff.ts")).diffLeaf,
};

const SUMMARIES: readonly (readonly [string, string])[] = [
  ["save", "Write what HAProxy has at run time into a file"],
  ["diff", "Show how HAProxy differs from a file"],
  ["restore", "Make HAProxy as it was"],
];

/**
 * The leaf of a command.
 *
 * @param name the word behind `state`; `undefined` for the list of them
 * @throws {UsageError} when there is no such command
 */
export async function stateLeaf(name: string | undefined): Promise<Leaf> {
  if (name === undefined) return offeringNames(listLeaf, SUMMARIES);
  const load = Object.hasOwn(LEAVES, name) ? LEAVES[name] : undefined;
  if (load !== undefined) return await load();
  const near = findSimilar(name, Object.keys(LEAVES));
  const hint = near.length === 0 ? `the commands are ${Object.keys(LEAVES).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "state ${name}": ${hint}`, "happi state --help");
}

const listLeaf = leaf({
  path: "state",
  usage: "COMMAND",
  summary: "Save what HAProxy has at run time, compare it, put it back",
  paragraphs: [
    "A reload of HAProxy loses what was changed at run time. What was changed through happi comes back by itself where a " +
    "happi keeps watch; this is for everything else, and by hand.",
  ],
  parser: object({}),
  lead: [{ title: "Commands", entries: SUMMARIES }],
  run: () => Promise.reject(new UsageError("Cannot do nothing: name a command", "happi state --help")),
});
