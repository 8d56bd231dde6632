/**
 * Parsers of `show map` and `show acl` without arguments (management guide, 9.3): the lists of maps and ACLs.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";

/** One map or ACL that HAProxy has loaded. */
export interface PatternList {
  /** Its number, which commands take as `#<id>`. */
  id: number;
  /** Its file, null for an ACL written in the configuration. */
  file: string | null;
  /** Where it comes from and who uses it, in HAProxy's words. */
  description: string;
  /** The version that is matched against. Since 2.4. */
  curr_ver?: number | bigint;
  /** The version that `prepare` has given out last. Since 2.4. */
  next_ver?: number | bigint;
  /** Entries of all versions, those not committed yet included. Since 2.4. */
  entry_cnt?: number | bigint;
}

/**
 * Reads `show map`.
 *
 * @param answer the whole answer
 * @returns the maps
 * @throws {UnexpectedAnswer} when the header or a line is not of the list
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMaps } from "./pattern_list.ts";
 *
 * assert.deepEqual(
 *   parseMaps("# id (file) description\n6 (/etc/hosts.map) pattern loaded curr_ver=0 next_ver=1 entry_cnt=3\n\n"),
 *   [{ id: 6, file: "/etc/hosts.map", description: "pattern loaded", curr_ver: 0, next_ver: 1, entry_cnt: 3 }],
 * );
 * ```
 */
export function parseMaps(answer: string): PatternList[] {
  return readLists("show map", answer);
}

/**
 * Reads `show acl`.
 *
 * @param answer the whole answer
 * @returns the ACLs
 * @throws {UnexpectedAnswer} when the header or a line is not of the list
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAcls } from "./pattern_list.ts";
 *
 * const [acl] = parseAcls("# id (file) description\n1 () acl 'src' line 93. curr_ver=0 next_ver=0 entry_cnt=1\n");
 * assert.equal(acl?.file, null);
 * ```
 */
export function parseAcls(answer: string): PatternList[] {
  return readLists("show acl", answer);
}

/** Both lists look the same. */
function readLists(command: string, answer: string): PatternList[] {
  const [header, ...lines] = answerLines(answer);
  if (header !== "# id (file) description") {
    throw new UnexpectedAnswer(command, 'the header line "# id (file) description"', answer);
  }
  return lines.map((line) => {
    const list = readList(line);
    if (list === undefined) throw new UnexpectedAnswer(command, 'lines such as "0 (file) description"', answer, line);
    return list;
  });
}

/** One line; undefined when it is not `id (file) description [curr_ver=N next_ver=N entry_cnt=N]`. */
function readList(line: string): PatternList | undefined {
  const [start = "", id] = /^(\d{1,9}) \(/.exec(line) ?? [];
  const close = line.indexOf(") ", start.length);
  if (id === undefined || close < 0) return undefined;
  const file = line.slice(start.length, close) || null;
  const versions = line.lastIndexOf(" curr_ver=");
  if (versions < close) return { id: Number(id), file, description: line.slice(close + 2) };
  const numbers = /^ curr_ver=(\d+) next_ver=(\d+) entry_cnt=(\d+)$/.exec(line.slice(versions))?.slice(1) ?? [];
  const [curr, next, count] = numbers.map(parseInteger);
  if (curr === undefined || next === undefined || count === undefined) return undefined;
  const description = line.slice(close + 2, Math.max(versions, close + 2));
  return { id: Number(id), file, description, curr_ver: curr, next_ver: next, entry_cnt: count };
}
