/**
 * What goes on inside the process, for support and developers (management guide, 9.3 "show activity", "show pools",
 * "show threads", "show tasks", "show fd", "show libs", "show dev", "show quic").
 */
import { cli } from "../../socket/mod.ts";
import { InvalidArgument } from "../errors.ts";
import { type Activity, parseActivity } from "../formats/activity.ts";
import { type DevInfo, parseDevInfo } from "../formats/dev.ts";
import { type FileDescriptor, parseFileDescriptors } from "../formats/fd.ts";
import { type Library, parseLibraries } from "../formats/libs.ts";
import { parsePools, type Pools } from "../formats/pools.ts";
import { parseTasks, type Tasks } from "../formats/tasks.ts";
import { parseThreads, type Thread } from "../formats/threads.ts";
import { type Rows, words } from "../method.ts";
import { choice, flag, integer, optional, type Parameter, settings, text } from "../parameter.ts";

/** Methods that look inside the process. */
export interface DebuggingMethods {
  /**
   * Reads what the threads have been doing, in counters. HAProxy 3.0 and later ask for the level operator.
   *
   * @param thread since HAProxy 2.8: only this thread, from 1; 0 for the sums alone, -1 for everything
   */
  getActivity(thread?: number): Promise<Activity>;

  /**
   * Reads how much memory each pool takes.
   *
   * @param options order and filter
   */
  getPools(options?: GetPoolsOptions): Promise<Pools>;

  /** Reads what each thread is doing now. */
  getThreads(): Promise<Thread[]>;

  /** Reads which tasks run now, by function. */
  getTasks(): Promise<Tasks>;

  /**
   * Reads the file descriptors that are in use.
   *
   * @param options one only, or some kinds
   */
  getFileDescriptors(options?: GetFileDescriptorsOptions): Promise<FileDescriptor[]>;

  /** Reads which program and libraries are mapped into the process. */
  getLibraries(): Promise<Library[]>;

  /** Reads how HAProxy was built, and what it runs on. Since HAProxy 2.9. */
  getDevInfo(): Promise<DevInfo>;

  /**
   * Reads the QUIC connections, in HAProxy's own words. Since HAProxy 2.8, in builds with QUIC.
   *
   * @param format `oneline`, `full`, or, since HAProxy 3.0, a list of parts such as `tp,sock`
   * @param filter a connection's address (`0x...`), `all` or `clo`
   */
  getQuic(format?: string, filter?: string): Promise<string>;
}

/** Settings of {@linkcode DebuggingMethods.getPools}. All but none since HAProxy 2.8. */
export interface GetPoolsOptions {
  /** The order. */
  readonly by?: "name" | "size" | "usage";
  /** Only the pools whose names begin so. */
  readonly match?: string;
  /** Only so many. */
  readonly limit?: number;
  /** Also the kinds of objects that share a pool. Since HAProxy 3.2. */
  readonly detailed?: boolean;
}

/** Settings of {@linkcode DebuggingMethods.getFileDescriptors}. */
export interface GetFileDescriptorsOptions {
  /** Only this one. */
  readonly fd?: number;
  /**
   * Only these kinds, since HAProxy 2.8: letters of `p` pipes, `l` listeners, `c` connections, `f` of frontends, `b` of
   * backends, `s` of servers, `d` what is no connection; `!` in front for all others.
   */
  readonly kinds?: string;
}

const READ = { kind: "command", since: "2.6", level: "user", effect: "read" } as const;

/** The rows of {@linkcode DebuggingMethods}. */
export const debuggingMethods: Rows<DebuggingMethods> = {
  getActivity: {
    ...READ,
    summary: "What the threads have been doing, in counters",
    level: "operator",
    parameters: [optional(integer("thread", "only this thread, from 1; 0 for the sums, -1 for all", -1, 4096))],
    needs: (thread) => thread === undefined ? undefined : "2.8",
    command: (thread) => cli`show activity ${thread}`,
    parse: parseActivity,
  },
  getPools: {
    ...READ,
    summary: "How much memory each pool takes",
    parameters: [settings<GetPoolsOptions>({
      by: choice("by", "the order", ["name", "size", "usage"]),
      match: text("match", "only the pools whose names begin so"),
      limit: integer("limit", "only so many", 1, 1_000_000),
      detailed: flag("detailed", "also the kinds of objects that share a pool"),
    })],
    needs: (options = {}) => options.detailed ? "3.2" : Object.keys(options).length > 0 ? "2.8" : undefined,
    command: ({ by, match, limit, detailed } = {}) =>
      cli`show pools ${[
        ...(by === undefined ? [] : [`by${by}`]),
        ...(detailed ? ["detailed"] : []),
        ...(match === undefined ? [] : ["match", match]),
        ...(limit === undefined ? [] : [limit]),
      ]}`,
    parse: parsePools,
  },
  getThreads: {
    ...READ,
    summary: "What each thread is doing now",
    parameters: [],
    command: () => "show threads",
    parse: parseThreads,
  },
  getTasks: {
    ...READ,
    summary: "Which tasks run now, by function",
    parameters: [],
    command: () => "show tasks",
    parse: parseTasks,
  },
  getFileDescriptors: {
    ...READ,
    summary: "The file descriptors that are in use",
    level: "operator",
    parameters: [settings<GetFileDescriptorsOptions>({
      fd: integer("fd", "only this one", 0, 0x7fffffff),
      kinds: kinds(),
    })],
    needs: (options) => options?.kinds === undefined ? undefined : "2.8",
    command: ({ fd, kinds } = {}) =>
      cli`show fd ${[...(kinds === undefined ? [] : [`-${kinds}`]), ...(fd === undefined ? [] : [fd])]}`,
    parse: parseFileDescriptors,
  },
  getLibraries: {
    ...READ,
    summary: "Which program and libraries are mapped into the process",
    level: "operator",
    parameters: [],
    command: () => "show libs",
    parse: parseLibraries,
  },
  getDevInfo: {
    ...READ,
    summary: "How HAProxy was built, and what it runs on",
    since: "2.9",
    parameters: [],
    command: () => "show dev",
    parse: parseDevInfo,
  },
  getQuic: {
    ...READ,
    summary: "The QUIC connections, in HAProxy's own words",
    since: "2.8",
    level: "operator",
    parameters: [
      optional(text("format", "oneline, full, or parts such as tp,sock")),
      optional(text("filter", "a connection's address, all or clo")),
    ],
    command: (format, filter) => cli`show quic ${[...(format ? [format] : []), ...(filter ? [filter] : [])]}`,
    parse: words,
  },
};

function kinds(): Parameter<string> {
  const plain = text("kinds", "only these kinds: letters of plcfbsd, ! in front for all others", "LETTERS");
  const check = (value: unknown) => {
    const letters = plain.check(value);
    if (!/^!?[plcfbsd]+$/.test(letters)) throw new InvalidArgument("kinds", letters, 'the letters are "plcfbsd"');
    return letters;
  };
  return { ...plain, check, read: check };
}
