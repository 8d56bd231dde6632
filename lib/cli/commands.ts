/**
 * The table of commands. Each is loaded when it is called, so that the help does not wait for the server's code.
 */
import { findSimilar } from "@optique/core/suggestion";
import type { Leaf } from "./leaf.ts";
import { UsageError } from "./usage_error.ts";

/** A command in the table. */
export interface CommandEntry {
  /** One line for the help. */
  readonly summary: string;
  /** Loads it; `name` is the word below it, where it has such. */
  load(name: string | undefined): Promise<Leaf>;
}

/** Every command of happi. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  socket: {
    summary: "Send raw commands to HAProxy's socket, or open a shell on it",
    load: async () => (await import("./commands/socket.ts")).socketLeaf,
  },
  client: {
    summary: "Call a method of the Runtime API and get JSON, a table or CSV back",
    load: async (name) => (await import("./commands/client.ts")).clientLeaf(name),
  },
  server: {
    summary: "Serve HAProxy's state as a JSON API over HTTP",
    load: async () => (await import("./commands/server.ts")).serverLeaf,
  },
  spoa: {
    summary: "Answer HAProxy's SPOE: decide on live traffic",
    load: async (name) => (await import("./commands/spoa.ts")).spoaLeaf(name),
  },
  agent: {
    summary: "Answer HAProxy's agent checks: up, down, drain or 50% from real checks",
    load: async (name) => (await import("./commands/agent.ts")).agentLeaf(name),
  },
  process: {
    summary: "Keep helpers running: their output, their input, their order",
    load: async (name) => (await import("./commands/process.ts")).processLeaf(name),
  },
  service: {
    summary: "Keep who serves what, and HAProxy's servers in step with it",
    load: async (name) => (await import("./commands/service.ts")).serviceLeaf(name),
  },
  juju: {
    summary: "Provide or require the http interface in a Juju charm's hook",
    load: async (name) => (await import("./commands/juju.ts")).jujuLeaf(name),
  },
  state: {
    summary: "Save what HAProxy has at run time, compare it, put it back",
    load: async (name) => (await import("./commands/state.ts")).stateLeaf(name),
  },
  version: {
    summary: "Show happi's version",
    load: async () => (await import("./commands/version.ts")).versionLeaf,
  },
  completion: {
    summary: "Print a completion script for bash, zsh or fish",
    load: async () => (await import("./commands/completion.ts")).completionLeaf,
  },
  help: {
    summary: "Show the help of a command",
    load: async () => (await import("./commands/help.ts")).helpLeaf,
  },
};

/**
 * Loads a command.
 *
 * @param command its name
 * @param name the word below it, where it has such
 * @throws {UsageError} when there is no such command
 */
export async function loadCommand(command: string, name: string | undefined): Promise<Leaf> {
  const entry = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (entry) return await entry.load(name);
  const near = findSimilar(command, Object.keys(COMMANDS));
  const hint = near.length === 0 ? `the commands are ${Object.keys(COMMANDS).join(", ")}` : `did you mean ${near[0]}?`;
  throw new UsageError(`Cannot find command "${command}": ${hint}`, "happi --help");
}
