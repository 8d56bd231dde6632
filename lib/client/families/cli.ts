/**
 * The CLI itself and the process's surroundings: level, sockets, environment, what was logged at the start (management
 * guide, 9.3 "show cli level", "show cli sockets", "show env", "show startup-logs", "show anon").
 */
import { cli } from "../../socket/mod.ts";
import { type AnonymizedMode, parseAnonymizedMode } from "../formats/anon.ts";
import { type CliLevel, parseCliLevel } from "../formats/cli_level.ts";
import { type CliSocket, parseCliSockets } from "../formats/cli_sockets.ts";
import { type EnvironmentVariable, parseEnvironment, parseEnvironmentValue } from "../formats/env.ts";
import { parseStartupLogs, type StartupLog } from "../formats/startup_logs.ts";
import type { Rows } from "../method.ts";
import { optional, text } from "../parameter.ts";

/** Methods that tell about the CLI and the process's surroundings. */
export interface CliMethods {
  /** Reads what this socket allows: `user`, `operator` or `admin`. */
  getCliLevel(): Promise<CliLevel>;

  /** Reads which sockets the CLI listens on, and what each allows. */
  getCliSockets(): Promise<CliSocket[]>;

  /**
   * Reads the environment variables of the process. They can hold secrets.
   *
   * A value with several lines is read with certainty only when its variable is asked for by name.
   *
   * @param name only this one
   * @throws {NotFound} when there is no such variable
   */
  getEnv(name?: string): Promise<EnvironmentVariable[]>;

  /** Reads what HAProxy logged while it started: warnings about its configuration. */
  getStartupLogs(): Promise<StartupLog[]>;

  /** Reads whether HAProxy hides names and addresses in what it shows (`anonkey` in its configuration). Since 2.7. */
  getAnon(): Promise<AnonymizedMode>;
}

const READ = { kind: "command", since: "2.6", effect: "read" } as const;

/** The rows of {@linkcode CliMethods}. */
export const cliMethods: Rows<CliMethods> = {
  getCliLevel: {
    ...READ,
    summary: "What this socket allows: user, operator or admin",
    level: "user",
    parameters: [],
    command: () => "show cli level",
    parse: parseCliLevel,
  },
  getCliSockets: {
    ...READ,
    summary: "Which sockets the CLI listens on",
    level: "user",
    parameters: [],
    command: () => "show cli sockets",
    parse: parseCliSockets,
  },
  getEnv: {
    ...READ,
    summary: "The environment variables of the process, which can hold secrets",
    level: "operator",
    parameters: [optional(text("name", "only this one"))],
    command: (name) => cli`show env ${name}`,
    parse: (answer, name) => name === undefined ? parseEnvironment(answer) : [parseEnvironmentValue(answer)],
  },
  getStartupLogs: {
    ...READ,
    summary: "What HAProxy logged while it started",
    level: "operator",
    parameters: [],
    command: () => "show startup-logs",
    parse: parseStartupLogs,
  },
  getAnon: {
    ...READ,
    summary: "Whether HAProxy hides names and addresses in what it shows",
    since: "2.7",
    level: "user",
    parameters: [],
    command: () => "show anon",
    parse: parseAnonymizedMode,
  },
};
