/**
 * What is kept running, in the words of the seed's API: a named description, and how many processes of it.
 */

/** A process as it is described; only `name` and `cmd` must be said. Field names are those of its JSON. */
export interface Definition {
  /** Its key; what stands before the first `:` is its group. */
  readonly name: string;
  /** The program; split into words as a shell does where `args` is not said. */
  readonly cmd: string;
  /** The program's arguments, in which `$VAR` and `${VAR}` are replaced from `env`. */
  readonly args?: readonly string[];
  /** Its environment. Never given back by the API. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it also has happi's own environment; true if not said. What `env` says goes before it. */
  readonly os_env?: boolean;
  /**
   * The user that it runs as, by name or number; happi's own if not said. With `os_env` it gets the user's own HOME, USER and
   * LOGNAME.
   */
  readonly uid?: number | string;
  /** The group that it runs as, and no other; the user's own if not said. */
  readonly gid?: number | string;
  /** The folder that it starts in; happi's own if not said. */
  readonly cwd?: string;
  /** Whether `cmd` is a line for `sh -c`; false if not said. */
  readonly shell?: boolean;
  /**
   * Whether it goes on when happi stops; false if not said. What it writes then goes nowhere, and a happi that starts again
   * knows nothing of it and starts another.
   */
  readonly detach?: boolean;
  /** How many run; 1 if not said. */
  readonly numprocesses?: number;
  /** Labels of stdout and stderr, at most two; one label twice merges them; none and they go to /dev/null. */
  readonly redirect_output?: readonly string[];
  /** Whether its stdin can be written to; false if not said. */
  readonly redirect_input?: boolean;
  /** Seconds between SIGTERM and SIGKILL; 10 if not said. */
  readonly graceful_timeout?: number;
  readonly flapping?: Flapping;
  /** When it is started again after it has ended; `always` if not said. `on_failure`: not after status 0. */
  readonly restart?: "always" | "on_failure" | "never";
  /** Lower starts first; the last if not said. */
  readonly priority?: number;
  readonly group?: string;
  /** Whether it starts at once; true if not said. */
  readonly start?: boolean;
  /** What must be before it starts: other definitions by name. */
  readonly depends_on?: Readonly<Record<string, DependencyState>>;
  /** When it counts as ready; as soon as it has started if not said. */
  readonly ready?: Readiness;
  /** The server in HAProxy that it is, `web/s1`: made ready when it is ready, drained before it is stopped. */
  readonly server?: string;
  /** Seconds that a planned stop waits for the sessions of `server`; 10 if not said. */
  readonly drain_timeout?: number;
  /** What of HAProxy's life it is run before or after, once: `haproxy-reload`. Nothing else starts it. */
  readonly before?: string;
  readonly after?: string;
  /** What else was given: kept and shown, not used. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** What one definition may wait for of another. */
export type DependencyState = "started" | "ready" | "exited_ok";

/** When processes that end too often are given up. */
export interface Flapping {
  /** Ends that are too many within the window; 2 if not said. */
  readonly attempts: number;
  /** In seconds; 1 if not said. */
  readonly window: number;
  /** Seconds until it is tried again; 7 if not said. */
  readonly retry_in: number;
  /** Tries until it is given up for good; 5 if not said. */
  readonly max_retry: number;
}

/** How it is found out that a process is ready: one of the first five. */
export interface Readiness {
  /** Something accepts connections there: `127.0.0.1:8080`. */
  readonly tcp?: string;
  /** This URL answers with a status below 400. */
  readonly http?: string;
  /** This unix socket accepts connections. */
  readonly unix?: string;
  /** A line of its output matches this regular expression. */
  readonly log?: string;
  /** An agent check there answers `up` or `ready`: `127.0.0.1:1337/NAME`. */
  readonly agent?: string;
  /** Seconds between tries; 0.5 if not said. */
  readonly every?: number;
  /** Seconds until it is given up; 60 if not said. */
  readonly timeout?: number;
}
