/**
 * A process's figures in the words and the rounding of the seed's API (gaffer's HTTP guide, "stats"). Pure.
 */
import type { ProcessInfo, TemplateStats } from "../facts_port.ts";
import { TICKS_PER_SECOND } from "./proc_files.ts";
import type { ProcessReading } from "./reader.ts";

/**
 * A process in the seed's words.
 *
 * @param reading as it was read
 * @param totalMemory the machine's, in bytes
 */
export function processInfo(reading: ProcessReading, totalMemory: number): ProcessInfo {
  return {
    mem_info1: shortSize(reading.residentBytes),
    mem_info2: shortSize(reading.virtualBytes),
    cpu: tenths(reading.cpuPercent),
    mem: totalMemory === 0 ? 0 : tenths(100 * reading.residentBytes / totalMemory),
    ctime: cpuTime(reading.userTicks + reading.systemTicks),
    pid: reading.pid,
    username: reading.username,
    nice: reading.state === "Z" ? "Zombie" : reading.nice,
    cmdline: reading.program,
    rss_bytes: reading.residentBytes,
    threads: reading.threads,
    started_at: reading.startedAt,
    children: reading.children.map((child) => processInfo(child, totalMemory)),
  };
}

/** All processes of a definition in the seed's words; numbers are 0 where nothing runs. */
export function templateStats(name: string, stats: TemplateStats["stats"]): TemplateStats {
  const mem = stats.map((one) => one.mem);
  const cpu = stats.map((one) => one.cpu);
  return {
    name,
    stats,
    mem: tenths(sum(mem)),
    max_mem: Math.max(0, ...mem),
    min_mem: mem.length === 0 ? 0 : Math.min(...mem),
    cpu: tenths(sum(cpu)),
    max_cpu: Math.max(0, ...cpu),
    min_cpu: cpu.length === 0 ? 0 : Math.min(...cpu),
  };
}

/**
 * A size in short: whole units of 1024, cut and not rounded.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shortSize } from "./seed_words.ts";
 * assert.equal(shortSize(12 * 1024 * 1024 + 5), "12M");
 * assert.equal(shortSize(1023), "1023B");
 * ```
 */
export function shortSize(bytes: number): string {
  const power = UNITS.findLastIndex((_, index) => bytes >= 1024 ** (index + 1));
  return power < 0 ? `${bytes}B` : `${Math.floor(bytes / 1024 ** (power + 1))}${UNITS[power]}`;
}

const UNITS = ["K", "M", "G", "T", "P", "E", "Z", "Y"];

/**
 * Processor time as `M:SS.cc`. As in the seed's API, whole hours are not shown.
 *
 * @param ticks of 1/100 s
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cpuTime } from "./seed_words.ts";
 * assert.equal(cpuTime(12_305), "2:03.05");
 * assert.equal(cpuTime(60 * 60 * 100), "0:00.00");
 * ```
 */
export function cpuTime(ticks: number): string {
  const seconds = Math.floor(ticks / TICKS_PER_SECOND);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 60) % 60}:${two(seconds % 60)}.${two(ticks % TICKS_PER_SECOND)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function tenths(number: number): number {
  return Math.round(number * 10) / 10;
}
