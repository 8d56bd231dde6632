/**
 * Lists with scores: a line has columns, one of them the prefix and one, if there is one, the score. Fields may be in
 * double quotes, not over several lines.
 */
import type { ReadLine } from "./format.ts";
import { skipMark } from "./netset_line.ts";
import { decimal, find, PrefixText, trimEnd, trimStart } from "./prefix_text.ts";

/** Which columns mean what. */
export interface CsvOptions {
  /** The column with the prefix: its number from 1, or its name in the header line; 1 if not given. */
  readonly prefixColumn?: number | string;
  /** The column with the score from 0 to 100; 2 if not given, 0 for none. Fractions are rounded down. */
  readonly scoreColumn?: number | string;
  /** Whether the first line names the columns; true when a column is given by name, otherwise false. */
  readonly header?: boolean;
  /** What is between two columns, a single ASCII character; a comma if not given. */
  readonly delimiter?: string;
}

/**
 * A reader for such lines.
 *
 * @param score of entries whose score is empty or missing
 * @param options which columns mean what
 */
export function csvLine(score: number, options: CsvOptions): ReadLine {
  const { prefixColumn = 1, scoreColumn = 2, delimiter = "," } = options;
  const hasHeader = options.header ?? (typeof prefixColumn === "string" || typeof scoreColumn === "string");
  const fields = new Fields(delimiter.charCodeAt(0));
  const text = new PrefixText();
  let prefixAt = typeof prefixColumn === "number" ? prefixColumn - 1 : -1;
  let scoreAt = typeof scoreColumn === "number" ? scoreColumn - 1 : -1;
  const readHeader = (bytes: Uint8Array): boolean => {
    const names = fields.texts(bytes);
    if (typeof prefixColumn === "string") prefixAt = names.indexOf(prefixColumn);
    if (typeof scoreColumn === "string") scoreAt = names.indexOf(scoreColumn);
    return prefixAt >= 0 && (typeof scoreColumn === "number" || scoreAt >= 0);
  };
  return (bytes, from, to, line, set) => {
    const start = line === 1 ? skipMark(bytes, from, to) : from;
    const first = trimStart(bytes, start, to);
    if (first === to || bytes[first] === HASH) return !(hasHeader && line === 1);
    if (!fields.split(bytes, start, to)) return false;
    if (hasHeader && line === 1) return readHeader(bytes);
    if (prefixAt < 0 || prefixAt >= fields.count) return false;
    const own = scoreAt < 0 || scoreAt >= fields.count ? score : scoreOf(bytes, fields, scoreAt, score);
    return own >= 0 && text.addTo(bytes, fields.starts[prefixAt] ?? 0, fields.ends[prefixAt] ?? 0, own, set);
  };
}

const HASH = 0x23;
const QUOTE = 0x22;
const DOT = 0x2e;
const MAX_FIELDS = 64;

/** Where the fields of a line are; those behind the 64th are left out. */
class Fields {
  count = 0;
  readonly starts = new Uint32Array(MAX_FIELDS);
  readonly ends = new Uint32Array(MAX_FIELDS);
  readonly #delimiter: number;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  /** Finds the fields, without quotes and the space around them; false when a quote is not closed where it should be. */
  split(bytes: Uint8Array, from: number, to: number): boolean {
    this.count = 0;
    for (let at = from; at <= to && this.count < MAX_FIELDS; this.count++) {
      let start = trimStart(bytes, at, to);
      // A tab may be the delimiter itself.
      if (this.#delimiter === 0x09) start = at;
      let end = start;
      if (bytes[start] === QUOTE && start < to) {
        end = find(bytes, QUOTE, start + 1, to);
        if (end === to) return false;
        at = trimStart(bytes, end + 1, to);
        if (at < to && bytes[at] !== this.#delimiter) return false;
        this.starts[this.count] = start + 1;
        this.ends[this.count] = end;
      } else {
        end = find(bytes, this.#delimiter, start, to);
        at = end;
        this.starts[this.count] = start;
        this.ends[this.count] = trimEnd(bytes, start, end);
      }
      at++;
    }
    return true;
  }

  texts(bytes: Uint8Array): string[] {
    const decoder = new TextDecoder();
    return Array.from(
      { length: this.count },
      (_, index) => decoder.decode(bytes.subarray(this.starts[index], this.ends[index])),
    );
  }
}

/** The score in a field, the usual one when it is empty, -1 when it is none. */
function scoreOf(bytes: Uint8Array, fields: Fields, at: number, usual: number): number {
  const start = fields.starts[at] ?? 0;
  const end = fields.ends[at] ?? 0;
  if (start === end) return usual;
  const dot = find(bytes, DOT, start, end);
  const score = decimal(bytes, start, dot, 3);
  if (dot < end && decimal(bytes, dot + 1, end, 12) < 0) return -1;
  return score <= 100 ? score : -1;
}
