/**
 * Reads what Linux tells of the host's load (proc(5)) and of the limits of the container that one is in (cgroup v2).
 */
import { CheckFailed } from "../../errors.ts";

/** Processor time since some beginning, in a unit of its own: only differences mean something. */
export interface CpuTimes {
  readonly busy: number;
  /** Busy or not: what there was. */
  readonly total: number;
}

/** Memory, in bytes. */
export interface Memory {
  readonly used: number;
  readonly total: number;
}

/** The average number of processes that ran or waited to, in the last minute: `/proc/loadavg`. */
export function parseLoadAverage(text: string): number {
  return numberOf(text.split(" ")[0], "the load average");
}

/**
 * The processor times of the whole host, in ticks, and how many processors it has: `/proc/stat`.
 *
 * Waiting for a disk is not busy; time that the hypervisor gave to others is, since nobody here could use it. The time of
 * guests is within `user` already.
 */
export function parseStat(text: string): CpuTimes & { readonly cores: number } {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) throw new CheckFailed('Cannot read "/proc/stat": it has no line "cpu"');
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line.split(" ").map(
    Number,
  );
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + iowait, cores: text.match(/^cpu\d+ /gm)?.length ?? 1 };
}

/** The host's memory: `/proc/meminfo`. What the kernel can take back at once (`MemAvailable`) is not used. */
export function parseMemory(text: string): Memory {
  const bytes = (name: string) => numberOf(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(text)?.[1], `"${name}"`) * 1024;
  const total = bytes("MemTotal");
  return { used: total - bytes("MemAvailable"), total };
}

/** The files of the container's cgroup; those that do not exist are left out. */
export interface CgroupFiles {
  readonly "cpu.max"?: string | undefined;
  readonly "cpu.stat"?: string | undefined;
  readonly "memory.max"?: string | undefined;
  readonly "memory.current"?: string | undefined;
  readonly "memory.stat"?: string | undefined;
}

/**
 * The processor time that the container used and was given, in microseconds; `undefined` where it has no limit.
 *
 * @param nowMs a clock that never goes back
 */
export function cgroupCpu(files: CgroupFiles, nowMs: number): CpuTimes | undefined {
  const [, quota, period] = /^(\d+) (\d+)/.exec(files["cpu.max"] ?? "") ?? [];
  const used = /^usage_usec (\d+)/m.exec(files["cpu.stat"] ?? "")?.[1];
  if (quota === undefined || period === undefined || used === undefined) return undefined;
  return { busy: Number(used), total: nowMs * 1000 * Number(quota) / Number(period) };
}

/** The container's memory; `undefined` where it has no limit. File pages that the kernel can drop are not used. */
export function cgroupMemory(files: CgroupFiles): Memory | undefined {
  const max = /^\d+/.exec(files["memory.max"] ?? "")?.[0];
  const current = /^\d+/.exec(files["memory.current"] ?? "")?.[0];
  if (max === undefined || current === undefined) return undefined;
  const droppable = /^inactive_file (\d+)/m.exec(files["memory.stat"] ?? "")?.[1] ?? "0";
  return { used: Math.max(0, Number(current) - Number(droppable)), total: Number(max) };
}

function numberOf(text: string | undefined, what: string): number {
  const number = Number(text);
  if (text === undefined || !Number.isFinite(number)) throw new CheckFailed(`Cannot find ${what} in "/proc"`);
  return number;
}
