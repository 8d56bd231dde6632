/**
 * What a happi that was killed has left running: found by a mark in its environment, and ended before new ones start.
 *
 * The mark names the keeper (the same at each start of the same configuration) and the happi that started the process, by
 * its number, its time of start and the namespace in which that number means something: on the host a container's processes
 * are seen as well, and its happi may well have the same configuration's name. Only what belongs to a happi that is no more
 * is ended, so two of them side by side leave each other's processes alone. Nothing is written to disk for this, and so
 * nothing can be out of date.
 *
 * Who forges a mark has its own processes ended and nobody else's: an environment is set by who starts the process.
 */
import { SIGCONT, SIGKILL, SIGTERM } from "./signals.ts";
import { sendSignal, systemPids, systemProcess } from "./system_processes.ts";

/** How long the kernel may take to end what was killed, in milliseconds; what waits for a disk may take for ever. */
const KILL_PATIENCE_MS = 2_000;

/** How often it is looked, in milliseconds. */
const LOOK_MS = 20;

/** The variable that holds the mark. */
const VARIABLE = "HAPPI_KEEPER";

/**
 * The mark for what this happi starts.
 *
 * @param keeper names the configuration; the same at the next start
 * @returns environment variables
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { markOf } from "./leftovers.ts";
 * const mark = await markOf("/etc/happi.toml");
 * assert.match(mark.HAPPI_KEEPER ?? "", new RegExp(`^/etc/happi.toml [0-9]+ ${Deno.pid} [0-9]+$`));
 * ```
 */
export async function markOf(keeper: string): Promise<Readonly<Record<string, string>>> {
  const { startedAt = 0 } = await systemProcess(Deno.pid) ?? {};
  return { [VARIABLE]: `${keeper} ${await pidNamespace()} ${Deno.pid} ${startedAt}` };
}

/** In what processes have their numbers; 0 where the system does not tell. */
async function pidNamespace(): Promise<string> {
  const link = await Deno.readLink("/proc/self/ns/pid").catch(() => ""); // a system without namespaces
  return /\d+/.exec(link)?.[0] ?? "0";
}

/** A process that was left running. */
export interface Leftover {
  readonly os_pid: number;
  /** The happi that had started it. */
  readonly keeper_pid: number;
}

/**
 * Finds what a keeper has left.
 *
 * @param keeper as for {@linkcode markOf}
 * @returns its processes, as far as this user may look at them
 * @throws what the system says when it cannot be known whether their happi still runs
 */
export async function findLeftovers(keeper: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const here = await pidNamespace();
  for (const { pid, mark } of await marked()) {
    // The keeper's name may hold anything, also what looks like numbers: these are the last three.
    const [, name, namespace, keeperPid, startedAt] = /^([\s\S]*) (\d+) (\d+) (\d+)$/.exec(mark) ?? [];
    if (name !== keeper || namespace !== here) continue;
    const isAlive = (await systemProcess(Number(keeperPid)))?.startedAt === Number(startedAt);
    if (!isAlive) found.push({ os_pid: pid, keeper_pid: Number(keeperPid) });
  }
  return found;
}

/**
 * Ends what a keeper has left: SIGTERM, and SIGKILL after the grace.
 *
 * @param keeper as for {@linkcode markOf}
 * @param graceMs how long they may take, in milliseconds
 * @returns what was ended
 */
export async function endLeftovers(keeper: string, graceMs = 5000): Promise<Leftover[]> {
  const found = await findLeftovers(keeper);
  await endAll(async () => (await findLeftovers(keeper)).map(({ os_pid }) => os_pid), graceMs);
  return found;
}

/**
 * Ends what has one mark, wherever it has gone: also what has made itself a session of its own.
 *
 * @param mark from {@linkcode markOf}
 * @param graceMs between SIGTERM and SIGKILL, in milliseconds
 */
export async function endMarked(mark: Readonly<Record<string, string>>, graceMs: number): Promise<void> {
  const wanted = mark[VARIABLE];
  if (wanted === undefined) return;
  await endAll(async () => (await marked()).filter((one) => one.mark === wanted).map(({ pid }) => pid), graceMs);
}

/** Ends what is found, and what comes while that is done; gives up on what the kernel does not end, and where nobody can look. */
async function endAll(find: () => Promise<readonly number[]>, graceMs: number): Promise<void> {
  for (const [signals, patienceMs] of [[[SIGTERM, SIGCONT], graceMs], [[SIGKILL], KILL_PATIENCE_MS]] as const) {
    const told = new Set<number>();
    for (const until = performance.now() + patienceMs; performance.now() < until;) {
      const left = await find().catch(() => undefined); // happi may have no file left to open just now
      if (left?.length === 0) return;
      for (const pid of left?.filter((one) => !told.has(one)) ?? []) {
        for (const signal of signals) sendSignal(pid, signal);
        told.add(pid);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** All living processes that have a mark, as far as this user may look at them. */
async function marked(): Promise<{ readonly pid: number; readonly mark: string }[]> {
  const found: { readonly pid: number; readonly mark: string }[] = [];
  for (const pid of await systemPids()) {
    const environ = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => ""); // it has ended, or is somebody else's
    const variable = environ.split("\0").find((one) => one.startsWith(`${VARIABLE}=`));
    // One that has ended and that nobody has asked about (a zombie) has no environment left, so it is not found.
    if (variable !== undefined && pid !== Deno.pid) found.push({ pid, mark: variable.slice(VARIABLE.length + 1) });
  }
  return found;
}
