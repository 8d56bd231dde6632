/**
 * The formats of address lists: what a line says.
 */
import type { PrefixSet } from "../prefixes/prefix_set.ts";
import { csvLine, type CsvOptions } from "./csv_line.ts";
import { netsetLine } from "./netset_line.ts";

/**
 * Reads a line into a set.
 *
 * @returns false when the line is neither an entry nor something that may be there: then nothing was added
 */
export type ReadLine = (bytes: Uint8Array, from: number, to: number, line: number, set: PrefixSet) => boolean;

/** How a list is written. */
export interface FormatOptions extends CsvOptions {
  /**
   * `netset` (one address, network or range a line; `#` and `;` begin a comment) or `csv`. Without it, what the name
   * ends with decides, and `netset` where that is not `.csv`.
   */
  readonly format?: "netset" | "csv";
  /** The score of entries that have none of their own; 0 if not given. */
  readonly score?: number;
}

/** The formats. */
export const FORMATS = ["netset", "csv"] as const;

/** A reader for the lines of one list, from its first line on. */
export function lineReader(location: string, options: FormatOptions): ReadLine {
  const format = options.format ?? (/\.csv$/i.test(location.replace(/[?#].*$/, "")) ? "csv" : "netset");
  const score = options.score ?? 0;
  return format === "csv" ? csvLine(score, options) : netsetLine(score);
}
