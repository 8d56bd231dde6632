/**
 * What is known of the processes of a manager: in the seed's words for its API, and in happi's own for JSON and metrics.
 */
import { ProcessNotFound } from "../errors.ts";
import type { ProcessFacts, ProcessInfo, TemplateStats } from "../facts_port.ts";
import type { Manager, RunningProcess } from "../manager_face.ts";
import { TICKS_PER_SECOND } from "./proc_files.ts";
import { ProcessReader, type ProcessReading } from "./reader.ts";
import { processInfo, templateStats } from "./seed_words.ts";

/** What a process uses, with all that it has started. */
export interface ProcessUsage {
  readonly name: string;
  /** happi's own number. */
  readonly pid: number;
  readonly os_pid: number;
  /** In milliseconds since 1970. */
  readonly started_at: number;
  /** Resident memory of all of them; what they share is counted for each. */
  readonly rss_bytes: number;
  readonly virtual_bytes: number;
  /** Processor time of all of them, also of those that have ended; never falls but when one that was nobody's child any more ends. */
  readonly cpu_seconds: number;
  /** Percent of one processor since somebody last looked. */
  readonly cpu_percent: number;
  readonly threads: number;
  /** How many it has started that still run, at any depth. */
  readonly children: number;
}

/** {@linkcode ProcessFacts} with happi's own figures. */
export interface Facts extends ProcessFacts {
  /**
   * What everything that runs uses.
   *
   * @param name only processes of this definition
   * @throws {ProcessNotFound} when there is no definition of that name
   */
  usage(name?: string): Promise<ProcessUsage[]>;
}

/**
 * Facts of a manager's processes.
 *
 * @param manager whose processes they are: others cannot be asked for
 * @param reader reads them
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProcessManager } from "../manager.ts";
 * import { createFacts } from "./facts.ts";
 * await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
 * await manager.add({ name: "nap", cmd: "sleep 60" });
 * const [nap] = await createFacts(manager).usage("nap");
 * assert.ok(nap !== undefined && nap.threads === 1 && nap.children === 0);
 * ```
 */
export function createFacts(manager: Pick<Manager, "running">, reader: ProcessReader = new ProcessReader()): Facts {
  return {
    async process(osPid: number): Promise<ProcessInfo> {
      const isOurs = manager.running().some(({ os_pid }) => os_pid === osPid);
      const reading = isOurs ? await reader.read(osPid) : undefined;
      if (reading === undefined) throw new ProcessNotFound("pid", osPid);
      return processInfo(reading, await reader.totalMemory());
    },

    async template(name: string): Promise<TemplateStats> {
      const totalMemory = await reader.totalMemory();
      const readings = await readAll(manager.running(name));
      const stats = readings.map(([{ pid }, reading]) => ({ ...processInfo(reading, totalMemory), id: pid }));
      return templateStats(name, stats);
    },

    async usage(name?: string): Promise<ProcessUsage[]> {
      return (await readAll(manager.running(name))).map(([child, reading]) => usageOf(child, reading));
    },
  };

  /** Those that end meanwhile are left out. */
  async function readAll(children: readonly RunningProcess[]): Promise<[RunningProcess, ProcessReading][]> {
    const readings = await Promise.all(children.map((child) => reader.read(child.os_pid)));
    return children.flatMap((child, index) => {
      const reading = readings[index];
      return reading === undefined ? [] : [[child, reading] as [RunningProcess, ProcessReading]];
    });
  }
}

function usageOf({ name, pid, os_pid, started_at }: RunningProcess, reading: ProcessReading): ProcessUsage {
  const all = withDescendants(reading);
  const total = (of: (one: ProcessReading) => number) => all.reduce((sum, one) => sum + of(one), 0);
  const ticks = total(({ userTicks, systemTicks, childrenTicks }) => userTicks + systemTicks + childrenTicks);
  return {
    name,
    pid,
    os_pid,
    started_at,
    rss_bytes: total(({ residentBytes }) => residentBytes),
    virtual_bytes: total(({ virtualBytes }) => virtualBytes),
    cpu_seconds: ticks / TICKS_PER_SECOND,
    cpu_percent: Math.round(total(({ cpuPercent }) => cpuPercent) * 10) / 10,
    threads: total(({ threads }) => threads),
    children: all.length - 1,
  };
}

function withDescendants(reading: ProcessReading): ProcessReading[] {
  return [reading, ...reading.children.flatMap(withDescendants)];
}
