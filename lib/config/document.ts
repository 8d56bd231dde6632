/**
 * A configuration file: its tables as plain data, and the places of its keys for errors.
 */
import { parse, TomlError } from "smol-toml";
import { InvalidConfig } from "./errors.ts";
import { formatPath, type PathPart, Positions } from "./positions.ts";

/** A table of a configuration. */
export type Table = Readonly<Record<string, unknown>>;

/** What was read, and where it stands. */
export interface Document {
  /** The file's name, for errors. */
  readonly file: string;
  readonly root: Table;
  /**
   * The error for a key.
   *
   * @param path the key
   * @param why what is wrong with it, from "is" or "must" on
   */
  fault(path: readonly PathPart[], why: string, cause?: unknown): InvalidConfig;
}

/**
 * Reads a configuration.
 *
 * @param text TOML
 * @param file its name, for errors
 * @throws {InvalidConfig} when it is no TOML
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDocument } from "./document.ts";
 * const document = readDocument("[spoa]\n\nworkers = 2\n", "happi.toml");
 * assert.equal(
 *   document.fault(["spoa", "workers"], "must be odd").message,
 *   'Cannot use "happi.toml": line 3, key "spoa.workers" must be odd',
 * );
 * ```
 */
export function readDocument(text: string, file: string): Document {
  const root = parseToml(text, file);
  if (isDeep(root)) throw new InvalidConfig({ file }, `is nested more than ${MOST_LEVELS} levels deep`);
  let positions: Positions | undefined;
  return {
    file,
    root,
    fault(path, why, cause) {
      positions ??= new Positions(text);
      const key = path.length === 0 ? undefined : formatPath(path);
      return new InvalidConfig({ file, line: positions.lineOf(path), key }, why, cause);
    },
  };
}

/** Whether a value is a table. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** What reads the tables calls itself for each level; a dotted key makes as many as it likes. */
const MOST_LEVELS = 64;

function isDeep(root: Table): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; depth <= MOST_LEVELS; depth++) {
    if (level.length === 0) return false;
    level = level.flatMap((value) => Array.isArray(value) || isTable(value) ? Object.values(value) : []);
  }
  return true;
}

function parseToml(text: string, file: string): Table {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    // Its message goes on with a drawing of the place.
    const [first = ""] = thrown.message.split("\n");
    const why = first.replace(/^Invalid TOML document: /, "");
    throw new InvalidConfig({ file, line: thrown.line }, `is no TOML: ${why}`, thrown);
  }
}
