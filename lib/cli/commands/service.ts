/**
 * `happi service`: the registry itself, and the commands below it.
 */
import { findSimilar } from "@optique/core/suggestion";
import type { Leaf } from "../leaf.ts";
import { offeringNames } from "../offering_names.ts";
import { getLeaf, listLeaf } from "../service/list.ts";
import { planLeaf } from "../service/plan.ts";
import { provideLeaf } from "../service/provide.ts";
import { runLeaf, SERVICE_COMMANDS } from "../service/run.ts";
import { watchLeaf } from "../service/watch.ts";
import { UsageError } from "../usage_error.ts";

const LEAVES: Readonly<Record<string, Leaf>> = {
  list: listLeaf,
  get: getLeaf,
  watch: watchLeaf,
  provide: provideLeaf,
  plan: planLeaf,
};

/**
 * The leaf of a command.
 *
 * @param name the word behind `service`; `undefined` for the registry itself
 * @throws {UsageError} when there is no such command
 */
export function serviceLeaf(name: string | undefined): Leaf {
  if (name === undefined) return offeringNames(runLeaf, SERVICE_COMMANDS);
  const found = Object.hasOwn(LEAVES, name) ? LEAVES[name] : undefined;
  if (found !== undefined) return found;
  const near = findSimilar(name, Object.keys(LEAVES));
  const hint = near.length === 0 ? `the commands are ${Object.keys(LEAVES).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "service ${name}": ${hint}`, "happi service --help");
}
