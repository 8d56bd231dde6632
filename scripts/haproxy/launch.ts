/**
 * Starts a real HAProxy with a generated configuration on free ports, and stops it whatever happens.
 *
 * HAProxy runs in the foreground, as the user who asks, in a temporary folder that goes with it. The launcher puts a
 * configuration file of its own before the given one, with the stats socket that it needs.
 *
 * @module
 */

import type { HaproxyBuild } from "./archive.ts";
import { ask, parseProcesses, type Processes } from "./ask.ts";
import { GuardedProcess } from "./guarded.ts";
import { freePort } from "./ports.ts";
import { waitWhileAlive } from "./wait.ts";

/** What a configuration may need to know of the place it will run in. */
export interface LaunchContext {
  readonly build: HaproxyBuild;
  /** The temporary folder; its path is short enough for unix sockets. */
  readonly dir: string;
  /** A free TCP port of 127.0.0.1; the same name gives the same port again. */
  port(name: string): number;
  /** The path of a file in `dir`. */
  file(name: string): string;
}

/** A configuration, or how to write it once the ports are known. */
export type ConfigText = string | ((context: LaunchContext) => string);

/** What to start. */
export interface LaunchOptions {
  readonly config: ConfigText;
  /** More files for `dir`: name to content. */
  readonly files?: Readonly<Record<string, string>> | ((context: LaunchContext) => Readonly<Record<string, string>>);
  /** Master-worker mode with a master socket. */
  readonly master?: boolean;
  /** Ends HAProxy, also while it is still starting. */
  readonly signal?: AbortSignal;
}

/** What came of a reload. */
export interface ReloadResult {
  readonly success: boolean;
  /** The master's answer; 2.6 gives none. */
  readonly text: string;
}

const STOP_TIMEOUT_MS = 5_000;
const PORT_ATTEMPTS = 5;

/**
 * Starts HAProxy and returns when its socket answers.
 *
 * @example
 * ```ts ignore
 * await using haproxy = await startHaproxy(build, {
 *   config: (context) => `frontend web\n  mode http\n  timeout client 5s\n  bind 127.0.0.1:${context.port("web")}\n`,
 * });
 * await fetch(`http://127.0.0.1:${haproxy.port("web")}/`);
 * ```
 *
 * @throws Error with HAProxy's own words when it does not start
 */
export async function startHaproxy(build: HaproxyBuild, options: LaunchOptions): Promise<RunningHaproxy> {
  // Not in TMPDIR, which may be too long: a unix socket's path has at most 107 bytes.
  const dir = await Deno.makeTempDir({ dir: "/tmp", prefix: "happi-" });
  for (let attempt = 1;; attempt++) {
    const haproxy = new RunningHaproxy(build, dir, options);
    try {
      await haproxy.start();
      return haproxy;
    } catch (thrown) {
      // Somebody took the port between our look and HAProxy's bind: other ports may do.
      const taken = /Address already in use/.test(haproxy.log());
      if (taken && attempt < PORT_ATTEMPTS) continue;
      await haproxy[Symbol.asyncDispose]();
      throw thrown;
    }
  }
}

/** A HAProxy that `startHaproxy` has started. */
export class RunningHaproxy implements LaunchContext, AsyncDisposable {
  readonly build: HaproxyBuild;
  readonly dir: string;
  /** The stats socket of the worker, level admin. */
  readonly socketPath: string;
  /** The socket of the master; nothing listens there without `master: true`. */
  readonly masterSocketPath: string;
  readonly #options: LaunchOptions;
  readonly #ports = new Map<string, number>();
  #config: ConfigText;
  #process: GuardedProcess | undefined;

  /** Use `startHaproxy`. */
  constructor(build: HaproxyBuild, dir: string, options: LaunchOptions) {
    this.build = build;
    this.dir = dir;
    this.socketPath = `${dir}/haproxy.sock`;
    this.masterSocketPath = `${dir}/master.sock`;
    this.#options = options;
    this.#config = options.config;
  }

  port(name: string): number {
    const port = this.#ports.get(name) ?? freePort();
    this.#ports.set(name, port);
    return port;
  }

  file(name: string): string {
    return `${this.dir}/${name}`;
  }

  /** Every port that the configuration asked for, by its name. */
  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#ports);
  }

  /** Process number of HAProxy: the master's, where there is one. */
  get pid(): number {
    return this.#running().pid;
  }

  /** Settles when HAProxy has ended, by itself or not. */
  get exited(): Promise<Deno.CommandStatus> {
    return this.#running().exited;
  }

  /** The last of what HAProxy wrote to stdout and stderr. */
  log(): string {
    return this.#process?.output ?? "";
  }

  /** Asks one command of the worker's socket: the launcher's own plain client, for checks beside the code under test. */
  ask(command: string): Promise<string> {
    return ask(this.socketPath, command);
  }

  /** Asks one command of the master's socket. */
  askMaster(command: string): Promise<string> {
    return ask(this.masterSocketPath, command);
  }

  /** Process number of the worker that answers on the socket now. */
  async workerPid(): Promise<number> {
    return Number((await this.ask("show info")).match(/^Pid: (\d+)/m)?.[1]);
  }

  /** Starts HAProxy with the files as they should be; for a HAProxy that was stopped or killed. */
  async start(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    await this.#writeFiles();
    const master = this.#options.master ? ["-W", "-S", `${this.masterSocketPath},mode,600`] : ["-db"];
    const files = ["-f", this.file("launch.cfg"), "-f", this.file("haproxy.cfg")];
    const process = new GuardedProcess([...this.build.command, ...master, ...files]);
    this.#process = process;
    const onAbort = () => void process.end();
    this.#options.signal?.addEventListener("abort", onAbort);
    void process.exited.then(() => this.#options.signal?.removeEventListener("abort", onAbort));
    try {
      await this.#until("start", async () => {
        const worker = await this.workerPid();
        return worker > 0 && (!this.#options.master || (await this.#processes())?.worker === worker);
      });
    } catch (thrown) {
      await process.end();
      throw thrown;
    }
  }

  /**
   * Has the master load the configuration again, a new one where given, and returns when the new worker answers on the
   * worker's socket (or the load has failed, and the old worker goes on).
   */
  async reload(config?: ConfigText): Promise<ReloadResult> {
    if (!this.#options.master) throw new Error("Cannot reload HAProxy: it was started without a master");
    if (config !== undefined) this.#config = config;
    await this.#writeFiles();
    const before = parseProcesses(await this.askMaster("show proc"));
    if (before === undefined) throw new Error("Cannot reload HAProxy: its master does not list its processes");
    const text = await ask(this.masterSocketPath, "reload", true);
    let after = before;
    await this.#until("reload", async () => {
      after = await this.#processes() ?? before;
      // 2.6 says nothing, closes its socket and comes back with a higher count.
      if (after.reloads === before.reloads) return false;
      return after.failed > 0 || (after.worker !== before.worker && after.worker === await this.workerPid());
    });
    return { success: after.failed === 0, text };
  }

  /** Asks HAProxy to end, and returns when all its processes have; none is left after five seconds. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    process.signal("SIGTERM");
    const timer = setTimeout(() => void process.end(), STOP_TIMEOUT_MS);
    await process.exited;
    clearTimeout(timer);
    await process.end();
  }

  /** Ends HAProxy as a crash would: SIGKILL to all its processes. The sockets' files stay behind. */
  async kill(): Promise<void> {
    await this.#process?.end();
  }

  /** Stops HAProxy and starts it on the same ports and paths. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.dir, { recursive: true });
  }

  #running(): GuardedProcess {
    if (this.#process === undefined) throw new Error("Cannot ask for HAProxy's process: it was never started");
    return this.#process;
  }

  async #processes(): Promise<Processes | undefined> {
    return parseProcesses(await this.askMaster("show proc"));
  }

  async #writeFiles(): Promise<void> {
    const { files } = this.#options;
    const contents = {
      ...(typeof files === "function" ? files(this) : files),
      "launch.cfg": `global\n  stats socket ${this.socketPath} mode 600 level admin expose-fd listeners\n`,
      "haproxy.cfg": (typeof this.#config === "function" ? this.#config(this) : this.#config).trimEnd() + "\n",
    };
    for (const [name, content] of Object.entries(contents)) await Deno.writeTextFile(this.file(name), content);
  }

  /** Waits for a yes while HAProxy is alive. */
  async #until(what: string, isDone: () => Promise<boolean>): Promise<void> {
    const process = this.#running();
    const failure = await waitWhileAlive(process, isDone);
    if (failure !== undefined) {
      throw new Error(`Cannot ${what} HAProxy ${this.build.release}: ${failure}, saying "${this.log().trim()}"`);
    }
    this.#options.signal?.throwIfAborted();
  }
}
