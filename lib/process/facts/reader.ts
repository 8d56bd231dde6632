/**
 * Processes of the system with their descendants, read from `/proc`.
 *
 * What a process costs is read by asking for it and for what it has started, not by going through all of the system. A
 * reading is good for a tenth of a second: many who look at once are answered with one.
 */
import {
  parseMemory,
  parseProgram,
  parseStat,
  parseTotalMemory,
  parseUptime,
  type ProcMemory,
  type ProcStat,
  TICKS_PER_SECOND,
} from "./proc_files.ts";

/** One process and all that it has started. */
export interface ProcessReading extends ProcStat, ProcMemory {
  readonly program: string;
  readonly username: string;
  /** Percent of one processor since the last reading, or since it was started. */
  readonly cpuPercent: number;
  /** When it was started, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly children: readonly ProcessReading[];
}

/** From where readings come. */
export interface ReaderOptions {
  /** Reads a file; throws when there is none. Its first 64 KiB if not given: a command line may be long. */
  readonly readFile?: (path: string) => Promise<string>;
  /** The names in a folder; empty when there is none. */
  readonly readFolder?: (path: string) => Promise<string[]>;
  /** In milliseconds, always forward; `performance.now` if not given. */
  readonly monotonic?: () => number;
}

/** More descendants than these are not looked at: a fork bomb is not to take the keeper with it. */
const MOST_PROCESSES = 1000;

/** How long a reading is good for, in milliseconds: ten ticks, below which percentages are noise. */
const GOOD_FOR_MS = 100;

/** What has not been looked at for so long is forgotten, in milliseconds. */
const FORGOTTEN_MS = 60_000;

const MS_PER_TICK = 1000 / TICKS_PER_SECOND;

/** Reads processes, and remembers what it needs to tell how busy they are. */
export class ProcessReader {
  readonly #readFile: (path: string) => Promise<string>;
  readonly #readFolder: (path: string) => Promise<string[]>;
  readonly #monotonic: () => number;
  readonly #recent = new Map<number, { readonly at: number; readonly reading: Promise<ProcessReading | undefined> }>();
  readonly #busy = new Map<string, { readonly at: number; readonly ticks: number; readonly percent: number }>();
  readonly #users = new Map<number, string>();
  #memory: Promise<number> | undefined;
  #bootedAt: Promise<number> | undefined;

  constructor(options: ReaderOptions = {}) {
    this.#readFile = options.readFile ?? beginningOf;
    this.#readFolder = options.readFolder ?? namesIn;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  /**
   * Reads a process and all that it has started.
   *
   * @param pid the system's number
   * @returns `undefined` when it has ended; a zombie has no memory
   */
  read(pid: number): Promise<ProcessReading | undefined> {
    const now = this.#monotonic();
    const recent = this.#recent.get(pid);
    if (recent !== undefined && now - recent.at < GOOD_FOR_MS) return recent.reading;
    this.#forget(now);
    const reading = this.#read(pid, { left: MOST_PROCESSES });
    this.#recent.set(pid, { at: now, reading });
    return reading;
  }

  /** The machine's memory in bytes. */
  totalMemory(): Promise<number> {
    this.#memory ??= this.#text("/proc/meminfo").then(parseTotalMemory);
    return this.#memory;
  }

  /** In milliseconds since 1970; asked once, so that a process has been started at one time whenever it is read. */
  #bootTime(): Promise<number> {
    this.#bootedAt ??= this.#ageMs(0).then((age) => Date.now() - age);
    return this.#bootedAt;
  }

  async #read(pid: number, budget: { left: number }): Promise<ProcessReading | undefined> {
    budget.left--;
    const [statText, statusText, cmdline] = await Promise.all(
      ["stat", "status", "cmdline"].map((file) => this.#text(`/proc/${pid}/${file}`)),
    );
    const stat = parseStat(statText ?? "");
    if (stat === undefined) return undefined;
    const memory = parseMemory(statusText ?? "");
    return {
      ...stat,
      ...memory,
      program: parseProgram(cmdline ?? "", stat.comm),
      username: await this.#username(memory.uid),
      cpuPercent: await this.#cpuPercent(stat),
      startedAt: Math.round(await this.#bootTime() + stat.startTicks * MS_PER_TICK),
      children: await this.#children(pid, budget),
    };
  }

  /** What its threads have started; those that end meanwhile are left out. */
  async #children(pid: number, budget: { left: number }): Promise<ProcessReading[]> {
    const threads = await this.#readFolder(`/proc/${pid}/task`);
    const lists = await Promise.all(threads.map((thread) => this.#text(`/proc/${pid}/task/${thread}/children`)));
    const pids = lists.flatMap((list) => list.split(" ").filter((one) => /^\d+$/.test(one)).map(Number));
    const children: ProcessReading[] = [];
    for (const child of pids.sort((a, b) => a - b)) {
      if (budget.left <= 0) break;
      const reading = await this.#read(child, budget);
      if (reading !== undefined) children.push(reading);
    }
    return children;
  }

  async #cpuPercent({ pid, startTicks, userTicks, systemTicks }: ProcStat): Promise<number> {
    const now = this.#monotonic();
    const ticks = userTicks + systemTicks;
    const key = `${pid} ${startTicks}`;
    const before = this.#busy.get(key);
    if (before !== undefined && now - before.at < GOOD_FOR_MS) return before.percent;
    const ms = before === undefined ? await this.#ageMs(startTicks) : now - before.at;
    const used = (ticks - (before?.ticks ?? 0)) * MS_PER_TICK;
    const percent = Math.max(0, 100 * used / Math.max(ms, GOOD_FOR_MS));
    this.#busy.set(key, { at: now, ticks, percent });
    return percent;
  }

  async #username(uid: number): Promise<string> {
    const known = this.#users.get(uid);
    if (known !== undefined) return known;
    const lines = (await this.#text("/etc/passwd")).split("\n").map((line) => line.split(":"));
    const name = lines.find((line) => line[2] === String(uid))?.[0] ?? String(uid);
    this.#users.set(uid, name);
    return name;
  }

  /** Not by `btime`, which counts in whole seconds. */
  async #ageMs(startTicks: number): Promise<number> {
    return parseUptime(await this.#text("/proc/uptime")) * 1000 - startTicks * MS_PER_TICK;
  }

  /** Empty where there is no such file: the process has ended meanwhile. */
  async #text(path: string): Promise<string> {
    return await this.#readFile(path).catch(() => "");
  }

  #forget(now: number): void {
    for (const [pid, { at }] of this.#recent) if (now - at >= GOOD_FOR_MS) this.#recent.delete(pid);
    for (const [key, { at }] of this.#busy) if (now - at > FORGOTTEN_MS) this.#busy.delete(key);
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
  } catch {
    return []; // it has ended meanwhile
  }
}

async function beginningOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const room = new Uint8Array(64 * 1024);
  let length = 0;
  while (length < room.length) {
    const count = await file.read(room.subarray(length));
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(room.subarray(0, length));
}
