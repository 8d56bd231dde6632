/**
 * The processes of a master: itself, its worker, old workers that still have sessions, programs (management guide,
 * "show proc", on the master socket).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch, expectNumber } from "./expect.ts";

/** One process. */
export interface Process {
  /** Its process id: `@!<pid>` reaches it. */
  pid: number;
  /** `master`, `worker`, or the name of a program. */
  type: string;
  /** How many reloads it has lived through. */
  reloads: number;
  /** How many reloads have failed since the last one that worked; the master only. */
  failed_reloads?: number;
  /** How long it has been running, in seconds. */
  uptime: number;
  /** Its version. */
  version: string;
  /** Its two descriptors of the socket pair with the master (`show proc debug`, 3.2 and later). */
  ipc_fd?: number[];
}

/** All processes of a master. */
export interface Processes {
  /** The master. */
  master: Process;
  /** The worker of the last load. **Empty after a failed reload on 3.2 and later**: see {@linkcode servingWorker}. */
  workers: Process[];
  /** Workers of earlier loads that have not ended yet. */
  old_workers: Process[];
  /** Programs of the last load (up to 3.0). */
  programs: Process[];
  /** Programs of earlier loads (up to 3.0). */
  old_programs: Process[];
}

/**
 * Reads the answer to `show proc` and `show proc debug`.
 *
 * @param answer the whole answer
 * @returns the processes by section
 * @throws {UnexpectedAnswer} when the answer has another shape (a worker's socket does not know the command)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseProcesses } from "./proc.ts";
 *
 * const { master, workers } = parseProcesses(
 *   "#<PID>          <type>          <reloads>       <uptime>        <version>      \n" +
 *     "215             master          3 [failed: 1]   0d00h11m31s     3.2.26-1       \n" +
 *     "# workers\n" +
 *     "272             worker          0               1d00h00m01s     3.2.26-1       \n\n",
 * );
 * assert.deepEqual([master.pid, master.failed_reloads, master.uptime], [215, 1, 691]);
 * assert.equal(workers[0]?.uptime, 86401);
 * ```
 */
export function parseProcesses(answer: string): Processes {
  const [header, masterLine, ...lines] = answerLines(answer);
  if (header === undefined || !HEADER.test(header)) {
    throw new UnexpectedAnswer(COMMAND, "the header #<PID> <type> <reloads> <uptime> <version>", answer, header ?? "");
  }
  const master = readProcess(masterLine, answer);
  if (master.type !== "master") throw new UnexpectedAnswer(COMMAND, "the master first", answer, masterLine);
  const processes: Processes = { master, workers: [], old_workers: [], programs: [], old_programs: [] };
  let section: Process[] | undefined;
  for (const line of lines) {
    if (line.startsWith("#")) section = sectionOf(processes, line);
    else section?.push(readProcess(line, answer));
    if (section === undefined) throw new UnexpectedAnswer(COMMAND, `one of the titles ${TITLES}`, answer, line);
  }
  return processes;
}

/**
 * The worker that takes new connections: the one of the last load, or, after a failed reload on 3.2 and later, the youngest of
 * the old ones.
 *
 * @param processes what {@linkcode parseProcesses} gave
 * @returns the worker, or `undefined` when there is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { servingWorker } from "./proc.ts";
 *
 * const worker = (pid: number, reloads: number) => ({ pid, type: "worker", reloads, uptime: 1, version: "3.2.26-1" });
 * const master = { ...worker(1, 3), type: "master", failed_reloads: 1 };
 * const processes = { master, workers: [], old_workers: [worker(2, 2), worker(3, 1)], programs: [], old_programs: [] };
 * assert.equal(servingWorker(processes)?.pid, 3);
 * ```
 */
export function servingWorker(processes: Processes): Process | undefined {
  const [worker] = processes.workers;
  if (worker !== undefined || (processes.master.failed_reloads ?? 0) === 0) return worker;
  return processes.old_workers.reduce<Process | undefined>(
    (youngest, old) => youngest === undefined || old.reloads < youngest.reloads ? old : youngest,
    undefined,
  );
}

const COMMAND = "show proc";
const HEADER = /^#<PID> +<type> +<reloads> +<uptime> +<version>(?:\s|$)/;
const ROW =
  /^(\d+) +(\S+) +(\d+)(?: \[failed: (\d+)\])? +(\d+)d(\d\d)h(\d\d)m(\d\d)s +([^\s]+)(?:\s+(-?\d+) +(-?\d+))?\s*$/;
const TITLES = '"# workers", "# old workers", "# programs", "# old programs"';

function sectionOf(processes: Processes, title: string): Process[] | undefined {
  if (title === "# workers") return processes.workers;
  if (title === "# old workers") return processes.old_workers;
  if (title === "# programs") return processes.programs;
  if (title === "# old programs") return processes.old_programs;
  return undefined;
}

function readProcess(line: string | undefined, answer: string): Process {
  const groups = expectMatch(COMMAND, "a row of pid, type, reloads, uptime, version", ROW, line, answer);
  const [pid, type = "", reloads, failed = "", days, hours, minutes, seconds, version = "", ipc0 = "", ipc1 = ""] =
    groups;
  return {
    pid: expectNumber(COMMAND, pid, answer),
    type,
    reloads: expectNumber(COMMAND, reloads, answer),
    ...(failed === "" ? {} : { failed_reloads: expectNumber(COMMAND, failed, answer) }),
    uptime: ((expectNumber(COMMAND, days, answer) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds),
    version,
    ...(ipc1 === "" ? {} : { ipc_fd: [expectNumber(COMMAND, ipc0, answer), expectNumber(COMMAND, ipc1, answer)] }),
  };
}
