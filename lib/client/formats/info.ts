/**
 * Parser of `show info` (management guide, 9.3): `Name: value` lines about the process.
 *
 * @module
 */

import { csvFieldEnd, csvFieldText } from "./csv.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { parseNumber } from "./number.ts";

const COMMAND = "show info";

/**
 * What HAProxy says about its process, by its own names. Those named here are in every version from 2.6 on, but for the
 * optional ones; numbers beyond 2^53 - 1 are bigint, and with the option `float` some have a fraction.
 */
export interface Info {
  /** `HAProxy`, or what the vendor calls it. */
  Name: string;
  /** Version as in `2.6.12-1+deb12u4`. */
  Version: string;
  /** Date of the version as in `2026/05/01`. */
  Release_date: string;
  /** Process id. */
  Pid: InfoNumber;
  /** Time since start as in `0d 0h00m08s`. */
  Uptime: string;
  /** Seconds since start. */
  Uptime_sec: InfoNumber;
  /** Number of threads. */
  Nbthread: InfoNumber;
  /** Most connections at once: `maxconn`, as it is now. */
  Maxconn: InfoNumber;
  /** The most that `Maxconn` can be set to. */
  Hard_maxconn: InfoNumber;
  /** Connections now. */
  CurrConns: InfoNumber;
  /** Connections since start. */
  CumConns: InfoNumber;
  /** Requests since start. */
  CumReq: InfoNumber;
  /** Percent of the last second that was spent waiting. */
  Idle_pct: InfoNumber;
  /** 1 while the process drains its last connections. */
  Stopping: InfoNumber;
  /** `global.node`, the host's name by default. */
  node?: string;
  /** `global.description`. */
  description?: string;
  /** The build, as `haproxy -v` names it. */
  "Build info"?: string;
  /** Start time in seconds since 1970. */
  Start_time_sec?: InfoNumber;
  /** Since 2.6 under this name for happi; 2.6 itself spells it `TotalSplicdedBytesOut`. */
  TotalSplicedBytesOut?: InfoNumber;
  /** All others, and those of newer versions. */
  [name: string]: string | InfoNumber | undefined;
}

/** A number of `show info`. */
export type InfoNumber = number | bigint;

/** Names that hold text whatever it looks like: a node may be called `123`. */
const TEXT_NAMES: ReadonlySet<string> = new Set(
  ["Name", "Version", "Release_date", "Uptime", "node", "description", "Build info"],
);

/** Names that HAProxy has mended since. */
const RENAMED: ReadonlyMap<string, string> = new Map([["TotalSplicdedBytesOut", "TotalSplicedBytesOut"]]);

/**
 * Reads `show info` and `show info float`; for `show info typed` and descriptions see `typed.ts`.
 *
 * @param answer the whole answer
 * @returns the values by HAProxy's names
 * @throws {UnexpectedAnswer} when a line is not `Name: value`, or the names that every version has are not all there
 */
export function parseInfo(answer: string): Info {
  const values = readInfoLines(answer);
  const text = (name: string): string => {
    const value = values.get(name);
    if (typeof value !== "string") throw new UnexpectedAnswer(COMMAND, `a line "${name}: ..."`, answer);
    return value;
  };
  const number = (name: string): InfoNumber => {
    const value = values.get(name);
    if (value === undefined || typeof value === "string") {
      throw new UnexpectedAnswer(COMMAND, `a line "${name}: <number>"`, answer);
    }
    return value;
  };
  return {
    ...Object.fromEntries(values),
    ...{ Name: text("Name"), Version: text("Version"), Release_date: text("Release_date"), Uptime: text("Uptime") },
    ...{ Pid: number("Pid"), Uptime_sec: number("Uptime_sec"), Nbthread: number("Nbthread") },
    ...{ Maxconn: number("Maxconn"), Hard_maxconn: number("Hard_maxconn"), CurrConns: number("CurrConns") },
    ...{ CumConns: number("CumConns"), CumReq: number("CumReq") },
    ...{ Idle_pct: number("Idle_pct"), Stopping: number("Stopping") },
  };
}

/**
 * The lines of `show info`, before anything is asked of them: values that HAProxy put in quotes are taken out, numbers
 * are numbers.
 *
 * @param answer the whole answer
 * @returns values by name, in HAProxy's order
 * @throws {UnexpectedAnswer} when a line is not `Name: value`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readInfoLines } from "./info.ts";
 *
 * const values = readInfoLines('Name: HAProxy\nUptime_sec: 8\nConnRate: 2.356\ndescription: "a ""b"", c"\n\n');
 * assert.equal(values.get("Uptime_sec"), 8);
 * assert.equal(values.get("ConnRate"), 2.356);
 * assert.equal(values.get("description"), 'a "b", c');
 * ```
 */
export function readInfoLines(answer: string): Map<string, string | InfoNumber> {
  const values = new Map<string, string | InfoNumber>();
  let end = answer.length;
  while (answer[end - 1] === "\n") end--;
  for (let at = 0; at < end;) {
    const colon = answer.indexOf(":", at);
    const name = colon < 0 ? "" : answer.slice(at, colon);
    if (!/^[A-Za-z][A-Za-z0-9_ -]*$/.test(name)) {
      throw new UnexpectedAnswer(COMMAND, 'lines of the form "Name: value"', answer, answer.slice(at));
    }
    // An empty value has no blank before it either in some versions.
    const start = answer[colon + 1] === " " ? colon + 2 : colon + 1;
    const quoted = answer[start] === '"';
    const lineEnd = quoted ? csvFieldEnd(answer, start) : answer.indexOf("\n", start);
    const valueEnd = !quoted && lineEnd < 0 ? end : lineEnd;
    if (valueEnd < 0 || (valueEnd < end && answer[valueEnd] !== "\n")) {
      throw new UnexpectedAnswer(COMMAND, "a quoted value with its end", answer, answer.slice(at));
    }
    const text = csvFieldText(answer, start, valueEnd);
    const number = quoted || TEXT_NAMES.has(name) ? undefined : parseNumber(text);
    values.set(RENAMED.get(name) ?? name, number ?? text);
    at = valueEnd + 1;
  }
  return values;
}
