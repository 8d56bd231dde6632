/**
 * The threads of the process (management guide, "show threads"). The output is free text for developers: the head of each thread is
 * read with certainty, the rest stays in `lines`.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectNumber } from "./expect.ts";

/** One thread. */
export interface Thread {
  /** Its number, from 1. */
  thread: number;
  /** Whether it is the one that answered. */
  is_current: boolean;
  /** Whether HAProxy holds it for stuck. */
  is_stuck: boolean;
  /** `key=value` words of its first line, such as `id`, `act`, `wq`, `rq`, as HAProxy prints them. */
  fields: Record<string, string>;
  /** The lines behind the first, as they are. */
  lines: string[];
}

/**
 * Reads the answer to `show threads`. On 2.6 it holds blank lines: give it the whole answer.
 *
 * @param answer the whole answer
 * @returns the threads
 * @throws {UnexpectedAnswer} when the answer does not start with a thread
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseThreads } from "./threads.ts";
 *
 * const [thread] = parseThreads("* Thread 1 : id=0x7f7f act=1 glob=0\n      1/1    stuck=0\n\n");
 * assert.equal(thread?.is_current, true);
 * assert.equal(thread?.fields["act"], "1");
 * assert.deepEqual(thread?.lines, ["      1/1    stuck=0"]);
 * ```
 */
export function parseThreads(answer: string): Thread[] {
  const threads: Thread[] = [];
  for (const line of answerLines(answer)) {
    const [, current, stuck, number, words = ""] = /^([* ])([> ])Thread (\d+) *: (id=0x.*)$/.exec(line) ?? [];
    const thread = threads.at(-1);
    if (number !== undefined) {
      threads.push({
        thread: expectNumber(COMMAND, number, answer),
        is_current: current === "*",
        is_stuck: stuck === ">",
        fields: Object.fromEntries(
          words.split(" ").filter((word) => word.includes("=")).map((word) => {
            const equals = word.indexOf("=");
            return [word.slice(0, equals), word.slice(equals + 1)];
          }),
        ),
        lines: [],
      });
    } else if (thread === undefined && line !== "") {
      throw new UnexpectedAnswer(COMMAND, '"Thread <n> : id=0x..."', answer, line);
    } else if (line !== "") thread?.lines.push(line);
  }
  if (threads.length === 0) throw new UnexpectedAnswer(COMMAND, '"Thread <n> : id=0x..."', answer);
  return threads;
}

const COMMAND = "show threads";
