/**
 * Limits of the whole process (management guide, 9.3 "set maxconn global", "set rate-limit").
 *
 * HAProxy reads what is no number as 0 without a word, so numbers are checked here.
 */
import { cli } from "../../socket/mod.ts";
import { nothing, type Rows } from "../method.ts";
import { choice, integer } from "../parameter.ts";

/** Methods that change limits of the whole process. They hold until the next reload. */
export interface LimitMethods {
  /**
   * Sets how many connections the process takes at once, never more than it was started with.
   *
   * @param maxconn connections; 0 goes back to what it was started with
   */
  setGlobalMaxconn(maxconn: number): Promise<void>;

  /**
   * Sets how much the process takes in a second.
   *
   * @param kind `connections`, `sessions` and `ssl-sessions` count them; `http-compression` is kilobytes to compress
   * @param rate that many in a second; 0 for no limit
   */
  setRateLimit(kind: RateLimit, rate: number): Promise<void>;
}

/** What has a rate limit. */
export type RateLimit = "connections" | "sessions" | "ssl-sessions" | "http-compression";

/** The rows of {@linkcode LimitMethods}. */
export const limitMethods: Rows<LimitMethods> = {
  setGlobalMaxconn: {
    kind: "command",
    summary: "Set how many connections the process takes at once; 0 for what it was started with",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [integer("maxconn", "connections; 0 for what it was started with", 0, 0x7fffffff)],
    command: (maxconn) => cli`set maxconn global ${maxconn}`,
    parse: nothing,
  },
  setRateLimit: {
    kind: "command",
    summary: "Set how much the process takes in a second; 0 for no limit",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      choice("kind", "what is limited", ["connections", "sessions", "ssl-sessions", "http-compression"]),
      integer("rate", "that many in a second (kilobytes for http-compression); 0 for no limit", 0, 0x7fffffff),
    ],
    command: (kind, rate) => cli`set rate-limit ${kind} global ${rate}`,
    parse: nothing,
  },
};
