/**
 * The tables `[spoa]` and `[spoa.NAME]`: how SPOE agents listen, and their policies.
 *
 * Keys are in snake_case and mean the options of the policies in code (`unknown_score`, `unknownScore`); what a policy
 * says of its options is told with the line and the key of the file.
 */
import { CHAIN_TABLES, InvalidPolicy, POLICY_KIND_NAMES, POLICY_KINDS, type PolicyConfig } from "../spop/mod.ts";
import { type Document, isTable, readDocument, type Table } from "./document.ts";
import type { InvalidConfig } from "./errors.ts";
import { besideFile, folderOf, optionFault, optionName } from "./option_keys.ts";
import type { PathPart } from "./positions.ts";
import { flag, integer, oneOf, readTable, type Schema, shown, text, texts } from "./schema.ts";

/** The keys of `[spoa]`; what is not said is left out. */
export interface SpoaSettings {
  /** Addresses to listen on. */
  readonly listen: readonly string[];
  readonly workers: number;
  readonly io: "default" | "epoll";
  /** HAProxy's `timeout processing`, in milliseconds. */
  readonly processing_ms: number;
  /** Where the JSON API and the metrics are. */
  readonly http: string;
  /** Whether verdicts are kept also while nobody reads them. */
  readonly record_verdicts: boolean;
}

/** All of it. */
export interface SpoaConfig {
  readonly settings: Partial<SpoaSettings>;
  readonly policies: readonly PolicyConfig[];
  /** Says where in the file a policy's error is; an error of something else is given back as it is. */
  locate(error: Error): Error;
}

const SCHEMA: Schema<SpoaSettings> = {
  listen: texts,
  workers: integer(1, 64),
  io: oneOf(["default", "epoll"]),
  processing_ms: integer(1, 600_000),
  http: text,
  record_verdicts: flag,
};

/**
 * Reads the tables of a configuration. Other tables are not looked at.
 *
 * @param toml the file
 * @param file its path: what it names relatively is beside it
 * @throws {InvalidConfig} when something is wrong with it; what a policy's own options are worth is found when it is made
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readSpoaConfig } from "./spoa.ts";
 * const { settings, policies } = readSpoaConfig(
 *   '[spoa]\nworkers = 2\n[spoa.limit]\nkind = "rate"\nrate = 10\ncost_argument = "size"\n',
 *   "happi.toml",
 * );
 * assert.deepEqual(settings, { workers: 2 });
 * assert.deepEqual(policies, [{ name: "limit", kind: "rate", options: { rate: 10, costArgument: "size" } }]);
 * ```
 */
export function readSpoaConfig(toml: string, file: string): SpoaConfig {
  const document = readDocument(toml, file);
  const { spoa = {} } = document.root;
  if (!isTable(spoa)) throw document.fault(["spoa"], `is ${shown(spoa)} and must be a table`);
  const settings = readTable<SpoaSettings>(document, ["spoa"], spoa, SCHEMA, isTable);
  const policies = Object.entries(spoa).flatMap(([name, value]) =>
    Object.hasOwn(SCHEMA, name) || !isTable(value) ? [] : [readPolicy(document, name, value, folderOf(file))]
  );
  return { settings, policies, locate: (error) => locate(document, policies, error) };
}

function readPolicy(document: Document, name: string, table: Table, folder: string): PolicyConfig {
  const path = ["spoa", name];
  const { kind, ...rest } = table;
  if (!/^[A-Za-z0-9_.-]{1,63}$/.test(name)) {
    throw document.fault(path, "must have a name of 1 to 63 letters, digits, dots, dashes and underscores");
  }
  if (typeof kind !== "string" || !POLICY_KIND_NAMES.includes(kind)) {
    const given = kind === undefined ? "is missing" : `is ${shown(kind)}`;
    throw document.fault([...path, "kind"], `${given} and must be one of ${POLICY_KIND_NAMES.join(", ")}`);
  }
  if ("name" in rest) throw document.fault([...path, "name"], `is not to be set: the policy's name is "${name}"`);
  const { tables, files } = POLICY_KINDS[kind] ?? { tables: CHAIN_TABLES, files: [] };
  return { name, kind, options: readOptions(document, path, rest, { tables, files, folder }) };
}

interface Reading {
  readonly tables: readonly string[];
  readonly files: readonly string[];
  readonly folder: string;
}

/** The options with their names in code. */
function readOptions(
  document: Document,
  path: readonly PathPart[],
  table: Table,
  how: Reading,
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(table)) {
    const name = optionName(document, path, key);
    const isOwn = how.tables.includes(name);
    const read = isOwn ? plain(value) : readOption(document, [...path, key], value, how);
    options[name] = how.files.includes(name) ? besideFile(read, how.folder) : read;
  }
  return options;
}

function readOption(document: Document, path: readonly PathPart[], value: unknown, how: Reading): unknown {
  if (Array.isArray(value)) return value.map((one, index) => readOption(document, [...path, index], one, how));
  if (value instanceof Date) throw document.fault(path, "is a date, which no policy takes");
  return isTable(value) ? readOptions(document, path, value, how) : value;
}

/** A table of the user's own words, as a plain object. */
function plain(value: unknown): unknown {
  return isTable(value) ? { ...value } : value;
}

/** Puts a policy's words into those of the file. */
function locate(document: Document, policies: readonly PolicyConfig[], error: Error): Error | InvalidConfig {
  if (!(error instanceof InvalidPolicy)) return error;
  const [, name = "", why = error.message] = /^Cannot make policy "([^"]*)": (.*)$/s.exec(error.message) ?? [];
  if (!policies.some((policy) => policy.name === name)) return error;
  return optionFault(document, ["spoa", name], why, error);
}
