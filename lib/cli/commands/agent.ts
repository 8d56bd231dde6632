/**
 * `happi agent`: the agent itself, and the commands below it.
 */
import { findSimilar } from "@optique/core/suggestion";
import { askLeaf } from "../agent/ask.ts";
import { checkLeaf } from "../agent/check.ts";
import { configLeaf } from "../agent/config.ts";
import { listLeaf } from "../agent/list.ts";
import { maintenanceLeaves } from "../agent/maintenance.ts";
import { runLeaf } from "../agent/run.ts";
import type { Leaf } from "../leaf.ts";
import { UsageError } from "../usage_error.ts";

const LEAVES: Readonly<Record<string, Leaf>> = {
  config: configLeaf,
  check: checkLeaf,
  ask: askLeaf,
  list: listLeaf,
  ...maintenanceLeaves,
};

/**
 * The leaf of a command.
 *
 * @param name the word behind `agent`; `undefined` for the agent itself
 * @throws {UsageError} when there is no such command
 */
export function agentLeaf(name: string | undefined): Leaf {
  if (name === undefined) return runLeaf;
  const found = Object.hasOwn(LEAVES, name) ? LEAVES[name] : undefined;
  if (found !== undefined) return found;
  const near = findSimilar(name, Object.keys(LEAVES));
  const hint = near.length === 0 ? `the commands are ${Object.keys(LEAVES).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "agent ${name}": ${hint}`, "happi agent --help");
}
