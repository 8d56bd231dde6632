/**
 * What is profiled, and what the profiler has seen (management guide, "show profiling"). The memory part is free text for
 * developers and stays in lines.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { readTaskRows, type TaskRow } from "./tasks.ts";

/** One profiler. */
export interface ProfilerStatus {
  /** What it is, such as `Per-task CPU profiling`. */
  name: string;
  /** `on`, `off`, `auto-on` or `auto-off`. */
  state: string;
}

/** The profilers, and those results that were asked for. */
export interface Profiling {
  /** Their states; empty when only results were asked for. */
  status: ProfilerStatus[];
  /** CPU and latency by function, the busiest first. */
  tasks?: TaskRow[];
  /** Calls of the memory allocator, the lines as they are (only in builds that can). */
  memory?: string[];
}

/**
 * Reads the answer to `show profiling [all|status|tasks|memory]`.
 *
 * @param answer the whole answer
 * @returns what is in it
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseProfiling } from "./profiling.ts";
 *
 * const { status, tasks } = parseProfiling(
 *   "Per-task CPU profiling              : auto-off      # set profiling tasks {on|auto|off}\n" +
 *     "Tasks activity over 0.000 sec till 0.000 sec ago:\n" +
 *     "  function                      calls   cpu_tot\n\n",
 * );
 * assert.deepEqual(status, [{ name: "Per-task CPU profiling", state: "auto-off" }]);
 * assert.deepEqual(tasks, []);
 * ```
 */
export function parseProfiling(answer: string): Profiling {
  const lines = answerLines(answer);
  const sections = lines.map((line) => SECTIONS.find(([title]) => line.startsWith(title))?.[1]);
  const starts = sections.flatMap((section, index) => section === undefined ? [] : [{ section, index }]);
  const profiling: Profiling = { status: lines.slice(0, starts[0]?.index).map((line) => readStatus(line, answer)) };
  starts.forEach(({ section, index }, number) => {
    const part = lines.slice(index + 1, starts[number + 1]?.index);
    if (profiling[section] !== undefined) throw new UnexpectedAnswer(COMMAND, "each part once", answer, lines[index]);
    if (section === "tasks") profiling.tasks = readTaskRows(COMMAND, part, answer);
    else profiling.memory = part;
  });
  if (lines.length === 0) throw new UnexpectedAnswer(COMMAND, "the states of the profilers", answer);
  return profiling;
}

const COMMAND = "show profiling";
const SECTIONS = [["Tasks activity", "tasks"], ["Alloc/Free statistics", "memory"]] as const;

function readStatus(line: string, answer: string): ProfilerStatus {
  const colon = line.indexOf(" : ");
  const [state = ""] = line.slice(colon + 3).split(" ");
  if (colon < 1 || !/^(?:auto-)?o(?:n|ff)$/.test(state)) {
    throw new UnexpectedAnswer(COMMAND, '"<profiler> : <state>"', answer, line);
  }
  return { name: line.slice(0, colon).trimEnd(), state };
}
