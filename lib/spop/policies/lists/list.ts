/**
 * One address list: read, and refused when it does not look like what it should be.
 */
import { PrefixSet } from "../prefixes/prefix_set.ts";
import { Slices } from "../slices.ts";
import { SourceFailed } from "../sources/source.ts";
import { type FormatOptions, lineReader } from "./format.ts";
import { Lines } from "./lines.ts";

/** What a list must be like to be taken. */
export interface ListLimits {
  /** More prefixes than this are an error; a range counts as the prefixes that it is made of. */
  readonly maxEntries: number;
  /** A list that has less than this share of the entries that it had before is refused, from 0 (any) to 1. */
  readonly minShare: number;
  /** Whether a list without any entry is taken. */
  readonly allowEmpty: boolean;
}

/** A list as it was read. */
export interface List {
  /** The entries. */
  readonly prefixes: PrefixSet;
  /** How many lines were not understood, and left out. */
  readonly badLines: number;
  /** The number of the first of them, from 1; 0 when there is none. */
  readonly firstBadLine: number;
}

/** Lists smaller than this may shrink as they like: people edit them by hand. */
const SMALL_LIST = 100;

/**
 * Reads a list.
 *
 * @param name its path or URL
 * @param body its bytes
 * @param format how it is written
 * @param limits what it must be like
 * @param before the list that it is to replace
 * @param signal gives up
 * @throws {SourceFailed} when it is too long, empty, much shorter than before, or mostly something else than a list
 */
export async function readList(
  name: string,
  body: AsyncIterable<Uint8Array>,
  format: FormatOptions,
  limits: ListLimits,
  before: List | undefined,
  signal?: AbortSignal,
): Promise<List> {
  const prefixes = new PrefixSet();
  const readLine = lineReader(name, format);
  const slices = new Slices();
  let badLines = 0;
  let firstBadLine = 0;
  const lines = new Lines((bytes, from, to, line) => {
    if (readLine(bytes, from, to, line, prefixes)) return;
    badLines++;
    if (firstBadLine === 0) firstBadLine = line;
  });
  for await (const chunk of body) {
    for (let from = 0; from < chunk.length; from += STEP) {
      lines.push(chunk.subarray(from, from + STEP));
      if (prefixes.count > limits.maxEntries) {
        throw new SourceFailed(name, `it has more than ${limits.maxEntries} entries`);
      }
      if (slices.isOver) await slices.next(signal);
    }
  }
  lines.end();
  prefixes.trim();
  const list = { prefixes, badLines, firstBadLine };
  const why = whyRefused(list, limits, before);
  if (why !== undefined) throw new SourceFailed(name, why);
  return list;
}

/** Bytes between two looks at the clock: a line of 11 bytes can be a range of 254 prefixes. */
const STEP = 2 * 1024;

function whyRefused(list: List, limits: ListLimits, before: List | undefined): string | undefined {
  const { count } = list.prefixes;
  if (list.badLines > count) {
    return `it is no such list: ${list.badLines} lines could not be understood, the first is line ${list.firstBadLine}`;
  }
  if (count > limits.maxEntries) return `it has more than ${limits.maxEntries} entries`;
  if (count === 0 && !limits.allowEmpty) return "it has no entries";
  const countBefore = before?.prefixes.count ?? 0;
  if (countBefore >= SMALL_LIST && count < countBefore * limits.minShare) {
    return `it has ${count} entries and had ${countBefore} before`;
  }
  return undefined;
}
