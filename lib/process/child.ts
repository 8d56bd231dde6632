/**
 * One process of the operating system, from its start to its very end: its group, its pipes, its status.
 *
 * It leads a session and a group of its own, so that what it starts is ended with it, and a Ctrl-C meant for happi does not
 * reach it.
 */
import type { Feed } from "../feed/mod.ts";
import { reason } from "../errors.ts";
import { findAccount } from "./accounts.ts";
import { commandLine } from "./command_line.ts";
import type { Definition } from "./definition.ts";
import { CannotStart, InvalidDefinition, NoInput } from "./errors.ts";
import { Input, type InputLimits } from "./input.ts";
import type { ProcessExit, RunningProcess } from "./manager_face.ts";
import { type Chunk, Output, type OutputLimits } from "./output.ts";
import { parseSignal, SIGCONT, SIGKILL, SIGTERM } from "./signals.ts";
import { isGroupRunning, sendSignal } from "./system_processes.ts";

/** What a process is started with, beside its definition. */
export interface ChildOptions {
  /** happi's own number for it. */
  readonly pid: number;
  /** Not kept: a `commit`. */
  readonly once?: boolean;
  /** happi's own environment, for definitions with `os_env`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that it gets whatever its definition says: the mark by which it is known after happi was killed. */
  readonly mark: Readonly<Record<string, string>>;
  readonly output?: OutputLimits | undefined;
  readonly input?: InputLimits | undefined;
}

/** How long a pipe that somebody else still holds is read after the end, in milliseconds. */
const PIPE_PATIENCE_MS = 500;

/** How long what a process has left running may take to end after SIGTERM, in milliseconds. */
const REST_PATIENCE_MS = 500;

/** How often it is looked whether that has ended, in milliseconds. */
const LOOK_MS = 20;

/** A started process. */
export class Child implements RunningProcess {
  readonly pid: number;
  readonly os_pid: number;
  readonly name: string;
  readonly started_at = Date.now();
  readonly #startedAt = performance.now();
  readonly once: boolean;
  readonly outputs: ReadonlyMap<string, Feed<Chunk>>;
  readonly ended: Promise<void>;
  /** Settles when it has ended itself; what it has started may still run, and its output may not be read to the end. */
  readonly exited: Promise<ProcessExit>;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  state: RunningProcess["state"] = "running";
  exit?: ProcessExit;
  readonly #child: Deno.ChildProcess;
  readonly #outputs: readonly Output[];
  readonly #input: Input | undefined;
  #stopping: Promise<void> | undefined;
  #endedAt: number | undefined;

  private constructor(child: Deno.ChildProcess, definition: Definition, options: ChildOptions) {
    const { name, redirect_output: labels = [], redirect_input: hasInput = false, graceful_timeout = 10 } = definition;
    this.pid = options.pid;
    this.os_pid = child.pid;
    this.name = name;
    this.once = options.once ?? false;
    this.graceMs = graceful_timeout * 1000;
    const outputs = outputsOf(child, labels, options.output);
    this.outputs = new Map([...outputs].map(([label, output]) => [label, output.feed]));
    this.#child = child;
    this.#outputs = [...outputs.values()];
    this.#input = hasInput ? new Input(name, child.stdin, options.input) : undefined;
    this.exited = exitOf(child);
    this.ended = this.#end();
  }

  /**
   * Starts a process.
   *
   * @throws {CannotStart} when there is no such program, folder or user, or the system does not allow it
   * @throws {InvalidDefinition} when its command line is none
   */
  static async start(definition: Definition, options: ChildOptions): Promise<Child> {
    const { name, env = {}, os_env = true, cwd, redirect_output: [out, err] = [], redirect_input = false } = definition;
    const [program, ...args] = commandLine(definition);
    try {
      const { env: ofUser = {}, ...account } = await findAccount(definition);
      const command = new Deno.Command(program, {
        args,
        clearEnv: true,
        env: { ...(os_env ? { ...options.environment, ...ofUser } : {}), ...env, ...options.mark },
        ...(cwd === undefined ? {} : { cwd }),
        ...account,
        stdin: redirect_input ? "piped" : "null",
        stdout: out === undefined ? "null" : "piped",
        stderr: err === undefined ? "null" : "piped",
        detached: true,
      });
      return new Child(command.spawn(), definition, options);
    } catch (thrown) {
      throw new CannotStart(name, reason(thrown), thrown);
    }
  }

  /** For how long it has run, in milliseconds, whatever was done to the system's clock meanwhile. */
  get livedMs(): number {
    return (this.#endedAt ?? performance.now()) - this.#startedAt;
  }

  get output_bytes(): number {
    return this.#outputs.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Writes to its stdin, and waits until the bytes are taken. @throws {NoInput} @throws {InputFull} when it does not read */
  async write(bytes: Chunk): Promise<void> {
    if (this.#input === undefined) throw new NoInput(this.name, "its definition does not redirect its input");
    await this.#input.write(bytes);
  }

  /** Closes its stdin: it reads what waits, then the end. */
  closeInput(): Promise<void> {
    this.#input?.close();
    return Promise.resolve();
  }

  /** Sends a signal to it alone; nothing happens when it has ended. */
  signal(signal: number): void {
    if (this.exit === undefined) sendSignal(this.os_pid, signal);
  }

  /**
   * Asks it to end, and after its grace makes it, with all that it has started. Asked again, it is not told again.
   *
   * @returns when it has ended
   */
  stop(): Promise<void> {
    return this.#stopping ??= this.#stop();
  }

  /** Kills it with all of its group, at once. */
  kill(): void {
    if (this.exit === undefined) sendSignal(-this.os_pid, SIGKILL);
  }

  /** Lets it go on without happi: nothing is read from it or known of it any more. */
  async release(): Promise<void> {
    this.#child.unref();
    await Promise.all([...this.#outputs.map((output) => output.finish(0)), this.#input?.end()]);
  }

  async #stop(): Promise<void> {
    if (this.exit === undefined) {
      this.state = "stopping";
      sendSignal(-this.os_pid, SIGTERM);
      // One that was halted hears it only when it goes on.
      sendSignal(-this.os_pid, SIGCONT);
    }
    // Once it has ended itself, its number may be another's soon; what it has left running is seen to then.
    const timer = setTimeout(() => this.kill(), this.graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  async #end(): Promise<void> {
    this.exit = await this.exited;
    this.#endedAt = performance.now();
    this.state = "exited";
    await this.#endGroup();
    await Promise.all([...this.#outputs.map((output) => output.finish(PIPE_PATIENCE_MS)), this.#input?.end()]);
  }

  /** Ends what it has left running: nothing of it is kept, and its pipes would stay open. */
  async #endGroup(): Promise<void> {
    if (!sendSignal(-this.os_pid, SIGTERM)) return;
    sendSignal(-this.os_pid, SIGCONT);
    const until = performance.now() + REST_PATIENCE_MS;
    while (await isGroupRunning(this.os_pid)) {
      if (performance.now() >= until) {
        sendSignal(-this.os_pid, SIGKILL);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/**
 * Makes sure that a definition means something on this host, before anything is done about it.
 *
 * @throws {InvalidDefinition} when its command line is none, or there is no such user or group
 */
export async function checkOnHost(definition: Definition): Promise<void> {
  commandLine(definition);
  try {
    await findAccount(definition);
  } catch (thrown) {
    throw new InvalidDefinition(definition.name, reason(thrown));
  }
}

/** How a process has ended. */
async function exitOf(child: Deno.ChildProcess): Promise<ProcessExit> {
  try {
    const { code, signal } = await child.status;
    return { exit_status: code, term_signal: signal === null ? 0 : parseSignal(signal) };
  } catch (thrown) {
    // Deno 2.9 throws instead of telling when a real-time signal, which has no name there, has ended it.
    const [, signal] = /Invalid signal: (\d+)/.exec(reason(thrown)) ?? [];
    return { exit_status: 128 + Number(signal ?? 127), term_signal: Number(signal ?? 0) };
  }
}

/** Its outputs by label: stdout the first, stderr the second, both in one when they have the same. */
function outputsOf(
  child: Deno.ChildProcess,
  [out, err]: readonly string[],
  limits: OutputLimits | undefined,
): Map<string, Output> {
  const outputs = new Map<string, Output>();
  if (out === undefined) return outputs;
  const isMerged = out === err;
  outputs.set(out, new Output(isMerged ? [child.stdout, child.stderr] : [child.stdout], limits));
  if (err !== undefined && !isMerged) outputs.set(err, new Output([child.stderr], limits));
  return outputs;
}
