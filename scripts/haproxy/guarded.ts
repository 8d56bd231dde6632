/**
 * A child process, with all the processes it forks, that cannot outlive this one: not when a test throws, not when
 * Deno is killed with SIGKILL.
 *
 * The child leads a process group of its own. A guard, a shell that only waits on its stdin, holds the other end of a
 * pipe of ours; when that end closes, for whatever reason, the guard kills the group.
 *
 * @module
 */

import { groupEnded } from "./group.ts";

const GUARD = 'read -r _; kill -s KILL -- "-$1" 2>/dev/null; exit 0';
const KEPT_OUTPUT = 64 * 1024;

/** A running child with its guard. */
export class GuardedProcess {
  /** Process number of the child, and number of its process group. */
  readonly pid: number;
  /** Settles when the child itself (not yet all of its group) has ended. */
  readonly exited: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #guard: Deno.ChildProcess;
  readonly #drained: Promise<unknown>;
  #output = "";
  #ended: Promise<void> | undefined;

  /** @param command the program and its arguments */
  constructor(command: readonly string[]) {
    const [program, ...args] = command;
    if (program === undefined) throw new Error("Cannot start a process: the command is empty");
    const options = { stdin: "null", stdout: "piped", stderr: "piped", detached: true } as const;
    this.#child = new Deno.Command(program, { ...options, args }).spawn();
    this.pid = this.#child.pid;
    this.exited = this.#child.status;
    this.#guard = new Deno.Command("/bin/sh", {
      args: ["-c", GUARD, "guard", String(this.pid)],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    this.#drained = Promise.all([this.#collect(this.#child.stdout), this.#collect(this.#child.stderr)]);
  }

  /** The last 64 KiB of what the child and its own children wrote to stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /** Sends a signal to the child alone; nothing happens when it has ended already. */
  signal(name: Deno.Signal): void {
    try {
      this.#child.kill(name);
    } catch (thrown) {
      if (!(thrown instanceof TypeError || thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }

  /** Kills what is left of the group and returns when all of it has ended. */
  end(): Promise<void> {
    this.#ended ??= (async () => {
      await this.#guard.stdin.close();
      await this.#guard.status;
      await this.exited;
      await groupEnded(this.pid);
      await this.#drained;
    })();
    return this.#ended;
  }

  async #collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
    }
  }
}
