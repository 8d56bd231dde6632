/**
 * What each thread has been doing, in counters for support and developers (management guide, "show activity").
 *
 * @module
 */

import { answerLines, expectInteger, expectMatch, expectNumber } from "./expect.ts";

/** One counter. */
export interface ActivityCounter {
  /** Its name, such as `ctxsw`. */
  name: string;
  /** Sum or average over the threads; the value itself when one thread was asked for. */
  total: number | bigint;
  /** Values of the threads, in order; empty when one thread was asked for or there is only one. */
  threads: (number | bigint)[];
}

/** The activity of the process. */
export interface Activity {
  /** The thread that answered, or the one that was asked for; threads count from 1. */
  thread_id: number;
  /** Number of the first and of the last thread. */
  thread_range: [number, number];
  /** HAProxy's date, in seconds since 1970. */
  date_now: number;
  /** How long HAProxy has been running, in seconds (3.0 and later). */
  uptime_now?: number;
  /** The counters, in HAProxy's order. */
  counters: ActivityCounter[];
}

/**
 * Reads the answer to `show activity [-1|0|<thread>]`.
 *
 * @param answer the whole answer
 * @returns the counters
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseActivity } from "./activity.ts";
 *
 * const activity = parseActivity(
 *   "thread_id: 2 (1..2)\ndate_now: 1795220411.648089\nctxsw: 1460 [ 720 740 ]\nloops: 5\n\n",
 * );
 * assert.deepEqual(activity.thread_range, [1, 2]);
 * assert.deepEqual(activity.counters, [
 *   { name: "ctxsw", total: 1460, threads: [720, 740] },
 *   { name: "loops", total: 5, threads: [] },
 * ]);
 * ```
 */
export function parseActivity(answer: string): Activity {
  const [threadLine, dateLine, ...lines] = answerLines(answer);
  const [thread, first, last] = expectMatch(COMMAND, '"thread_id: <n> (<n>..<n>)"', THREAD, threadLine, answer);
  const [date] = expectMatch(COMMAND, '"date_now: <seconds>"', /^date_now: (\d{1,12}\.\d{1,6})$/, dateLine, answer);
  const [, uptime] = /^uptime_now: (\d{1,12}\.\d{1,6})$/.exec(lines[0] ?? "") ?? [];
  if (uptime !== undefined) lines.shift();
  return {
    thread_id: expectNumber(COMMAND, thread, answer),
    thread_range: [expectNumber(COMMAND, first, answer), expectNumber(COMMAND, last, answer)],
    date_now: Number(date),
    ...(uptime === undefined ? {} : { uptime_now: Number(uptime) }),
    counters: lines.map((line) => readCounter(line, answer)),
  };
}

const COMMAND = "show activity";
const THREAD = /^thread_id: (\d+) \((\d+)\.\.(\d+)\)$/;
const COUNTER = /^([A-Za-z_][\w-]*): (-?\d+)(?: \[((?: -?\d+)+) \])?$/;

function readCounter(line: string, answer: string): ActivityCounter {
  const [name = "", total, threads = ""] = expectMatch(
    COMMAND,
    '"<name>: <total> [ <thread>... ]"',
    COUNTER,
    line,
    answer,
  );
  const values = threads.split(" ").filter((text) => text !== "");
  return {
    name,
    total: expectInteger(COMMAND, total, answer),
    threads: values.map((text) => expectInteger(COMMAND, text, answer)),
  };
}
