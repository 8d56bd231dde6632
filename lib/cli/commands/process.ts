/**
 * `happi process`: the keeper itself, and the commands below it.
 */
import { findSimilar } from "@optique/core/suggestion";
import type { Leaf } from "../leaf.ts";
import { offeringNames } from "../offering_names.ts";
import { attachLeaf } from "../process/attach.ts";
import { restartLeaf, scaleLeaf, signalLeaf, stopLeaf } from "../process/control.ts";
import { exportLeaf } from "../process/export.ts";
import { hookLeaf } from "../process/hook.ts";
import { listLeaf } from "../process/list.ts";
import { loadLeaf, unloadLeaf } from "../process/load.ts";
import { logsLeaf } from "../process/logs.ts";
import { onceLeaf } from "../process/once.ts";
import { PROCESS_COMMANDS, runLeaf } from "../process/run.ts";
import { startLeaf } from "../process/start.ts";
import { UsageError } from "../usage_error.ts";

const LEAVES: Readonly<Record<string, Leaf>> = {
  list: listLeaf,
  start: startLeaf,
  stop: stopLeaf,
  restart: restartLeaf,
  scale: scaleLeaf,
  signal: signalLeaf,
  logs: logsLeaf,
  attach: attachLeaf,
  run: onceLeaf,
  load: loadLeaf,
  unload: unloadLeaf,
  export: exportLeaf,
  hook: hookLeaf,
};

/**
 * The leaf of a command.
 *
 * @param name the word behind `process`; `undefined` for the keeper itself
 * @throws {UsageError} when there is no such command
 */
export function processLeaf(name: string | undefined): Leaf {
  if (name === undefined) return offeringNames(runLeaf, PROCESS_COMMANDS);
  const found = Object.hasOwn(LEAVES, name) ? LEAVES[name] : undefined;
  if (found !== undefined) return found;
  const near = findSimilar(name, Object.keys(LEAVES));
  const hint = near.length === 0 ? `the commands are ${Object.keys(LEAVES).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "process ${name}": ${hint}`, "happi process --help");
}
