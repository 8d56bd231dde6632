/**
 * Live traces of HAProxy's own work, for support and developers (management guide, 9.3 "trace", "show trace").
 */
import { cli } from "../../socket/mod.ts";
import { parseTraceSources, parseTraceStatus, type TraceSource, type TraceStatus } from "../formats/trace.ts";
import { nothing, type Rows } from "../method.ts";
import { choice, proxy, text } from "../parameter.ts";

/** Methods for traces. Traces cost time: turn them off when done. */
export interface TraceMethods {
  /** Reads which sources of traces there are, and which run. */
  getTraceSources(): Promise<TraceSource[]>;

  /**
   * Reads the events of a source and what they do to its trace.
   *
   * @param source such as `h1`, `h2`, `stream`
   * @throws {NotFound} when there is no such source
   */
  getTrace(source: string): Promise<TraceStatus>;

  /**
   * Sets one thing about a source's trace. A trace runs once it has a `sink`, events (`event any`) and a start
   * (`start now`); `getEvents` reads the sink.
   *
   * @param source such as `h1`, `h2`, `stream`
   * @param setting what is set
   * @param value a sink such as `buf0`; a level such as `user` or `developer`; `now` or `never` for `start` and `stop`; an
   *   event's name, with `+`, `-` or `!` in front
   * @throws {NotFound} when there is no such source or sink
   */
  setTrace(source: string, setting: TraceSetting, value: string): Promise<void>;

  /** Stops all traces. */
  stopTraces(): Promise<void>;
}

/** What can be set about a trace; `follow` since HAProxy 3.1. */
export type TraceSetting =
  | "event"
  | "follow"
  | "level"
  | "lock"
  | "pause"
  | "sink"
  | "start"
  | "stop"
  | "verbosity";

const source = proxy("source", "the source, such as h1");

/** The rows of {@linkcode TraceMethods}. */
export const traceMethods: Rows<TraceMethods> = {
  getTraceSources: {
    kind: "command",
    summary: "Which sources of traces there are, and which run",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [],
    command: () => "show trace",
    parse: parseTraceSources,
  },
  getTrace: {
    kind: "command",
    summary: "The events of a source of traces",
    since: "2.6",
    level: "operator",
    effect: "read",
    parameters: [source],
    command: (name) => cli`show trace ${name}`,
    parse: parseTraceStatus,
  },
  setTrace: {
    kind: "command",
    summary: "Set one thing about a source's trace",
    since: "2.6",
    level: "operator",
    effect: "change",
    parameters: [
      source,
      choice("setting", "what is set", [
        "event",
        "follow",
        "level",
        "lock",
        "pause",
        "sink",
        "start",
        "stop",
        "verbosity",
      ]),
      text("value", "what it is set to, such as a sink or an event"),
    ],
    needs: (_name, setting) => setting === "follow" ? "3.1" : undefined,
    command: (name, setting, value) => cli`trace ${name} ${setting} ${value}`,
    parse: nothing,
  },
  stopTraces: {
    kind: "command",
    summary: "Stop all traces",
    since: "2.6",
    level: "operator",
    effect: "change",
    parameters: [],
    command: () => "trace 0",
    parse: nothing,
  },
};
