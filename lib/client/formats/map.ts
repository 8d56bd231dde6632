/**
 * Parsers of what is in a map or an ACL (management guide, 9.3): `show map <map>`, `show acl <acl>`, and the answer to
 * `prepare map` and `prepare acl`. The lists of maps and ACLs are in `pattern_list.ts`, lookups in `pattern_lookup.ts`.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** One entry of a map. */
export interface MapEntry {
  /** HAProxy's reference of the entry, `0x...`, which `set map` and `del map` take as `#<id>`. */
  id: string;
  /** The key up to its first blank: HAProxy prints a key with blanks so that nobody can tell where it ends. */
  key: string;
  /** What follows the key, to the end of the line. */
  value: string;
}

/** One entry of an ACL. */
export interface AclEntry {
  /** HAProxy's reference of the entry, `0x...`, which `del acl` takes as `#<id>`. */
  id: string;
  /** The pattern, to the end of the line. */
  pattern: string;
}

/**
 * Reads `show map <map>`, also with a version.
 *
 * @param answer the whole answer
 * @returns the entries; none for an empty answer (an empty map, or a version that does not exist)
 * @throws {UnexpectedAnswer} when a line does not start with a reference
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMapEntries } from "./map.ts";
 *
 * assert.deepEqual(parseMapEntries("0x55aa www.example.test value with  spaces\n\n"), [
 *   { id: "0x55aa", key: "www.example.test", value: "value with  spaces" },
 * ]);
 * ```
 */
export function parseMapEntries(answer: string): MapEntry[] {
  return readEntries("show map", answer).map(({ id, text }) => {
    const space = text.indexOf(" ");
    if (space < 0) return { id, key: text, value: "" };
    return { id, key: text.slice(0, space), value: text.slice(space + 1) };
  });
}

/**
 * Reads `show acl <acl>`, also with a version.
 *
 * @param answer the whole answer
 * @returns the entries; none for an empty answer
 * @throws {UnexpectedAnswer} when a line does not start with a reference
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAclEntries } from "./map.ts";
 *
 * assert.deepEqual(parseAclEntries("0x55aa evil crawler\n"), [{ id: "0x55aa", pattern: "evil crawler" }]);
 * ```
 */
export function parseAclEntries(answer: string): AclEntry[] {
  return readEntries("show acl", answer).map(({ id, text }) => ({ id, pattern: text }));
}

/** Reference and text of each line. */
function readEntries(command: string, answer: string): { id: string; text: string }[] {
  return answerLines(answer).map((line) => {
    const [start = "", id] = /^(0x[0-9a-f]{1,16}) /.exec(line) ?? [];
    if (id === undefined) throw new UnexpectedAnswer(command, 'entries such as "0x55... text"', answer, line);
    return { id, text: line.slice(start.length) };
  });
}

/**
 * Reads `prepare map` and `prepare acl`.
 *
 * @param answer the whole answer
 * @returns the number of the version that entries can be added to, until it is committed
 * @throws {UnexpectedAnswer} when it is not `New version created: <number>`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseNewVersion } from "./map.ts";
 *
 * assert.equal(parseNewVersion("New version created: 7\n\n"), 7);
 * ```
 */
export function parseNewVersion(answer: string): number {
  const [, version] = /^New version created: (\d{1,10})\n*$/.exec(answer) ?? [];
  if (version === undefined) throw new UnexpectedAnswer("prepare", '"New version created: <number>"', answer);
  return Number(version);
}
