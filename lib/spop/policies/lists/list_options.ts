/**
 * The options of an address list, as a configuration has them.
 */
import {
  checkOptions,
  flag,
  integer,
  number,
  oneOf,
  type OptionCheck,
  type OptionChecks,
  text,
} from "../option_checks.ts";
import { InvalidPolicy } from "../policy.ts";
import { nameOf } from "../sources/source.ts";
import { type FormatOptions, FORMATS } from "./format.ts";

/** A list of addresses. */
export interface ListOptions extends FormatOptions {
  /** A path, or a URL that begins with `http://` or `https://`. */
  readonly source: string;
  /** Its name in statistics and logs; the source, without user, password and query of a URL, if not given. */
  readonly name?: string;
  /** How often the source is asked, in milliseconds: 10 seconds for files and an hour for URLs if not given. */
  readonly intervalMs?: number;
  /** How long a URL's whole answer may take, in milliseconds; 60 seconds if not given. */
  readonly timeoutMs?: number;
  /** The most bytes it may have, after decompression; 256 MiB if not given. */
  readonly maxBytes?: number;
  /** The most prefixes it may have; 2,000,000 if not given. */
  readonly maxEntries?: number;
  /**
   * How long its entries count since the server last confirmed the list or the file was last written, in milliseconds; for
   * ever if not given. It is looked at when the source is asked.
   */
  readonly maxAgeMs?: number;
  /** What has less than this share of the entries before is refused (100 or more of them); 0.5 if not given, 0 takes all. */
  readonly minShare?: number;
  /** Whether it may have no entries; not so if not given. */
  readonly allowEmpty?: boolean;
  /** Whether the policy does not start without it; so for files and not for URLs if not given. */
  readonly required?: boolean;
}

/** The limits that hold where none are given. */
export const LIST_DEFAULTS = {
  timeoutMs: 60_000,
  maxBytes: 256 * 2 ** 20,
  maxEntries: 2_000_000,
  minShare: 0.5,
  allowEmpty: false,
} as const;

const column = (least: number): OptionCheck => (value) =>
  integer(least, 64)(value) === undefined || text(64)(value) === undefined
    ? undefined
    : `a number from ${least} to 64 or a name of the header line`;

const delimiter: OptionCheck = (value) =>
  typeof value === "string" && /^[\t!#-,./:-@[-`{-~ -]$/.test(value) ? undefined : "a single ASCII character";

const LIST_CHECKS: OptionChecks<ListOptions> = {
  source: text(2048),
  name: text(100),
  format: oneOf(FORMATS),
  score: integer(0, 100),
  prefixColumn: column(1),
  scoreColumn: column(0),
  header: flag,
  delimiter,
  intervalMs: integer(1_000, 7 * 86_400_000),
  timeoutMs: integer(1, 3_600_000),
  maxBytes: integer(1, 2 ** 31),
  maxEntries: integer(1, 16_000_000),
  maxAgeMs: integer(1_000, 10 * 365 * 86_400_000),
  minShare: number(0, 1),
  allowEmpty: flag,
  required: flag,
};

/**
 * Checks the lists of a policy.
 *
 * @param policy the policy's name
 * @param lists as they were given
 * @throws {InvalidPolicy} at the first option that does not fit, or when two lists have one name
 */
export function checkLists(policy: string, lists: readonly ListOptions[]): void {
  const names = new Set<string>();
  for (const [index, list] of lists.entries()) {
    const where = `lists[${index}]`;
    if (typeof list !== "object" || list === null) throw new InvalidPolicy(policy, `option "${where}" must be a table`);
    checkOptions(policy, list, LIST_CHECKS, where);
    if (list.source === undefined) throw new InvalidPolicy(policy, `option "${where}.source" is missing`);
    const name = list.name ?? nameOf(list.source);
    if (names.has(name)) throw new InvalidPolicy(policy, `two lists have the name "${name}"`);
    names.add(name);
  }
}
