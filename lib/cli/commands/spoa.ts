/**
 * `happi spoa`: the agent itself, and the commands below it.
 */
import { findSimilar } from "@optique/core/suggestion";
import type { Leaf } from "../leaf.ts";
import { runLeaf } from "../spoa/run.ts";
import { UsageError } from "../usage_error.ts";

/** The agent itself is here at once, the others when they are called: a SIGHUP finds it ready the sooner. */
const LEAVES: Readonly<Record<string, () => Promise<Leaf>>> = {
  config: async () => (await import("../spoa/config.ts")).configLeaf,
  check: async () => (await import("../spoa/check.ts")).checkLeaf,
  ask: async () => (await import("../spoa/ask.ts")).askLeaf,
  record: async () => (await import("../spoa/record.ts")).recordLeaf,
  replay: async () => (await import("../spoa/record.ts")).replayLeaf,
};

/**
 * The leaf of a command.
 *
 * @param name the word behind `spoa`; `undefined` for the agent itself
 * @throws {UsageError} when there is no such command
 */
export async function spoaLeaf(name: string | undefined): Promise<Leaf> {
  if (name === undefined) return runLeaf;
  const load = Object.hasOwn(LEAVES, name) ? LEAVES[name] : undefined;
  if (load !== undefined) return await load();
  const near = findSimilar(name, Object.keys(LEAVES));
  const hint = near.length === 0 ? `the commands are ${Object.keys(LEAVES).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "spoa ${name}": ${hint}`, "happi spoa --help");
}
