/**
 * An environment without a process: what a command is given and what it wrote, for tests.
 *
 * @module
 */
import { PassThrough } from "node:stream";
import { type Environment, run } from "../../lib/cli/mod.ts";

/** What the command finds; by default pipes, no input, no variables. */
export interface FakeOptions {
  readonly stdin?: string;
  /** All three streams are one terminal. */
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly hasColours?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Told of every text that is written, for tests that wait for one. */
  readonly onWrite?: (text: string) => void;
}

/** The environment, and what was written to it. */
export interface FakeEnvironment extends Environment {
  /** What was written to standard output so far. */
  output(): string;
  /** What was written to standard error so far. */
  errors(): string;
  /** Sends a SIGHUP. */
  hangUp(): void;
  /** What a second SIGINT does before the process ends at once. */
  forceEnd(): void;
  /** The terminal's far ends: what a person types, and what the screen is told. */
  readonly keyboard: PassThrough;
  readonly screen: PassThrough;
}

/** Makes an environment. */
export function fakeEnvironment(args: readonly string[], options: FakeOptions = {}): FakeEnvironment {
  const { isTerminal = false, columns = 80, hasColours = false, variables = {} } = options;
  const written = { output: "", errors: "" };
  const stream = (which: keyof typeof written) => ({
    isTerminal,
    columns,
    hasColours,
    write(given: string | Uint8Array) {
      const text = typeof given === "string" ? given : new TextDecoder().decode(given);
      written[which] += text;
      options.onWrite?.(text);
      return Promise.resolve();
    },
  });
  const hangups = new Set<() => void>();
  const lastActs = new Set<() => void>();
  const keyboard = new PassThrough();
  const screen = new PassThrough();
  return {
    args,
    stdin: { isTerminal, open: () => new Blob([options.stdin ?? ""]).stream() },
    stdout: stream("output"),
    stderr: stream("errors"),
    signal: options.signal ?? new AbortController().signal,
    onHangup(listener) {
      hangups.add(listener);
      return () => void hangups.delete(listener);
    },
    hangUp: () => hangups.forEach((listener) => listener()),
    onForcedEnd(listener) {
      lastActs.add(listener);
      return () => void lastActs.delete(listener);
    },
    forceEnd: () => lastActs.forEach((act) => act()),
    pid: 4711,
    openTerminal: () => Promise.resolve({ input: keyboard, output: screen }),
    variable: (name) => variables[name] || undefined,
    variables: () => variables,
    output: () => written.output,
    errors: () => written.errors,
    keyboard,
    screen,
  };
}

/** How a run of happi ended. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs happi in this process. */
export async function happi(args: readonly string[], options: FakeOptions = {}): Promise<Outcome> {
  const environment = fakeEnvironment(args, options);
  const status = await run(environment);
  return { status, output: environment.output(), errors: environment.errors() };
}
