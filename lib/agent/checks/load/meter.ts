/**
 * Measures the load of this host, or of the container: processors, load average, memory.
 */
import { CheckFailed } from "../../errors.ts";
import {
  cgroupCpu,
  type CgroupFiles,
  cgroupMemory,
  type CpuTimes,
  type Memory,
  parseLoadAverage,
  parseMemory,
  parseStat,
} from "./proc.ts";

/** What was measured. */
export interface Load {
  /** Load average of the last minute for each of the host's processors: 1 is all busy. */
  readonly loadPerCore: number;
  /** Share of the processors' time in percent, evened out. */
  readonly cpuPercent: number;
  /** Share of the memory in percent. */
  readonly memoryPercent: number;
}

/** Where a meter looks, and how; all of it has defaults for a Linux host. */
export interface MeterOptions {
  /** Default `/proc`. */
  readonly procPath?: string;
  /** The container's own cgroup v2; default `/sys/fs/cgroup`. A host's root cgroup has no limits, and so none are found. */
  readonly cgroupPath?: string;
  /** In how many milliseconds a change of the processors' share is followed by two thirds; 0 is at once. Default 5000. */
  readonly smoothMs?: number;
  /** A clock in milliseconds that never goes back. */
  readonly clock?: () => number;
}

/** So long the first look at the processors takes: their share is the difference of two looks. */
const FIRST_LOOK_MS = 100;

/** A look that is older tells more of the past than of the present. */
const OLDEST_LOOK_MS = 60_000;

/** Measures, and remembers its last look at the processors. */
export class LoadMeter {
  readonly #procPath: string;
  readonly #cgroupPath: string;
  readonly #smoothMs: number;
  readonly #clock: () => number;
  #last: { readonly at: number; readonly times: CpuTimes; readonly share: number | undefined } | undefined;

  /** @param options where to look */
  constructor(options: MeterOptions = {}) {
    this.#procPath = options.procPath ?? "/proc";
    this.#cgroupPath = options.cgroupPath ?? "/sys/fs/cgroup";
    this.#smoothMs = options.smoothMs ?? 5000;
    this.#clock = options.clock ?? (() => performance.now());
  }

  /**
   * Measures now; the first time it takes a tenth of a second.
   *
   * @throws {CheckFailed} where the files do not exist or cannot be read
   */
  async measure(signal: AbortSignal): Promise<Load> {
    const cpuPercent = await this.#cpuShare(signal) * 100;
    const [average, stat, memory] = await Promise.all([this.#proc("loadavg"), this.#proc("stat"), this.#memory()]);
    return {
      loadPerCore: parseLoadAverage(average) / parseStat(stat).cores,
      cpuPercent,
      memoryPercent: memory.used / memory.total * 100,
    };
  }

  async #cpuShare(signal: AbortSignal): Promise<number> {
    const age = this.#last === undefined ? Infinity : this.#clock() - this.#last.at;
    if (age > OLDEST_LOOK_MS) {
      this.#last = { at: this.#clock(), times: await this.#cpuTimes(), share: undefined };
      await pause(FIRST_LOOK_MS, signal);
    }
    const last = this.#last;
    const times = await this.#cpuTimes();
    const at = this.#clock();
    // Two looks within a tick, or a processor that was taken away: there is no difference to tell.
    const isTelling = last !== undefined && times.total > last.times.total && times.busy >= last.times.busy;
    if (!isTelling) return last?.share ?? 0;
    const share = Math.min(1, (times.busy - last.times.busy) / (times.total - last.times.total));
    const part = this.#smoothMs === 0 ? 1 : 1 - Math.exp(-(at - last.at) / this.#smoothMs);
    const evened = last.share === undefined ? share : last.share + (share - last.share) * part;
    this.#last = { at, times, share: evened };
    return evened;
  }

  async #cpuTimes(): Promise<CpuTimes> {
    const files = await this.#cgroup(["cpu.max", "cpu.stat"]);
    return cgroupCpu(files, this.#clock()) ?? parseStat(await this.#proc("stat"));
  }

  async #memory(): Promise<Memory> {
    const files = await this.#cgroup(["memory.max", "memory.current", "memory.stat"]);
    return cgroupMemory(files) ?? parseMemory(await this.#proc("meminfo"));
  }

  async #proc(name: string): Promise<string> {
    const path = `${this.#procPath}/${name}`;
    try {
      return await Deno.readTextFile(path);
    } catch (thrown) {
      const why = thrown instanceof Deno.errors.NotFound ? "there is no such file" : "it may not be read";
      throw new CheckFailed(`Cannot read "${path}": ${why}`, thrown);
    }
  }

  async #cgroup(names: readonly (keyof CgroupFiles)[]): Promise<CgroupFiles> {
    const read = (name: string) => Deno.readTextFile(`${this.#cgroupPath}/${name}`).catch(() => undefined);
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)])));
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  const timer = setTimeout(resolve, signal.aborted ? 0 : ms);
  signal.addEventListener("abort", onAbort, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
  if (signal.aborted) throw new CheckFailed("Cannot measure the load: the deadline has passed");
}
