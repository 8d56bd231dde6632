/**
 * The command that `happi service provide` runs: started in a session of its own, so that Ctrl-C reaches happi first, which
 * drains it before it ends it.
 */
import { HappiError, reason } from "../../errors.ts";
import { pause } from "./pause.ts";

/** A command that cannot be started. */
export class CannotRun extends HappiError {
  /**
   * @param program its name
   * @param why what was in the way
   */
  constructor(program: string, why: string) {
    super("cannot_start", `Cannot start "${program}": ${why}`);
  }
}

/** A running command. */
export interface ProvidedCommand {
  /** Its exit status, or 128 and the signal's number. */
  readonly status: Promise<number>;
  /** Aborted when it has ended. */
  readonly ended: AbortSignal;
  /** Sends a signal to it and its children; nothing when it has ended. */
  kill(signal: Deno.Signal): void;
}

/**
 * Starts a command; its output is happi's own.
 *
 * @throws {CannotRun} when there is no such program
 */
export function startCommand(program: string, args: readonly string[]): ProvidedCommand {
  const child = spawn(program, args);
  const ending = new AbortController();
  const status = child.status.then(({ code, signal }) => {
    ending.abort();
    return signal === null ? code : 128 + (SIGNALS[signal] ?? code - 128);
  });
  return {
    status,
    ended: ending.signal,
    kill(signal) {
      if (ending.signal.aborted) return;
      try {
        Deno.kill(-child.pid, signal);
      } catch {
        // It has just ended.
      }
    },
  };
}

const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function spawn(program: string, args: readonly string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      ...{ args: [...args], detached: true },
      ...{ stdin: "null", stdout: "inherit", stderr: "inherit" },
    }).spawn();
  } catch (thrown) {
    throw new CannotRun(program, thrown instanceof Deno.errors.NotFound ? "there is no such program" : reason(thrown));
  }
}

/**
 * Waits until a port answers.
 *
 * @param signal ends it
 * @returns whether it does; not so when it was ended
 */
export async function untilAnswers(hostname: string, port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      (await Deno.connect({ hostname, port, signal })).close();
      return true;
    } catch {
      await pause(TRY_MS, signal).catch(() => {});
    }
  }
  return false;
}

const TRY_MS = 100;
