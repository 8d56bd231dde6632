/**
 * Tables about tasks, for developers: what is running now, and what the profiler has seen (management guide, "show tasks",
 * "show profiling"). Their columns differ by version and are found by the header.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch, expectNumber } from "./expect.ts";

/** One function and its numbers. */
export interface TaskRow {
  /** The function's name. */
  function: string;
  /** Cells by column as HAProxy prints them, such as `calls` and `lat_avg`; times carry their unit (`1.234us`), `-` is none. */
  cells: Record<string, string>;
  /** Who woke it up, where HAProxy tells (behind `<-`). */
  caller?: string;
}

/** The tasks that run now. */
export interface Tasks {
  /** How many there are. */
  running: number;
  /** How many threads there are. */
  threads: number;
  /** The functions, the busiest first. */
  rows: TaskRow[];
}

/**
 * Reads the answer to `show tasks`.
 *
 * @param answer the whole answer
 * @returns the tasks by function
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTasks } from "./tasks.ts";
 *
 * const tasks = parseTasks(
 *   "Running tasks: 3 (2 threads)\n" +
 *     "  function                     places     %    lat_tot   lat_avg\n" +
 *     "  process_stream                    3  100.0   1.234us   411.0ns\n\n",
 * );
 * assert.equal(tasks.running, 3);
 * assert.deepEqual(tasks.rows[0]?.cells, { places: "3", "%": "100.0", lat_tot: "1.234us", lat_avg: "411.0ns" });
 * ```
 */
export function parseTasks(answer: string): Tasks {
  const [title, header, ...lines] = answerLines(answer);
  const expected = '"Running tasks: <n> (<n> threads)"';
  const [running, threads] = expectMatch(COMMAND, expected, /^Running tasks: (\d+) \((\d+) threads\)$/, title, answer);
  return {
    running: expectNumber(COMMAND, running, answer),
    threads: expectNumber(COMMAND, threads, answer),
    rows: readTaskRows(COMMAND, [header ?? "", ...lines], answer),
  };
}

/**
 * Reads a table of functions: its header, then its rows.
 *
 * @param command the command that was answered
 * @param lines header and rows
 * @param answer the whole answer, for the error
 * @returns the rows
 * @throws {UnexpectedAnswer} when the header does not start with `function`, or a row has too few cells
 */
export function readTaskRows(command: string, lines: readonly string[], answer: string): TaskRow[] {
  const [header = "", ...rows] = lines;
  const [title, ...columns] = words(header);
  if (title !== "function") throw new UnexpectedAnswer(command, 'a header that starts with "function"', answer, header);
  return rows.map((row) => {
    const arrow = row.indexOf(" <- ");
    const [name = "", ...cells] = words(arrow < 0 ? row : row.slice(0, arrow));
    if (cells.length !== columns.length) {
      throw new UnexpectedAnswer(command, `a function and ${columns.length} cells`, answer, row);
    }
    return {
      function: name,
      cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""])),
      ...(arrow < 0 ? {} : { caller: row.slice(arrow + 4) }),
    };
  });
}

const COMMAND = "show tasks";

function words(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}
