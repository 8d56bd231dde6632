/**
 * The manager of processes as its surfaces see it: the HTTP API, the command line, metrics.
 */
import type { Feed } from "../feed/mod.ts";
import type { Definition } from "./definition.ts";
import type { HookOptions, HookResult, HookTime } from "./order/hooks.ts";

/** How a process has ended. */
export interface ProcessExit {
  /** What it has ended with; 128 and the signal's number when a signal has ended it, as shells count, so that it is never 0 then. */
  readonly exit_status: number;
  /** The signal that has ended it; 0 when it has ended by itself. */
  readonly term_signal: number;
}

/** A process of the operating system that is kept, or was run once. */
export interface RunningProcess {
  /** happi's own number, from 1, never used again; not the system's. */
  readonly pid: number;
  readonly os_pid: number;
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly started_at: number;
  readonly state: "starting" | "running" | "ready" | "stopping" | "exited";
  /** Once and not kept: a `commit`. */
  readonly once: boolean;
  /** Its output by label, as it was written; closed when it has ended. */
  readonly outputs: ReadonlyMap<string, Feed<Uint8Array<ArrayBuffer>>>;
  /** Bytes of all its outputs together so far. */
  readonly output_bytes: number;
  /** How it ended. */
  readonly exit?: ProcessExit;
  /** Settles when it has ended and its output was read to its end. */
  readonly ended: Promise<void>;
  /** Writes to its stdin; settles when the bytes are taken. @throws {NoInput} when it has none or has ended. @throws {InputFull} */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Closes its stdin. */
  closeInput(): Promise<void>;
}

/** What a definition is doing. */
export interface ProcessStatus {
  readonly name: string;
  readonly active: boolean;
  readonly running: number;
  readonly numprocesses: number;
  readonly state:
    | "stopped"
    | "waiting"
    | "starting"
    | "running"
    | "ready"
    | "resting"
    | "exited"
    | "given_up"
    | "stopping";
  /** Why it is not running, in one line; empty where there is nothing to say. */
  readonly reason: string;
}

/** Something that happened: `event` is `create`, `start`, `proc.web.exit` and so on, with the seed's members. */
export interface ProcessEvent {
  readonly event: string;
  readonly name: string;
  readonly [member: string]: string | number | boolean;
}

/** The manager. Names that are not there: {@linkcode ProcessNotFound}; names that are there already: {@linkcode ProcessExists}. */
export interface Manager extends AsyncDisposable {
  /** Names in the order they were added. */
  names(): readonly string[];
  groups(): readonly string[];
  /** The names of a group. @throws {ProcessNotFound} */
  group(name: string): readonly string[];
  definition(name: string): Definition;
  status(name: string): ProcessStatus;
  /** What runs of a definition, oldest first; without a name all. */
  running(name?: string): readonly RunningProcess[];
  process(pid: number): RunningProcess;
  readonly events: Feed<ProcessEvent>;
  add(definition: Definition): Promise<void>;
  /** Stops all, takes the new settings, starts again. */
  update(definition: Definition): Promise<void>;
  remove(name: string): Promise<void>;
  start(name: string): Promise<void>;
  /** Settles when all have ended. */
  stop(name: string): Promise<void>;
  /** Starts new ones, then ends the old. */
  restart(name: string): Promise<void>;
  /** By how many more or fewer, or to how many; never below 0. Gives the new number. */
  scale(name: string, change: { readonly by: number } | { readonly to: number }): Promise<number>;
  /** To all that run of it. */
  signal(name: string, signal: number): void;
  signalProcess(pid: number, signal: number): void;
  /** Ends one; what is kept gets another in its place. */
  stopProcess(pid: number): Promise<void>;
  /** Runs it once, with its own environment. */
  commit(
    name: string,
    options?: { readonly graceful_timeout?: number; readonly env?: Readonly<Record<string, string>> },
  ): Promise<RunningProcess>;
  /** Runs what is to be run before or after something in HAProxy's life, one after the other; never throws. */
  runHooks(when: HookTime, what: string, options?: HookOptions): Promise<HookResult[]>;
  /** Starts all that are to start, in waves. */
  startAll(): Promise<void>;
  /** Stops all in the reverse order; settles when all have ended. */
  stopAll(): Promise<void>;
  /** Kills all at once, with their groups: for who cannot wait. What is detached goes on. */
  killAll(): void;
}
