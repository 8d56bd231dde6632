/**
 * One measurement: so many readers, so many seconds; what came, and what it cost.
 *
 * @module
 */
import { cpuMs, peakMemoryMib } from "../processes.ts";
import type { Reader } from "./readers.ts";

/** Something that hands out what processes write. */
export interface Served {
  /** The process group whose cost is counted, and its children in groups of their own with it. */
  readonly group: number;
  /** The program that writes: its own cost is not counted. */
  readonly writer: string;
  readonly read: (at: number) => Promise<Reader>;
  /** Bytes that have been read from the processes so far, where that is known. */
  readonly written?: () => Promise<number>;
  readonly end: () => Promise<void>;
}

/** What came of it. */
export interface Figures {
  /** Megabytes a second from the processes; NaN where that is not known. */
  readonly writtenMbs: number;
  /** Megabytes a second to all readers together. */
  readonly readMbs: number;
  /** Milliseconds of processor time for a megabyte that went in or out. */
  readonly cpuMsPerMb: number;
  readonly rssMib: number;
}

/** Measures. */
export async function measure(served: Served, readers: number, seconds: number): Promise<Figures> {
  const all = await Promise.all(Array.from({ length: readers }, (_, at) => served.read(at)));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(300);
  const look = async () => ({
    at: performance.now(),
    read: all.reduce((sum, { bytes }) => sum + bytes(), 0),
    written: await served.written?.() ?? NaN,
    cpu: await costOf(served),
  });
  const before = await look();
  await pause(seconds * 1000);
  const after = await look();
  const rssMib = (await Promise.all((await members(served)).map(peakMemoryMib))).reduce((sum, one) => sum + one, 0);
  for (const reader of all) reader.close();
  const seconds_ = (after.at - before.at) / 1000;
  const [read, written] = [(after.read - before.read) / 1e6, (after.written - before.written) / 1e6];
  return {
    writtenMbs: written / seconds_,
    readMbs: read / seconds_,
    cpuMsPerMb: (after.cpu - before.cpu) / (Number.isNaN(written) ? read : Math.max(read, written)),
    rssMib,
  };
}

async function costOf(served: Served): Promise<number> {
  const costs = await Promise.all((await members(served)).map((pid) => cpuMs(pid).catch(() => 0)));
  return costs.reduce((sum, one) => sum + one, 0);
}

/** Those of its group but the writers. */
async function members({ group, writer }: Served): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid=,pgid=,comm="] }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => line.trim().split(/\s+/))
    .filter(([, pgid, comm]) => Number(pgid) === group && comm !== writer).map(([pid]) => Number(pid));
}
