/**
 * Parsers of `show sess` (management guide, 9.3): the short form has one line a stream, the long form (`show sess <id>`,
 * `show sess all`) a header line and indented free text, of which only what has been stable since 2.6 is read.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";

const COMMAND = "show sess";

/** One stream of the short form, by HAProxy's names; null where HAProxy says that there is none. */
export interface Session {
  /** The stream's address in memory, which `show sess` and `shutdown session` take: `0x55...`. */
  id: string;
  /** `tcpv4`, `tcpv6`, `unix_stream`, ... or `?`. */
  proto: string;
  /** Client address and port; absent for streams that HAProxy opened itself. */
  src?: string;
  /** Frontend. */
  fe?: string;
  /** Backend. */
  be?: string | null;
  /** Server. */
  srv?: string | null;
  /** Age as HAProxy writes it: `1s`, `2h5m`. */
  age: string;
  /** Times the stream's task was called. */
  calls?: number | bigint;
  /** Calls a second. */
  rate?: number | bigint;
  /** Nanoseconds spent, when profiling is on. */
  cpu?: number | bigint;
  /** Nanoseconds waited for the processor, when profiling is on. */
  lat?: number | bigint;
  /** Connection retries done. */
  rc?: number | bigint;
  /** First line of the request, with `show-uri` (3.1). */
  uri?: string;
  /** The rest as HAProxy writes it; what is in brackets (`rq`, `rp`, `scf`, `scb`; `run` while it waits to run) without them. */
  [key: string]: string | number | bigint | null | undefined;
}

/** Keys with integers. */
const NUMBER_KEYS: ReadonlySet<string> = new Set(["calls", "rate", "cpu", "lat", "rc"]);

/** What stands for nothing: no backend, no server yet, no expiry. */
const NOTHING: ReadonlySet<string> = new Set(["<NONE>", "<none>", ""]);

/**
 * Reads `show sess` without an id, with any filter.
 *
 * @param answer the whole answer
 * @returns the streams in HAProxy's order, which differs by version; none for an empty answer (a filter kept none)
 * @throws {UnexpectedAnswer} when a line is not a stream
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSessions } from "./sessions.ts";
 *
 * const [session] = parseSessions(
 *   '0x55aa: proto=tcpv4 src=127.0.0.1:4 fe=web be=app srv=<none> age=1s calls=2 rq[f=80h,i=0] c_exp= uri="GET / HTTP/1.1"\n\n',
 * );
 * assert.deepEqual(session, {
 *   ...{ id: "0x55aa", proto: "tcpv4", src: "127.0.0.1:4", fe: "web", be: "app", srv: null, age: "1s", calls: 2 },
 *   ...{ rq: "f=80h,i=0", c_exp: null, uri: "GET / HTTP/1.1" },
 * });
 * ```
 */
export function parseSessions(answer: string): Session[] {
  return answerLines(answer).map((line) => {
    const values = readLine(line);
    const { id, proto, age } = values ?? {};
    if (typeof id !== "string" || typeof proto !== "string" || typeof age !== "string") {
      throw new UnexpectedAnswer(COMMAND, 'streams such as "0x55...: proto=... age=..."', answer, line);
    }
    return { ...values, id, proto, age };
  });
}

type SessionValues = Record<string, string | number | bigint | null>;

/** The values of one line; undefined when it is not one of a stream. */
function readLine(line: string): SessionValues | undefined {
  const [head = "", id = ""] = /^(0x[0-9a-f]{1,16}): /.exec(line) ?? [];
  if (id === "") return undefined;
  // The request line may hold anything but is the last.
  const uriAt = line.indexOf(' uri="');
  if (uriAt >= 0 && !line.endsWith('"')) return undefined;
  const values: SessionValues = { id };
  for (const word of line.slice(head.length, uriAt < 0 ? line.length : uriAt).split(" ")) {
    const [, key, value, square, round] = /^([a-z][a-z_]*)(?:=(.*)|\[(.*)\]|\((.*)\))$/.exec(word) ?? [];
    const number = key !== undefined && NUMBER_KEYS.has(key) ? parseInteger(value ?? "") : null;
    if (key === undefined || number === undefined) return undefined;
    const text = value ?? square ?? round ?? "";
    values[key] = number ?? (NOTHING.has(text) ? null : text);
  }
  if (uriAt >= 0) values.uri = line.slice(uriAt + ' uri="'.length, -1);
  return values;
}

/** One stream of the long form: what can be proven of it, and all of its lines. */
export interface SessionDetail {
  /** The stream's address in memory. */
  id: string;
  /** When it began, in HAProxy's local time: `21/Nov/2026:00:20:10.633849`. */
  date: string;
  /** Number of the stream since the process started. */
  uniq_id: number | bigint;
  /** `tcpv4`, `tcpv6`, `unix_stream`, ... or `?`. */
  proto: string;
  /** Client address and port; null for streams that HAProxy opened itself. */
  source: string | null;
  /** Name of the frontend. */
  frontend: string | null;
  /** Name of the listener in the frontend. */
  listener: string | null;
  /** Name of the backend. */
  backend: string | null;
  /** Name of the server in the backend. */
  server: string | null;
  /** The lines of the stream as HAProxy wrote them, the first one included. */
  lines: string[];
}

/** Lines behind the first that name a part, which starts them, by the name of the part. */
const PARTS = {
  frontend: /^ {2}frontend=(\S+) \(id=/,
  listener: /^ {2}frontend=\S+ \(id=\S+ mode=\S+\), listener=(\S+) \(id=/,
  backend: /^ {2}backend=(\S+) \(id=/,
  server: /^ {2}server=(\S+) \(id=/,
} as const;

/**
 * Reads `show sess <id>` and `show sess all`.
 *
 * @param answer the whole answer
 * @returns the streams; none for an empty answer
 * @throws {UnexpectedAnswer} when it does not start with a stream (`Session not found.`) or a line is not indented
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSession } from "./sessions.ts";
 *
 * const [session] = parseSession(
 *   "0x55aa: [21/Nov/2026:00:20:10.633849] id=54 proto=tcpv4 source=127.0.0.1:3\n  backend=web (id=7 mode=http)\n\n",
 * );
 * assert.equal(session?.uniq_id, 54);
 * assert.equal(session?.backend, "web");
 * assert.equal(session?.lines.length, 2);
 * ```
 */
export function parseSession(answer: string): SessionDetail[] {
  const sessions: SessionDetail[] = [];
  for (const line of answerLines(answer)) {
    const session = sessions.at(-1);
    if (line.startsWith("  ") && session !== undefined) {
      session.lines.push(line);
      for (const [part, name] of namedParts(line)) session[part] = name;
      continue;
    }
    const [, id, date, number = "", proto, source] =
      /^(0x[0-9a-f]{1,16}): \[([^\]]+)\] id=(\d+) proto=(\S+)(?: source=(\S+))?$/.exec(line) ?? [];
    const uniqId = parseInteger(number);
    if (id === undefined || date === undefined || uniqId === undefined || proto === undefined) {
      throw new UnexpectedAnswer(COMMAND, 'streams such as "0x55...: [date] id=... proto=..."', answer, line);
    }
    const unnamed = { frontend: null, listener: null, backend: null, server: null };
    sessions.push({ id, date, uniq_id: uniqId, proto, source: source ?? null, ...unnamed, lines: [line] });
  }
  return sessions;
}

/** The parts that a line names. */
function namedParts(line: string): [keyof typeof PARTS, string][] {
  const parts: [keyof typeof PARTS, string][] = [];
  let part: keyof typeof PARTS;
  for (part in PARTS) {
    const name = PARTS[part].exec(line)?.[1];
    if (name !== undefined && name !== "?" && !NOTHING.has(name)) parts.push([part, name]);
  }
  return parts;
}
