/**
 * What tests of processes look at in the system: who is there, who is open, and waiting for what is to come.
 */
import { systemPids, systemProcess } from "../../lib/process/system_processes.ts";

/** happi's environment in tests. */
export const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin" };

/** Waits until something is so; looks often, and fails loudly. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, patienceMs = 10_000): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process lives: one that nobody has asked for its status does not. */
export async function isAlive(pid: number): Promise<boolean> {
  return await systemProcess(pid) !== undefined;
}

/** The numbers of all living processes whose environment has a text in it. */
export async function pidsWith(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await systemPids()) {
    const environ = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => ""); // it has ended
    if (environ.includes(text) && await isAlive(pid)) found.push(pid);
  }
  return found;
}

/** How many files this process has open. */
export function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** A mark that no other test has. */
export function freshMark(): { readonly keeper: string; readonly variable: string } {
  const keeper = `test-${crypto.randomUUID()}`;
  return { keeper, variable: `HAPPI_KEEPER=${keeper} ` };
}
