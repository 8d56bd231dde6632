/**
 * The crt-lists that HAProxy holds: their names, and the lines of one (management guide, "show ssl crt-list").
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch, expectNumber } from "./expect.ts";

/**
 * Reads the names: the answer to `show ssl crt-list` without a name. It has no header, so a name with a blank in it is
 * refused: nothing would tell it from an error text.
 *
 * @param answer the whole answer
 * @returns the names of the lists (files, or directories with `crt <dir>`)
 * @throws {UnexpectedAnswer} when a line holds a blank
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCrtLists } from "./crt_list.ts";
 *
 * assert.deepEqual(parseCrtLists("/etc/haproxy/crt-list.txt\n\n"), ["/etc/haproxy/crt-list.txt"]);
 * ```
 */
export function parseCrtLists(answer: string): string[] {
  const names = answerLines(answer);
  for (const name of names) {
    if (name === "" || /\s/.test(name)) throw new UnexpectedAnswer(COMMAND, "one name a line", answer, name);
  }
  return names;
}

/** One line of a crt-list. */
export interface CrtListEntry {
  /** The certificate file. */
  filename: string;
  /** Its line number: `del ssl crt-list <list> <file>:<line>` wants it when the file is listed more than once. */
  line: number;
  /** What was between the square brackets, such as `alpn h2,http/1.1 verify none`; absent when there were none. */
  options?: string;
  /** SNI filters; a `!` in front means all but these. */
  filters: string[];
}

/** A crt-list. */
export interface CrtList {
  /** Its name. */
  name: string;
  /** Its lines, in HAProxy's order. */
  entries: CrtListEntry[];
}

/**
 * Reads the lines: the answer to `show ssl crt-list -n <list>`. Only the form with line numbers is read: without them the
 * name `site.pem:3` could be either.
 *
 * HAProxy puts a NUL byte behind the protocols of `alpn` and `npn`; it is left out of `options`.
 *
 * @param answer the whole answer
 * @returns the list
 * @throws {UnexpectedAnswer} when the first line is not `# <list>`, or a line is not `file:line [options] filters`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCrtList } from "./crt_list.ts";
 *
 * const list = parseCrtList("# crt-list.txt\nec.pem:2 [alpn h2\0 verify none] *.example.test !a.example.test\n\n");
 * assert.deepEqual(list.entries, [
 *   { filename: "ec.pem", line: 2, options: "alpn h2 verify none", filters: ["*.example.test", "!a.example.test"] },
 * ]);
 * ```
 */
export function parseCrtList(answer: string): CrtList {
  const [title, ...lines] = answerLines(answer);
  const [name = ""] = expectMatch(COMMAND, '"# <list>"', /^# (.+)$/, title, answer);
  return { name, entries: lines.map((line) => readEntry(line, answer)) };
}

const COMMAND = "show ssl crt-list";
const ENTRY = /^([^ ]+):(\d+)(?: \[([^\]]*)\])?((?: [^ ]+)*) ?$/;

function readEntry(line: string, answer: string): CrtListEntry {
  // NUL would otherwise travel into JSON and back to HAProxy, which ends a line there.
  const text = line.replaceAll("\0", "");
  const [filename = "", number, options = "", filters = ""] = expectMatch(
    COMMAND,
    '"<file>:<line> [<options>] <filters>"',
    ENTRY,
    text,
    answer,
  );
  return {
    filename,
    line: expectNumber(COMMAND, number, answer),
    ...(options === "" ? {} : { options }),
    filters: filters.split(" ").filter((filter) => filter !== ""),
  };
}
