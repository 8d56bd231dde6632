/**
 * The system's processes, as far as keeping some of them needs: who is there, who belongs to whom, and signals to them.
 */
import { reason } from "../errors.ts";

/** A process of the system, from `/proc/<pid>/stat`. */
export interface SystemProcess {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
  /** When it was started, in ticks since the system was: together with its number that names it for good. */
  readonly startedAt: number;
}

/** The numbers of all processes. */
export async function systemPids(): Promise<number[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) names.push(name);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/**
 * Looks at a process.
 *
 * @param pid the system's number
 * @returns nothing when it has ended, also when nobody has asked for its status yet (a zombie)
 * @throws what the system says when it cannot be known whether it has: happi may have no file left to open
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { systemProcess } from "./system_processes.ts";
 * assert.equal((await systemProcess(Deno.pid))?.pid, Deno.pid);
 * assert.equal(await systemProcess(2 ** 30), undefined);
 * ```
 */
export async function systemProcess(pid: number): Promise<SystemProcess | undefined> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(nothingOfOneThatIsGone);
  // Its name, in brackets, may hold anything, also brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, , group, session] = fields;
  if (fields[19] === undefined || state === "Z" || state === "X") return undefined;
  return { pid, group: Number(group), session: Number(session), startedAt: Number(fields[19]) };
}

/**
 * Whether anybody of a process group still runs. Where nobody asks for the status of orphans (a container whose first process
 * does not), zombies stay in it for ever: those do not count. Where nobody can look, somebody may.
 *
 * @param group the number of the process that leads it
 */
export async function isGroupRunning(group: number): Promise<boolean> {
  if (!sendSignal(-group, 0)) return false;
  try {
    for (const pid of await systemPids()) {
      if ((await systemProcess(pid))?.group === group) return true;
    }
    return false;
  } catch {
    return true;
  }
}

/** ESRCH is what reading a file of a process says that has ended since the file was opened. */
function nothingOfOneThatIsGone(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound || /os error 3\b/.test(reason(thrown))) return "";
  throw thrown;
}

/**
 * Sends a signal.
 *
 * @param pid a process; negative, a group; more than 1 in both cases, so that nobody else is ever meant
 * @param signal its number; 0 sends nothing, and finds out whether there is anybody
 * @returns whether there is anybody, also one that this user may send nothing to
 */
export function sendSignal(pid: number, signal: number): boolean {
  if (!Number.isSafeInteger(pid) || Math.abs(pid) <= 1) throw new RangeError(`"${pid}" is no process of ours`);
  try {
    Deno.kill(pid, signal);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    // A program that has become another user: it is there, and its own group's end is not ours to force.
    if (thrown instanceof Deno.errors.PermissionDenied) return true;
    throw thrown;
  }
}
