/**
 * Runs a program to its end, or to its deadline: with its process group, whose members do not outlive it.
 */
import { CheckFailed } from "../../errors.ts";

/** What to run. */
export interface Program {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string | undefined;
  /** Its whole environment beside `PATH`: nothing of happi's own, which may hold secrets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program ended. */
export interface Outcome {
  /** Its exit status; `undefined` when a signal ended it. */
  readonly code: number | undefined;
  /** The signal that ended it. */
  readonly signal: string | undefined;
  /** The beginning of what it wrote to stdout and stderr. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Where programs are looked for. */
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Of each stream so many bytes are kept; the rest is read and dropped. */
const KEPT_BYTES = 16 * 1024;

/** How long streams are waited for after the program has ended; a process that left the group may hold them open. */
const STREAMS_MS = 200;

/**
 * Runs a program.
 *
 * @param program what to run
 * @param signal kills the whole process group
 * @throws {CheckFailed} when it cannot be started, or the signal came before its end
 */
export async function runProgram(program: Program, signal: AbortSignal): Promise<Outcome> {
  const tooLate = () => new CheckFailed(`"${program.command[0]}" was not done in time and was killed`);
  if (signal.aborted) throw tooLate();
  const child = start(program);
  const stdout = new Beginning(child.stdout);
  const stderr = new Beginning(child.stderr);
  const kill = () => killGroup(child.pid);
  signal.addEventListener("abort", kill, { once: true });
  try {
    const status = await child.status;
    // What it started and left behind goes too, and lets go of the streams.
    kill();
    await Promise.all([stdout.end(STREAMS_MS), stderr.end(STREAMS_MS)]);
    if (signal.aborted) throw tooLate();
    const code = status.signal === null ? status.code : undefined;
    return { code, signal: status.signal ?? undefined, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function start({ command: [file, ...args], cwd, env }: Program): Deno.ChildProcess {
  try {
    return new Deno.Command(file, {
      args,
      ...(cwd === undefined ? {} : { cwd }),
      clearEnv: true,
      env: { PATH, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // The leader of a session, and so of a process group, of its own.
      detached: true,
    }).spawn();
  } catch (thrown) {
    const kind = REASONS.find(([kind]) => thrown instanceof kind);
    throw new CheckFailed(`Cannot run "${file}": ${kind?.[1] ?? "the system does not start it"}`, thrown);
  }
}

const REASONS = [
  [Deno.errors.NotFound, "there is no such program or folder"],
  [Deno.errors.PermissionDenied, "it may not be executed"],
  [Deno.errors.NotCapable, "happi itself is not allowed to run it"],
] as const;

function killGroup(leader: number): void {
  try {
    Deno.kill(-leader, "SIGKILL");
  } catch {
    // Nobody of it is left.
  }
}

/** The beginning of a stream, which is read to its end. */
class Beginning {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #kept = new Uint8Array(KEPT_BYTES);
  readonly #done: Promise<void>;
  #length = 0;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.getReader();
    this.#done = this.#read();
  }

  /** Waits for the end of the stream, but not for ever. */
  async end(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => void this.#reader.cancel(), patienceMs);
    await this.#done;
    clearTimeout(timer);
  }

  text(): string {
    return new TextDecoder().decode(this.#kept.subarray(0, this.#length));
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value } = await this.#reader.read();
      if (value === undefined) return;
      const part = value.subarray(0, KEPT_BYTES - this.#length);
      this.#kept.set(part, this.#length);
      this.#length += part.length;
    }
  }
}
