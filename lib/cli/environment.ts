/**
 * What a command sees of the world: its arguments, three streams, the environment's variables, a signal. Handed in, so
 * that a test needs no process.
 */
import type { Readable, Writable } from "node:stream";
import { HappiError, reason } from "../errors.ts";

/** Everything that a command may touch besides HAProxy. */
export interface Environment {
  /** The words after `happi`. */
  readonly args: readonly string[];
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Ends what runs; its reason is an {@linkcode Interrupted}. */
  readonly signal: AbortSignal;
  /**
   * Calls at each SIGHUP, which ends the process where nobody listens.
   *
   * @returns stops it
   */
  onHangup(listener: () => void): () => void;
  /**
   * Calls just before a second SIGINT or SIGTERM ends the process at once.
   *
   * @returns stops it
   */
  onForcedEnd(listener: () => void): () => void;
  /** This process's number, for log lines. */
  readonly pid: number;
  /** The terminal itself, for a shell that edits its lines: asked for only when input and output are one. */
  openTerminal(): Promise<Terminal>;
  /** A variable of the environment; an empty one counts as none. */
  variable(name: string): string | undefined;
  /** All variables of the environment. */
  variables(): Readonly<Record<string, string>>;
}

/** Both ends of a terminal. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Where text comes from. */
export interface Input {
  readonly isTerminal: boolean;
  /** The bytes; asked for once. */
  open(): ReadableStream<Uint8Array>;
}

/** Where text goes. */
export interface Output {
  readonly isTerminal: boolean;
  /** The terminal's width in columns; 80 where it is none. */
  readonly columns: number;
  /** Whether colours are welcome: on a terminal, without NO_COLOR. */
  readonly hasColours: boolean;
  /**
   * Writes text, or bytes as they are; whole.
   *
   * @throws {ReaderGone} when nobody reads any more (`happi ... | head`)
   */
  write(text: string | Uint8Array): Promise<void>;
}

/** The process was told to end: by Ctrl-C or by `kill`. */
export class Interrupted extends HappiError {
  /** The exit status that shells expect: 128 and the signal's number. */
  readonly status: number;

  /** @param signal which signal came */
  constructor(signal: "SIGINT" | "SIGTERM") {
    super("interrupted", `Cannot go on: ${signal} came`);
    this.status = signal === "SIGINT" ? 130 : 143;
  }
}

/** The output cannot be written: the disk is full, the terminal is gone. */
export class OutputFailed extends HappiError {
  constructor(cause: unknown) {
    super("output_failed", `Cannot write the output: ${reason(cause)}`, { cause });
  }
}

/** Whoever read the output has left; there is nothing more to do. */
export class ReaderGone extends HappiError {
  constructor(cause: unknown) {
    super("reader_gone", "Cannot write the output: nobody reads it any more", { cause });
  }
}
