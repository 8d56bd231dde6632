/**
 * Hooks: definitions that are not kept but run once, before or after something in HAProxy's life (`before = "haproxy-reload"`).
 */
import { HappiError, reason } from "../../errors.ts";
import type { Definition } from "../definition.ts";
import type { Manager, RunningProcess } from "../manager_face.ts";
import { signalName } from "../signals.ts";

/** On which side of what happens hooks are run. */
export type HookTime = "before" | "after";

/** How a hook went. */
export interface HookResult {
  readonly name: string;
  readonly ok: boolean;
  /** Why it is not, for people; empty when it is. */
  readonly reason: string;
  /** In milliseconds. */
  readonly took_ms: number;
}

/** A hook that has failed. */
export class HookFailed extends HappiError {
  constructor(when: HookTime, what: string, { name, reason }: HookResult) {
    super("hook_failed", `Cannot ${when === "before" ? "begin" : "finish"} "${what}": hook "${name}" ${reason}`);
  }
}

/** Limits of hooks. */
export interface HookOptions {
  /** How long each may take, in milliseconds; 30 s if not given. Then it is ended. */
  readonly deadlineMs?: number;
}

/** Whether a definition is a hook. */
export function isHook({ before, after }: Definition): boolean {
  return before !== undefined || after !== undefined;
}

/**
 * Runs the hooks of something, one after the other, those of the lowest priority first.
 *
 * Before something the first that fails is the last that is run: what it was to prepare is not to happen. After something all
 * are run.
 *
 * @param manager has the definitions
 * @param when before or after it
 * @param what the word of the definitions: `haproxy-reload`
 * @returns how each that was run went; never throws
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProcessManager } from "../manager.ts";
 * import { runHooks } from "./hooks.ts";
 * await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
 * await manager.add({ name: "renew", cmd: "false", before: "haproxy-reload", start: false });
 * const [renew] = await runHooks(manager, "before", "haproxy-reload");
 * assert.equal(renew?.reason, "has ended with status 1");
 * ```
 */
export async function runHooks(
  manager: Pick<Manager, "names" | "definition" | "commit" | "stopProcess">,
  when: HookTime,
  what: string,
  { deadlineMs = 30_000 }: HookOptions = {},
): Promise<HookResult[]> {
  const hooks = manager.names().map((name) => manager.definition(name)).filter((one) => one[when] === what);
  const results: HookResult[] = [];
  for (const { name } of hooks.sort((a, b) => priorityOf(a) - priorityOf(b))) {
    const startedAt = performance.now();
    const problem = await runOne(manager, name, deadlineMs);
    const ok = problem === undefined;
    results.push({ name, ok, reason: problem ?? "", took_ms: Math.round(performance.now() - startedAt) });
    if (!ok && when === "before") break;
  }
  return results;
}

/**
 * Throws when a hook has failed.
 *
 * @param results of {@linkcode runHooks}
 * @throws {HookFailed} the first that has
 */
export function throwIfFailed(when: HookTime, what: string, results: readonly HookResult[]): void {
  const failed = results.find(({ ok }) => !ok);
  if (failed !== undefined) throw new HookFailed(when, what, failed);
}

async function runOne(
  manager: Pick<Manager, "commit" | "stopProcess">,
  name: string,
  deadlineMs: number,
): Promise<string | undefined> {
  let child: RunningProcess;
  try {
    child = await manager.commit(name);
  } catch (thrown) {
    return `was not started: ${reason(thrown)}`;
  }
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), deadlineMs);
  const isLate = await Promise.race([child.ended, late]) === "late";
  clearTimeout(timer);
  if (isLate) {
    await manager.stopProcess(child.pid).catch(() => {}); // it has ended just now
    return `has not ended within ${deadlineMs / 1000} s, and was ended`;
  }
  const { exit_status = 0, term_signal = 0 } = child.exit ?? {};
  if (term_signal > 0) return `was ended by ${signalName(term_signal)}`;
  return exit_status === 0 ? undefined : `has ended with status ${exit_status}`;
}

function priorityOf({ priority = Number.MAX_SAFE_INTEGER }: Definition): number {
  return priority;
}
