/**
 * `happi spoa`: the agent itself, and the commands below it.
 */
import { findSimilar } from "@optique/core/suggestion";
import type { Leaf } from "../leaf.ts";
import { askLeaf } from "../spoa/ask.ts";
import { checkLeaf } from "../spoa/check.ts";
import { configLeaf } from "../spoa/config.ts";
import { recordLeaf, replayLeaf } from "../spoa/record.ts";
import { runLeaf } from "../spoa/run.ts";
import { UsageError } from "../usage_error.ts";

const LEAVES: Readonly<Record<string, Leaf>> = {
  config: configLeaf,
  check: checkLeaf,
  ask: askLeaf,
  record: recordLeaf,
  replay: replayLeaf,
};

/**
 * The leaf of a command.
 *
 * @param name the word behind `spoa`; `undefined` for the agent itself
 * @throws {UsageError} when there is no such command
 */
export function spoaLeaf(name: string | undefined): Leaf {
  if (name === undefined) return runLeaf;
  const found = Object.hasOwn(LEAVES, name) ? LEAVES[name] : undefined;
  if (found !== undefined) return found;
  const near = findSimilar(name, Object.keys(LEAVES));
  const hint = near.length === 0 ? `the commands are ${Object.keys(LEAVES).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "spoa ${name}": ${hint}`, "happi spoa --help");
}
