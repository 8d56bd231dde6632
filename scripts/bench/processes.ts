/**
 * What a process has cost so far, as Linux counts it.
 *
 * @module
 */

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Processor time of a process, user and system, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The most memory that a process has ever had in use, in MiB. */
export async function peakMemoryMib(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
