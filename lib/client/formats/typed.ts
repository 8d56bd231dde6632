/**
 * Parsers of `show info typed` and `show stat typed`, with and without `desc` (management guide, 9.2 and 9.3): one value a
 * line, `position.name.process:TAGS:type:value`; for `show stat` with the object (`S.2.1.`) before it.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";
import { STAT_KINDS, type StatKind } from "./stat_columns.ts";
import { decodeTags, type TypedTags } from "./typed_tags.ts";

/** One value with all that HAProxy says about it. */
export interface TypedField extends TypedTags {
  /** HAProxy's name of the value. */
  name: string;
  /** Its position among all values, stable over versions; there are holes. */
  position: number;
  /** Number of the process, always 1 since HAProxy 2.5. */
  process: number;
  /** HAProxy's type: `s32`, `s64`, `u32`, `u64`, `flt`, `str`. */
  type: string;
  /** The value; a number beyond 2^53 - 1 is a bigint. */
  value: string | number | bigint;
  /** HAProxy's explanation, with the option `desc`. */
  description?: string;
}

/** The values of one object of `show stat typed`. */
export interface TypedStat {
  /** What the object is. */
  kind: StatKind;
  /** Number of the proxy. */
  iid: number;
  /** Number of the server or listener in the proxy, 0 for the proxy's own sides. */
  sid: number;
  /** The values that apply to this object, in order of position. */
  fields: TypedField[];
}

/**
 * Reads `show info typed` and `show info typed desc`.
 *
 * @param answer the whole answer
 * @returns the values in HAProxy's order
 * @throws {UnexpectedAnswer} when a line is not a typed value
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTypedInfo } from "./typed.ts";
 *
 * assert.deepEqual(parseTypedInfo('8.Uptime_sec.1:MDPV:u32:4:"How long ago"\n\n'), [{
 *   ...{ name: "Uptime_sec", position: 8, process: 1, type: "u32", value: 4, description: "How long ago" },
 *   ...{ origin: "metric", nature: "duration", scope: "process", persistence: "volatile" },
 * }]);
 * ```
 */
export function parseTypedInfo(answer: string): TypedField[] {
  const values = readValues("show info typed", answer, INFO_HEAD);
  if (values.length === 0) throw new UnexpectedAnswer("show info typed", "typed values, one a line", answer);
  return values.map(({ field }) => field);
}

/**
 * Reads `show stat typed` and `show stat typed desc`. The domain `resolvers` has another form: read its CSV.
 *
 * @param answer the whole answer
 * @returns the objects in HAProxy's order, each with the values that apply to it
 * @throws {UnexpectedAnswer} when a line is not a typed value
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTypedStat } from "./typed.ts";
 *
 * const [server] = parseTypedStat("S.7.2.1.svname.1:KNS:str:s:1\nS.7.2.4.scur.1:MGP:u32:3\n\n");
 * assert.deepEqual([server?.kind, server?.iid, server?.sid], ["server", 7, 2]);
 * assert.deepEqual(server?.fields.map(({ name, value }) => [name, value]), [["svname", "s:1"], ["scur", 3]]);
 * ```
 */
export function parseTypedStat(answer: string): TypedStat[] {
  const objects: TypedStat[] = [];
  let current = "";
  for (const { letter, iid, sid, field } of readValues("show stat typed", answer, STAT_HEAD)) {
    const object = `${letter}.${iid}.${sid}`;
    const kind = KINDS.get(letter);
    if (kind !== undefined && object !== current) {
      objects.push({ kind, iid: Number(iid), sid: Number(sid), fields: [] });
      current = object;
    }
    objects.at(-1)?.fields.push(field);
  }
  return objects;
}

/** What is before the value; the groups are object (none), position, name, process, tags, type. */
const INFO_HEAD = /^()()()(\d{1,4})\.(.{1,100}?)\.(\d{1,9}):(\w{3,4}):(\w{3}):/;

/** The same with the object: letter, proxy, server. */
const STAT_HEAD = /^([FBSL])\.(\d{1,10})\.(\d{1,10})\.(\d{1,4})\.(.{1,100}?)\.(\d{1,9}):(\w{3,4}):(\w{3}):/;

/** `F`, `B`, `S`, `L`. */
const KINDS: ReadonlyMap<string, StatKind> = new Map(STAT_KINDS.map((kind) => [kind.charAt(0).toUpperCase(), kind]));

/** A value and the object it belongs to. */
interface TypedLine {
  letter: string;
  iid: string;
  sid: string;
  field: TypedField;
}

/** Reads all values; `head` matches what is before the value. */
function readValues(command: string, answer: string, head: RegExp): TypedLine[] {
  const lines = joinLines(answer, head);
  // The first value is a name of HAProxy's or of a proxy, which holds no quote: it tells whether descriptions follow.
  const described = lines[0] !== undefined && DESCRIBED.test(lines[0]);
  return lines.map((line) => {
    const [all = "", letter = "", iid = "", sid = "", position, name = "", process, tags = "", type = ""] =
      head.exec(line) ?? [];
    const words = decodeTags(tags);
    const quote = described ? line.lastIndexOf(':"') : line.length;
    const value = readValue(type, line.slice(all.length, Math.max(quote, all.length)));
    if (words === undefined || value === undefined || quote < all.length || (described && !line.endsWith('"'))) {
      throw new UnexpectedAnswer(command, "typed values, one a line", answer, line);
    }
    const field = { name, position: Number(position), process: Number(process), type, value, ...words };
    const description = line.slice(quote + 2, -1);
    return { letter, iid, sid, field: described ? { ...field, description } : field };
  });
}

/** A value with its description behind it. */
const DESCRIBED = /^[^"]*:"[^"]*"$/;

/** The lines, with those joined again that a line feed inside free text has cut (2.6). */
function joinLines(answer: string, head: RegExp): string[] {
  const whole: string[][] = [];
  let free = false;
  for (const line of answerLines(answer)) {
    const match = head.exec(line);
    if (match === null && free) {
      whole.at(-1)?.push(line);
    } else {
      whole.push([line]);
      free = match !== null && match[7]?.charAt(1) === "O";
    }
  }
  return whole.map((parts) => parts.join("\n"));
}

/** A value by HAProxy's type; undefined when the text is not of that type. */
function readValue(type: string, text: string): string | number | bigint | undefined {
  switch (type) {
    case "str":
      return text;
    case "s32":
    case "u32":
    case "s64":
    case "u64":
      return parseInteger(text);
    case "flt":
      return /^-?\d{1,40}(\.\d{1,40})?$/.test(text) ? Number(text) : undefined;
  }
  return undefined;
}
