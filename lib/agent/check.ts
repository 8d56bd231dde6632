/**
 * What a check is: asked about a target, it finds out, and says it in HAProxy's words with a reason for people.
 */
import type { Reply } from "./reply.ts";
import type { TargetGuard } from "./target/guard.ts";

/** What a check found. */
export interface Finding {
  /** What HAProxy is told. */
  readonly reply: Reply;
  /** Why, in one line for people; empty where all is well and there is nothing to say. */
  readonly reason: string;
  /** What was measured: `head_block_num`, `lag_s`, `http_status`. */
  readonly facts?: Facts;
}

/** Measured things by name, as they are shown as JSON. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** A check of one target, made from its options, run as often as somebody asks. */
export interface Check {
  /** `http`, `v1`. */
  readonly kind: string;
  /** What is checked, for people: never with credentials. */
  readonly target: string;
  /**
   * Finds out.
   *
   * @param signal aborted at the deadline; whatever the check has opened is closed then
   * @returns what was found; also for a target that is ill
   * @throws {CheckFailed} whatever kept it from finding out; whoever asks is answered `fail`, with the error's words as reason
   */
  run(signal: AbortSignal): Promise<Finding>;
  /** Lets go of what it keeps open between runs. */
  close?(): Promise<void> | void;
}

/** What a check is given beside its options. */
export interface CheckContext {
  /** `wire`: named by a request, and so limited to the targets that the guard allows. `config`: named by the operator. */
  readonly origin: "wire" | "config";
  /** Which addresses may be connected to. */
  readonly guard: TargetGuard;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** Runs another check of the configuration, for `all` and `any`: with its cache, without its hysteresis. */
  readonly ask: (name: string, signal: AbortSignal) => Promise<Finding>;
}

/** A check's own options: keys in camelCase, values as the configuration or the wire gives them. */
export type CheckOptions = Readonly<Record<string, unknown>>;

/** A kind of check: one row of the table of kinds. */
export interface CheckKind {
  /** `http`. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** Whether a request on the wire may name it; else only the configuration. */
  readonly isOnWire: boolean;
  /** The names of the fields behind the kind on the wire, in order, before those written `key=value`: `["url", "numBlocks", "host"]`. */
  readonly wireFields: readonly string[];
  /** The options there are, each with one line for the help. */
  readonly options: Readonly<Record<string, string>>;
  /**
   * Makes a check.
   *
   * @throws {InvalidCheck} when an option is missing, unknown or does not fit
   */
  make(options: CheckOptions, context: CheckContext): Check;
}
