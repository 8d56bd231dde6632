/**
 * Runs that are not kept: how they ended is remembered, and what they wrote for a while.
 */
import type { Definition } from "../definition.ts";
import type { Manager, RunningProcess } from "../manager_face.ts";

/** A run, as it is told. */
export interface CommitRecord {
  /** happi's number for it. */
  readonly pid: number;
  readonly os_pid: number;
  /** In milliseconds since 1970. */
  readonly started_at: number;
  /** In milliseconds since 1970; `null` while it runs. */
  readonly ended_at: number | null;
  readonly state: RunningProcess["state"];
  /** Its exit status; `null` while it runs. */
  readonly exit_status: number | null;
  /** The signal that ended it, 0 for none; `null` while it runs. */
  readonly term_signal: number | null;
}

/** How many runs are remembered of each definition. */
const MOST_REMEMBERED = 100;

/** How many ended runs can still be read, of all definitions together: each may hold 1 MiB for each label. */
const MOST_READABLE = 16;

/**
 * Runs definitions once, and remembers what came of it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProcessManager } from "../manager.ts";
 * import { Commits } from "./commits.ts";
 * await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
 * await manager.add({ name: "task", cmd: "exit $CODE", shell: true, start: false });
 * const commits = new Commits(manager);
 * await (await commits.run("task", { env: { CODE: "3" } })).ended;
 * assert.deepEqual(commits.of("task").map(({ exit_status }) => exit_status), [3]);
 * ```
 */
export class Commits {
  readonly #manager: Pick<Manager, "commit">;
  /** By definition, oldest first. */
  readonly #runs = new Map<string, { readonly process: RunningProcess | undefined; record: CommitRecord }[]>();
  /** Ended, oldest first. */
  readonly #readable = new Map<number, RunningProcess>();

  constructor(manager: Pick<Manager, "commit">) {
    this.#manager = manager;
  }

  /** Runs it once. @throws {ProcessNotFound} {@linkcode CannotStart} */
  async run(name: Definition["name"], options: Parameters<Manager["commit"]>[1] = {}): Promise<RunningProcess> {
    const process = await this.#manager.commit(name, options);
    const runs = this.#runs.get(name) ?? [];
    const run: { process: RunningProcess | undefined; record: CommitRecord } = { process, record: recordOf(process) };
    this.#runs.set(name, [...runs, run].slice(-MOST_REMEMBERED));
    // Before anybody else hears of the end: whoever looks for it finds it here.
    this.#readable.set(process.pid, process);
    void process.ended.then(() => {
      run.record = recordOf(process, Date.now());
      run.process = undefined;
      this.#letGo();
    });
    return process;
  }

  /** The runs of a definition, oldest first. */
  of(name: string): CommitRecord[] {
    return (this.#runs.get(name) ?? []).map(({ process, record }) =>
      process === undefined ? record : recordOf(process)
    );
  }

  /** A run by its number, as long as its output can be read. */
  find(pid: number): RunningProcess | undefined {
    return this.#readable.get(pid);
  }

  #letGo(): void {
    const ended = [...this.#readable.values()].filter(({ state }) => state === "exited");
    for (const { pid } of ended.slice(0, -MOST_READABLE)) this.#readable.delete(pid);
  }
}

function recordOf(process: RunningProcess, endedAt: number | null = null): CommitRecord {
  const { pid, os_pid, started_at, state, exit } = process;
  return {
    pid,
    os_pid,
    started_at,
    ended_at: endedAt,
    state,
    exit_status: exit?.exit_status ?? null,
    term_signal: exit?.term_signal ?? null,
  };
}
