/**
 * What the routes of the seed's API work with, and how they find what a path names.
 */
import { badValue } from "../api/refusals.ts";
import type { Definition } from "../definition.ts";
import { ProcessNotFound } from "../errors.ts";
import type { ProcessFacts } from "../facts_port.ts";
import type { Commits } from "../jobs/commits.ts";
import type { Manager, RunningProcess } from "../manager_face.ts";

/** What all routes share. */
export interface Backing {
  readonly manager: Manager;
  readonly facts: ProcessFacts;
  /** Runs that are not kept: their output can be read for a while after their end. */
  readonly commits: Commits;
  /** Aborted when the server stops: streams end. */
  readonly stopping?: AbortSignal;
}

/** How many processes of one definition may be asked for. */
export const MOST_PROCESSES = 1000;

/** The end of what somebody asked for is waited for a little longer than it may take, in seconds. */
const MARGIN_S = 5;

/** Reads a process's number. @throws {Refusal} `bad_value` */
export function readPid(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw badValue("process number", text, "digits");
  return Number(text);
}

/** The process that a path names. @throws {Refusal} `bad_value` @throws {ProcessNotFound} */
export function findProcess({ manager, commits }: Backing, text: string): RunningProcess {
  const pid = readPid(text);
  const ended = commits.find(pid);
  return ended ?? manager.process(pid);
}

/** The name that a process has here, which must be its. @throws {ProcessNotFound} */
export function processOf(backing: Backing, name: string, pid: string): RunningProcess {
  backing.manager.definition(name);
  const found = findProcess(backing, pid);
  if (found.name !== name || found.exit !== undefined) throw new ProcessNotFound("pid", pid);
  return found;
}

/** Whether a process runs, and is not on its way out. */
export function isKept({ state }: RunningProcess): boolean {
  return state !== "stopping" && state !== "exited";
}

/** How long the processes of a definition may take to end, in seconds. */
export function timeToEnd({ graceful_timeout = 10, server, drain_timeout = 10 }: Definition): number {
  return (server === undefined ? 0 : drain_timeout) + graceful_timeout + MARGIN_S;
}

/** How long new processes of a definition may take to be ready, and the old to end, in seconds. */
export function timeToRestart(definition: Definition): number {
  return timeToEnd(definition) + (definition.ready?.timeout ?? (definition.ready === undefined ? 0 : 60));
}

/** A definition as it is shown: what was given, without its environment. */
export function shown({ env: _, extra = {}, ...definition }: Definition): Readonly<Record<string, unknown>> {
  const [prefix] = definition.name.includes(":") ? definition.name.split(":") : [];
  const group = definition.group ?? prefix;
  return { ...extra, ...definition, ...(group === undefined ? {} : { group }) };
}
