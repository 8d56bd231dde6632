/**
 * Parameters that are lists: of words, of entries of maps and ACLs, of a stick table's data and filters. In code and JSON
 * they are arrays and objects; the text form, for the command line, is the one that HAProxy's own files and commands have.
 */
import { InvalidArgument } from "./errors.ts";
import { choice, integer, list, type Parameter, text } from "./parameter.ts";

/** Some of a few words. */
export function choices<const W extends string>(
  name: string,
  description: string,
  words: readonly W[],
): Parameter<readonly W[]> {
  const one = choice(name, description, words);
  const plain = list(name, description);
  const check = (value: unknown) => plain.check(value).map((word) => one.check(word));
  return { ...plain, choices: words, check, read: (given) => check(given.split(/[ ,]+/)) };
}

/** One key and its value in a map. */
export interface MapPair {
  /** What is looked up; any text without line breaks, in the form that the map's match method takes. */
  readonly key: string;
  /** What is found; any text without line breaks that is not empty. */
  readonly value: string;
}

/** Entries of a map. Its text is that of a map file: a key, blanks, a value on each line; `#` begins a comment line. */
export function mapPairs(name: string, description: string): Parameter<readonly MapPair[]> {
  const key = text("key", "the entry's key");
  const value = text("value", "the entry's value");
  const check = (given: unknown) =>
    arrayOf(name, given).map((entry) => {
      const { key: itsKey, value: itsValue, ...rest } = objectOf(name, entry);
      refuseRest(name, rest, "an entry has key and value");
      return { key: key.check(itsKey), value: value.check(itsValue) };
    });
  const read = (given: string) =>
    check(
      fileLines(given).map((line) => {
        const [, itsKey, itsValue] = /^(\S+)[ \t]+(.+)$/.exec(line) ?? [];
        if (itsKey === undefined) {
          throw new InvalidArgument(name, line, "write a key, a blank and a value on each line");
        }
        return { key: itsKey, value: itsValue };
      }),
    );
  return { name, description, optional: false, metavar: "LINES", form: "file", check, read };
}

/** Patterns of an ACL. Their text is that of an ACL file: a pattern on each line; `#` begins a comment line. */
export function aclPatterns(name: string, description: string): Parameter<readonly string[]> {
  const pattern = text("pattern", "the pattern");
  const check = (given: unknown) => arrayOf(name, given).map((one) => pattern.check(one));
  return {
    name,
    description,
    optional: false,
    metavar: "LINES",
    check,
    read: (given) => check(fileLines(given)),
  };
}

/** Keeps the entries of a stick table whose stored value compares as it says. */
export interface TableFilter {
  /** What is stored, by HAProxy's name: `http_req_rate`, `gpc0`; since HAProxy 3.2 also `gpc[0]`. */
  readonly data: string;
  /** Equal, not equal, less or equal, greater or equal, less, greater. */
  readonly op: "eq" | "ne" | "le" | "ge" | "lt" | "gt";
  /** What it is compared with. */
  readonly value: number;
}

/** Up to four filters that all must hold. Their text is `http_req_rate gt 100, gpc0 eq 0`. */
export function tableFilters(name: string, description: string): Parameter<readonly TableFilter[]> {
  const op = choice("op", "the comparison", ["eq", "ne", "le", "ge", "lt", "gt"]);
  const value = integer("value", "what it is compared with", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const check = (given: unknown) => {
    const filters = arrayOf(name, given).map((entry) => {
      const { data, op: itsOp, value: itsValue, ...rest } = objectOf(name, entry);
      refuseRest(name, rest, "a filter has data, op and value");
      return { data: dataName(name, data), op: op.check(itsOp), value: value.check(itsValue) };
    });
    if (filters.length > 4) throw new InvalidArgument(name, given, "HAProxy takes four filters at most");
    return filters;
  };
  const read = (given: string) =>
    check(
      given.split(",").map((filter) => {
        const [data, itsOp, itsValue = "", ...rest] = filter.trim().split(/ +/);
        if (rest.length > 0) throw new InvalidArgument(name, filter, 'write filters such as "http_req_rate gt 100"');
        return { data, op: itsOp, value: value.read(itsValue) };
      }),
    );
  return { name, description, optional: false, metavar: '"DATA OP N,..."', check, read };
}

/** What an entry of a stick table is to store: integers by HAProxy's names. Its text is `gpc0=5,http_req_cnt=0`. */
export function tableData(name: string, description: string): Parameter<Readonly<Record<string, number>>> {
  const check = (given: unknown) =>
    Object.fromEntries(
      Object.entries(objectOf(name, given)).map(([data, value]) => {
        const max = WIDE.test(data) ? Number.MAX_SAFE_INTEGER : 0xffffffff;
        return [dataName(name, data), integer(data, "its value", 0, max).check(value)];
      }),
    );
  const read = (given: string) =>
    check(Object.fromEntries(
      given.split(",").map((pair) => {
        const [, data, value] = /^([^=]+)=(\d{1,16})$/.exec(pair.trim()) ?? [];
        if (data === undefined) throw new InvalidArgument(name, pair, "write data=number");
        return [data, Number(value)];
      }),
    ));
  return { name, description, optional: false, metavar: "DATA=N,...", check, read };
}

/** Data types of 64 bits; HAProxy cuts the others off at 32 without a word. */
const WIDE = /^bytes_(?:in|out)_cnt$/;

function dataName(name: string, value: unknown): string {
  if (typeof value === "string" && /^[a-z][a-z0-9_]{0,40}(?:\[\d{1,3}\])?$/.test(value)) return value;
  throw new InvalidArgument(name, value, 'data is named as in "store": http_req_rate, gpc0, gpc[1]');
}

function arrayOf(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidArgument(name, value, "it must be a list");
  return value;
}

function objectOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidArgument(name, value, "it must be an object");
  }
  return { ...value };
}

function refuseRest(name: string, rest: object, why: string): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new InvalidArgument(name, unknown, why);
}

/** Lines of a map or ACL file that say something. */
function fileLines(content: string): string[] {
  return content.split(/\r?\n/).map((line) => line.replace(/^[ \t]+/, "")).filter((line) => !/^(?:#|$)/.test(line));
}
