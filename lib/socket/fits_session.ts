/**
 * Which commands may share a session.
 *
 * In a session an answer ends where a line starts with the prompt `> `, so a command may run there when its answer
 * cannot hold such a line: numbers, names, keys and values that HAProxy escapes or that cannot hold a line feed. Free
 * text is kept out (logs, certificates, environment, and `show stat`, where HAProxy 2.6 prints a line feed that an agent
 * sent), and so is what changes or ends the session, or waits. What is not in the table runs on a connection of its own.
 */
import { isSingleCommand } from "./command.ts";

/** First words, and the second words that may follow each. */
const FITTING: Readonly<Record<string, string>> = {
  add: "acl map server",
  clear: "acl counters map table",
  commit: "acl map",
  del: "acl map server",
  disable: "agent dynamic-cookie frontend health server",
  enable: "agent dynamic-cookie frontend health server",
  get: "acl map weight",
  prepare: "acl map",
  set: "map maxconn rate-limit server table weight",
  show: "acl activity backend cli info map resolvers servers table version",
  shutdown: "frontend session sessions",
};

/** The same, as lines start: "add acl", ... */
const FITTING_STARTS: ReadonlySet<string> = new Set(
  Object.entries(FITTING).flatMap(([first, seconds]) => seconds.split(" ").map((second) => `${first} ${second}`)),
);

/** A longer line might not fit into HAProxy's buffer (`tune.bufsize`, 16 kB by default), which would end the session. */
const LONGEST_LINE_BYTES = 8000;

/**
 * Whether a command may share a session.
 *
 * @param line one that `checkLine` accepts
 */
export function fitsSession(line: string): boolean {
  const second = line.indexOf(" ") + 1;
  const third = line.indexOf(" ", second);
  return FITTING_STARTS.has(third < 0 ? line : line.slice(0, third)) && isSingleCommand(line) && isShort(line);
}

function isShort(line: string): boolean {
  if (line.length * 3 <= LONGEST_LINE_BYTES) return true; // no character has more than three bytes of UTF-8 a code unit
  return line.length <= LONGEST_LINE_BYTES && encoder.encode(line).length <= LONGEST_LINE_BYTES;
}

const encoder = new TextEncoder();
