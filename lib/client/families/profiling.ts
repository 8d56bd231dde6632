/**
 * HAProxy's own profilers and its counters of rare events, for support and developers (management guide, 9.3
 * "show profiling", "set profiling", "debug counters").
 */
import { cli } from "../../socket/mod.ts";
import { type DebugCounter, parseDebugCounters } from "../formats/debug_counters.ts";
import { parseProfiling, type Profiling } from "../formats/profiling.ts";
import { nothing, type Rows } from "../method.ts";
import { choice, flag, integer, settings } from "../parameter.ts";

/** Methods for profiling and debug counters. */
export interface ProfilingMethods {
  /**
   * Reads what is profiled, and what the profilers have seen.
   *
   * @param options which part, in which order
   */
  getProfiling(options?: GetProfilingOptions): Promise<Profiling>;

  /**
   * Turns a profiler on or off.
   *
   * @param profiler `tasks` for CPU time; `memory` for the allocator, in builds that can
   * @param state `auto` (tasks only) turns it on while HAProxy is busy; since HAProxy 3.3, `tasks` can be told to look at
   *   locks and memory too, or no more
   */
  setProfiling(profiler: "tasks" | "memory", state: ProfilerState): Promise<void>;

  /**
   * Reads the counters of rare events in HAProxy's own code. Since HAProxy 3.1; Debian's 3.0 has it, too.
   *
   * @param options which, and whether those that are 0
   */
  getDebugCounters(options?: GetDebugCountersOptions): Promise<DebugCounter[]>;

  /** Sets these counters back to 0. Since HAProxy 3.1; Debian's 3.0 has it, too. */
  resetDebugCounters(): Promise<void>;

  /** Turns the counting of what is costly to count on or off. Since HAProxy 3.1. @param state `on` or `off` */
  setDebugCounters(state: "on" | "off"): Promise<void>;
}

/** What a profiler can be told. */
export type ProfilerState = "on" | "auto" | "off" | "lock" | "no-lock" | "memory" | "no-memory";

/** Settings of {@linkcode ProfilingMethods.getProfiling}. */
export interface GetProfilingOptions {
  /** Which part; all by default. */
  readonly what?: "all" | "status" | "tasks" | "memory";
  /** The order: by address of the function, by time (since HAProxy 2.8), or by context of the memory (since 3.3). */
  readonly by?: "addr" | "time" | "ctx";
  /** Adds up what was called from different places. Since HAProxy 2.8. */
  readonly aggregated?: boolean;
  /** Only so many lines. */
  readonly limit?: number;
}

/** Settings of {@linkcode ProfilingMethods.getDebugCounters}. */
export interface GetDebugCountersOptions {
  /** Only of this type. */
  readonly type?: "bug" | "chk" | "cnt" | "glt";
  /** Also those that are 0: some thousands. */
  readonly all?: boolean;
}

/** The rows of {@linkcode ProfilingMethods}. */
export const profilingMethods: Rows<ProfilingMethods> = {
  getProfiling: {
    kind: "command",
    summary: "What is profiled, and what the profilers have seen",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [settings<GetProfilingOptions>({
      what: choice("what", "which part", ["all", "status", "tasks", "memory"]),
      by: choice("by", "the order", ["addr", "time", "ctx"]),
      aggregated: flag("aggregated", "add up what was called from different places"),
      limit: integer("limit", "only so many lines", 1, 1_000_000),
    })],
    needs: ({ by, aggregated } = {}) => by === "ctx" ? "3.3" : by === "time" || aggregated ? "2.8" : undefined,
    command: ({ what, by, aggregated, limit } = {}) =>
      cli`show profiling ${[
        ...(what === undefined ? [] : [what]),
        ...(by === undefined ? [] : [`by${by}`]),
        ...(aggregated ? ["aggr"] : []),
        ...(limit === undefined ? [] : [limit]),
      ]}`,
    parse: parseProfiling,
  },
  setProfiling: {
    kind: "command",
    summary: "Turn a profiler on or off",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      choice("profiler", "tasks or memory", ["tasks", "memory"]),
      choice("state", "what it is told", ["on", "auto", "off", "lock", "no-lock", "memory", "no-memory"]),
    ],
    needs: (_profiler, state) => /^(?:on|auto|off)$/.test(state) ? undefined : "3.3",
    command: (profiler, state) => cli`set profiling ${profiler} ${state}`,
    parse: nothing,
  },
  getDebugCounters: {
    kind: "command",
    summary: "Counters of rare events in HAProxy's own code",
    since: "3.1",
    level: "operator",
    effect: "read",
    parameters: [settings<GetDebugCountersOptions>({
      type: choice("type", "only of this type", ["bug", "chk", "cnt", "glt"]),
      all: flag("all", "also those that are 0"),
    })],
    command: ({ type, all } = {}) =>
      cli`debug counters show ${[...(type === undefined ? [] : [type]), ...(all ? ["all"] : [])]}`,
    parse: parseDebugCounters,
  },
  resetDebugCounters: {
    kind: "command",
    summary: "Set the counters of rare events back to 0",
    since: "3.1",
    level: "operator",
    effect: "change",
    parameters: [],
    command: () => "debug counters reset",
    parse: nothing,
  },
  setDebugCounters: {
    kind: "command",
    summary: "Turn the costly counters of rare events on or off",
    since: "3.1",
    level: "operator",
    effect: "change",
    parameters: [choice("state", "on or off", ["on", "off"])],
    // Debian's 3.0 has the counters, and not this word.
    needs: () => "3.1",
    command: (state) => cli`debug counters ${state}`,
    parse: nothing,
  },
};
