/**
 * HAProxy's live traces: the sources, and the events of one (management guide, "show trace").
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch, expectNumber } from "./expect.ts";

/** One source of traces. */
export interface TraceSource {
  /** Its name, such as `h2`. */
  name: string;
  /** Whether it traces. */
  state: "stopped" | "waiting" | "running";
  /** Where its traces go; absent when nowhere. */
  sink?: string;
  /** Traces that were lost. */
  dropped: number;
  /** What it is about. */
  description: string;
}

/**
 * Reads the list: the answer to `show trace` without a source.
 *
 * @param answer the whole answer
 * @returns the sources
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTraceSources } from "./trace.ts";
 *
 * assert.deepEqual(
 *   parseTraceSources(
 *     "Supported trace sources and states (.=stopped, w=waiting, R=running) :\n" +
 *       " [R] h1         -> buf0 [drp 3]  [HTTP/1 multiplexer]\n\n",
 *   ),
 *   [{ name: "h1", state: "running", sink: "buf0", dropped: 3, description: "HTTP/1 multiplexer" }],
 * );
 * ```
 */
export function parseTraceSources(answer: string): TraceSource[] {
  const [title, ...lines] = answerLines(answer);
  if (title === undefined || !title.startsWith("Supported trace sources and states")) {
    throw new UnexpectedAnswer(COMMAND, 'the title "Supported trace sources and states"', answer, title ?? "");
  }
  return lines.map((line) => {
    const [letter = "", name = "", sink = "", dropped, description = ""] = expectMatch(
      COMMAND,
      '"[<state>] <source> -> <sink> [drp <n>]  [<description>]"',
      SOURCE,
      line,
      answer,
    );
    return {
      name,
      state: STATES.get(letter) ?? "stopped",
      ...(sink === "none" ? {} : { sink }),
      dropped: expectNumber(COMMAND, dropped, answer),
      description,
    };
  });
}

/** One kind of event of a source: what it does to the trace. */
export interface TraceEvent {
  /** Its name. */
  name: string;
  /** Whether it is reported. */
  report: boolean;
  /** Whether it starts the trace. */
  start: boolean;
  /** Whether it stops the trace. */
  stop: boolean;
  /** Whether it pauses the trace. */
  pause: boolean;
}

/** One source with its events. */
export interface TraceStatus {
  /** The source. */
  name: string;
  /** Where its traces go; absent when nowhere. */
  sink?: string;
  /** Traces that were lost. */
  dropped: number;
  /** Its events. */
  events: TraceEvent[];
  /** Lines that say more, as they are. */
  lines: string[];
}

/**
 * Reads one source: the answer to `show trace <source>`.
 *
 * @param answer the whole answer
 * @returns sink and events
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTraceStatus } from "./trace.ts";
 *
 * const status = parseTraceStatus(
 *   "Trace status for h1:\n  - sink: none [0 dropped]\n  - event name   :     report    start    stop    pause\n" +
 *     "    h1c_new      :        +        -        -       -\n\n",
 * );
 * assert.deepEqual(status.events, [{ name: "h1c_new", report: true, start: false, stop: false, pause: false }]);
 * ```
 */
export function parseTraceStatus(answer: string): TraceStatus {
  const [title, sinkLine, header, ...lines] = answerLines(answer);
  const [name = ""] = expectMatch(COMMAND, '"Trace status for <source>:"', /^Trace status for (\S+):$/, title, answer);
  const [sink = "", dropped] = expectMatch(COMMAND, '"- sink: <sink> [<n> dropped]"', SINK, sinkLine, answer);
  expectMatch(COMMAND, '"- event name : report start stop pause"', EVENTS, header, answer);
  const status: TraceStatus = {
    name,
    ...(sink === "none" ? {} : { sink }),
    dropped: expectNumber(COMMAND, dropped, answer),
    events: [],
    lines: [],
  };
  for (const line of lines) {
    const [, event, report, start, stop, pause] = EVENT.exec(line) ?? [];
    if (event === undefined) status.lines.push(line);
    else {status.events.push({
        name: event,
        report: report === "+",
        start: start === "+",
        stop: stop === "+",
        pause: pause === "+",
      });}
  }
  return status;
}

const COMMAND = "show trace";
const STATES: ReadonlyMap<string, TraceSource["state"]> = new Map([[".", "stopped"], ["w", "waiting"], [
  "R",
  "running",
]]);
const SOURCE = /^ \[([.wR])\] (\S+) +-> (\S+) \[drp (\d+)\] +\[(.*)\]$/;
const SINK = /^ +- sink: (\S+) \[(\d+) dropped\]$/;
const EVENTS = /^ +- event name +: +report +start +stop +pause\s*$/;
const EVENT = /^ +(\S+) +: +([+-]) +([+-]) +([+-]) +([+-])(?:\s.*)?$/;
