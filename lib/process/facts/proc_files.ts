/**
 * What the kernel writes of a process into `/proc` (proc(5)), read as data. Pure.
 *
 * Sizes come from `status`, which counts in KiB, and not from `statm`, which counts in pages whose size (4, 16 or 64 KiB on
 * ARM) cannot be asked for without another program. Times come in ticks of 1/100 s: the kernel converts its own clock to
 * that for every program on the processors that Deno runs on (USER_HZ).
 */

/** Ticks in a second. */
export const TICKS_PER_SECOND = 100;

/** What of `/proc/<pid>/stat` is used; times in ticks. */
export interface ProcStat {
  readonly pid: number;
  /** The program's name, cut to 15 bytes; the process can change it. */
  readonly comm: string;
  /** `R`, `S`, `Z` for a zombie… */
  readonly state: string;
  readonly parent: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  /** Of children that have ended and were asked for their status. */
  readonly childrenTicks: number;
  readonly nice: number;
  readonly threads: number;
  /** Since the system was started. */
  readonly startTicks: number;
}

/**
 * Reads `/proc/<pid>/stat`.
 *
 * @returns `undefined` when it is no such line
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseStat } from "./proc_files.ts";
 * const line = "42 (my ) prog) S 1 42 42 0 -1 4194560 1 2 3 4 250 50 7 3 20 5 4 0 9000 1000 20 18446744073709551615\n";
 * const stat = parseStat(line);
 * assert.deepEqual([stat?.comm, stat?.parent, stat?.userTicks, stat?.nice], ["my ) prog", 1, 250, 5]);
 * ```
 */
export function parseStat(line: string): ProcStat | undefined {
  // A name may hold anything, also brackets and line feeds: it ends at the last bracket.
  const from = line.indexOf("(");
  const to = line.lastIndexOf(")");
  const fields = line.slice(to + 2).trimEnd().split(" ");
  if (from < 0 || to < from || fields.length < 20) return undefined;
  const at = (field: number) => Number(fields[field - 3]); // proc(5) counts from 1, and these are the third and later
  return {
    pid: Number.parseInt(line, 10),
    comm: line.slice(from + 1, to),
    state: fields[0] ?? "",
    parent: at(4),
    userTicks: at(14),
    systemTicks: at(15),
    childrenTicks: at(16) + at(17),
    nice: at(19),
    threads: at(20),
    startTicks: at(22),
  };
}

/** What of `/proc/<pid>/status` is used; sizes in bytes, 0 for what has no memory (a zombie, a thread of the kernel). */
export interface ProcMemory {
  readonly residentBytes: number;
  readonly virtualBytes: number;
  /** The user that it runs as: its effective one. */
  readonly uid: number;
}

/**
 * Reads `/proc/<pid>/status`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMemory } from "./proc_files.ts";
 * const text = "Name:\tx\nUid:\t1000\t1001\t1001\t1001\nVmSize:\t    2928 kB\nVmRSS:\t    1744 kB\n";
 * assert.deepEqual(parseMemory(text), { residentBytes: 1785856, virtualBytes: 2998272, uid: 1001 });
 * ```
 */
export function parseMemory(text: string): ProcMemory {
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(text)?.[1] ?? 0) * 1024;
  return {
    residentBytes: kib("VmRSS"),
    virtualBytes: kib("VmSize"),
    uid: Number(/^Uid:\s*\d+\s+(\d+)/m.exec(text)?.[1] ?? 0),
  };
}

/**
 * The file name of a program, out of `/proc/<pid>/cmdline`: its first word, without its folder.
 *
 * @param text words that end with a NUL; empty for a zombie. What a process writes over it has no NUL, but blanks
 * @param comm what is taken where there is no word
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseProgram } from "./proc_files.ts";
 * assert.equal(parseProgram("/usr/bin/sleep\x0060\0", "sleep"), "sleep");
 * assert.equal(parseProgram("nginx: master process /usr/sbin/nginx", "nginx"), "nginx:");
 * assert.equal(parseProgram("", "kworker/0:1"), "kworker/0:1");
 * ```
 */
export function parseProgram(text: string, comm: string): string {
  const end = text.indexOf("\0");
  // With a NUL it is the first word as it is, blanks and all.
  const first = end >= 0 ? text.slice(0, end) : text.split(" ", 1)[0] ?? "";
  const name = first.slice(first.lastIndexOf("/") + 1);
  return name === "" ? comm : name;
}

/** How long the system has been running, out of `/proc/uptime`, in seconds; 0 where it cannot be read. */
export function parseUptime(text: string): number {
  return Number.parseFloat(text) || 0;
}

/** The machine's memory in bytes, out of `/proc/meminfo`. */
export function parseTotalMemory(text: string): number {
  return Number(/^MemTotal:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}
