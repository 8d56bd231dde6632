/**
 * Parsers of `get map` and `get acl` (management guide, 9.3): what a map or an ACL says about one value.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** How a map or an ACL answers for one value, in one of the places that use it. */
export interface PatternLookup {
  /** How the pattern is matched: `str`, `ip`, `beg`, `reg`, ... */
  type: string;
  /** Whether letter case matters. */
  case: "sensitive" | "insensitive";
  /** Whether an entry fits. */
  found: boolean;
  /** How the entry was found: `tree` or `list`. */
  idx?: string;
  /** The map's key or the ACL's pattern that fits; null when HAProxy does not know it. */
  key?: string | null;
  /** The map's value, null when there is none. */
  value?: string | null;
  /** Type of the map's value. */
  value_type?: string;
}

/**
 * Reads `get map <map> <value>`.
 *
 * @param answer the whole answer
 * @returns a result for each place in the configuration that uses the map (they may match in different ways)
 * @throws {UnexpectedAnswer} when a line is not a result, or quotes in key and value hide where the key ends
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMapLookup } from "./pattern_lookup.ts";
 *
 * const line = 'type=str, case=sensitive, found=yes, idx=tree, key="a.test", value="web", type="str"\n\n';
 * assert.deepEqual(parseMapLookup(line), [{
 *   ...{ type: "str", case: "sensitive", found: true, idx: "tree", key: "a.test", value: "web", value_type: "str" },
 * }]);
 * ```
 */
export function parseMapLookup(answer: string): PatternLookup[] {
  return readLookups("get map", answer, "found", (rest) => {
    if (rest === ", key=unknown, value=none") return { key: null, value: null };
    const [, type = ""] = /", type="([a-z0-9_]+)"$/.exec(rest) ?? [];
    const valueless = rest.startsWith(', key="') && rest.endsWith('", value=none');
    if (valueless) return { key: rest.slice(', key="'.length, -'", value=none'.length), value: null };
    const texts = rest.slice(', key="'.length, -`", type="${type}"`.length).split('", value="');
    const [key, value] = texts;
    if (!rest.startsWith(', key="') || type === "" || texts.length !== 2) return undefined;
    return key === undefined || value === undefined ? undefined : { key, value, value_type: type };
  });
}

/**
 * Reads `get acl <acl> <value>`.
 *
 * @param answer the whole answer
 * @returns a result for each place in the configuration that uses the ACL
 * @throws {UnexpectedAnswer} when a line is not a result
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAclLookup } from "./pattern_lookup.ts";
 *
 * const [result] = parseAclLookup("type=ip, case=sensitive, match=no\n\n");
 * assert.deepEqual(result, { type: "ip", case: "sensitive", found: false });
 * ```
 */
export function parseAclLookup(answer: string): PatternLookup[] {
  return readLookups("get acl", answer, "match", (rest) => {
    if (rest === ", pattern=unknown") return { key: null };
    const quoted = rest.startsWith(', pattern="') && rest.endsWith('"') && rest.length > ', pattern="'.length;
    return quoted ? { key: rest.slice(', pattern="'.length, -1) } : undefined;
  });
}

/** Reads all results; `readRest` reads what follows `idx`. */
function readLookups(
  command: string,
  answer: string,
  word: "found" | "match",
  readRest: (rest: string) => Pick<PatternLookup, "key" | "value" | "value_type"> | undefined,
): PatternLookup[] {
  const lines = answerLines(answer);
  const results = lines.map((line) => {
    const [start = "", type, letterCase, claim, found, idx] = LOOKUP.exec(line) ?? [];
    const rest = found === "yes" ? readRest(line.slice(start.length)) : {};
    const ended = found === "yes" || start.length === line.length;
    const known = letterCase === "sensitive" || letterCase === "insensitive";
    if (type === undefined || !known || claim !== word || rest === undefined || !ended) {
      throw new UnexpectedAnswer(command, `results such as "type=..., case=..., ${word}=..."`, answer, line);
    }
    const result: PatternLookup = { type, case: letterCase, found: found === "yes" };
    return idx === undefined ? result : { ...result, idx, ...rest };
  });
  if (results.length === 0) throw new UnexpectedAnswer(command, "a result", answer);
  return results;
}

const LOOKUP = /^type=(\w+), case=(\w+), (found|match)=(?:no|(yes), idx=(\w+))/;
