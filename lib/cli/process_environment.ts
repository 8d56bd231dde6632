/**
 * The {@linkcode Environment} of the running process.
 */
import { type Environment, type Input, Interrupted, type Output, OutputFailed, ReaderGone } from "./environment.ts";

/** Takes the process's own arguments, streams and signals. */
export function processEnvironment(): Environment {
  const lastActs = new Set<() => void>();
  return {
    args: Deno.args,
    stdin: processInput(),
    stdout: processOutput(Deno.stdout),
    stderr: processOutput(Deno.stderr),
    signal: endingSignal(lastActs),
    onHangup(listener) {
      Deno.addSignalListener("SIGHUP", listener);
      return () => Deno.removeSignalListener("SIGHUP", listener);
    },
    onForcedEnd(listener) {
      lastActs.add(listener);
      return () => void lastActs.delete(listener);
    },
    pid: Deno.pid,
    async openTerminal() {
      const { ReadStream, WriteStream } = await import("node:tty");
      return { input: new ReadStream(0), output: new WriteStream(1) };
    },
    variable,
    variables: () => Deno.env.toObject(),
  };
}

function variable(name: string): string | undefined {
  return Deno.env.get(name) || undefined;
}

function processInput(): Input {
  return { isTerminal: Deno.stdin.isTerminal(), open: () => Deno.stdin.readable };
}

function processOutput(stream: typeof Deno.stdout | typeof Deno.stderr): Output {
  const isTerminal = stream.isTerminal();
  let last: Promise<void> = Promise.resolve();
  return {
    isTerminal,
    get columns() {
      return isTerminal ? terminalColumns() : 80;
    },
    hasColours: isTerminal && variable("NO_COLOR") === undefined && variable("TERM") !== "dumb",
    write(text) {
      // One after the other: a log line must not come in the middle of another text.
      return last = last.catch(() => {}).then(() => writeWhole(stream, text));
    },
  };
}

async function writeWhole(stream: typeof Deno.stdout | typeof Deno.stderr, text: string | Uint8Array): Promise<void> {
  let left = typeof text === "string" ? encoder.encode(text) : text;
  try {
    while (left.length > 0) left = left.subarray(await stream.write(left));
  } catch (thrown) {
    throw thrown instanceof Deno.errors.BrokenPipe ? new ReaderGone(thrown) : new OutputFailed(thrown);
  }
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80; // the terminal is gone, or is a serial line without a size
  }
}

/** Aborts at the first SIGINT or SIGTERM; the second ends the process at once. */
function endingSignal(lastActs: ReadonlySet<() => void>): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => {
      const reason = new Interrupted(name);
      if (controller.signal.aborted) {
        lastActs.forEach((act) => act());
        Deno.exit(reason.status);
      }
      controller.abort(reason);
    });
  }
  return controller.signal;
}

const encoder = new TextEncoder();
