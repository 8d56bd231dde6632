/**
 * The tables `[agent]`, `[agent.wire]`, `[agent.group.NAME]` and `[check.NAME]`: how an agent listens, and its checks.
 *
 * Keys are in snake_case and mean the options of the checks in code (`num_blocks`, `numBlocks`); what a check says of its
 * options is told with the line and the key of the file.
 */
import {
  CHECK_KINDS,
  type CheckConfig,
  type CheckSet,
  type GroupOptions,
  InvalidCheck,
  type ReplyWords,
  type SteadyOptions,
} from "../agent/mod.ts";
import { type Document, isTable, readDocument, type Table } from "./document.ts";
import { besideFile, folderOf, optionFault, optionName } from "./option_keys.ts";
import type { PathPart } from "./positions.ts";
import { integer, oneOf, readTable, type Schema, shown, text, texts } from "./schema.ts";
import { milliseconds, words } from "./schema_of_checks.ts";
import { isSteadyKey, readSteady } from "./steady.ts";

/** The keys of `[agent]`; what is not said is left out. */
export interface AgentSettings {
  /** Addresses to listen on. */
  readonly listen: readonly string[];
  /** Where the JSON API and the metrics are; `off` for nowhere. */
  readonly http: string;
  readonly reply_words: ReplyWords;
  /** Hosts, networks and ports that requests may name. */
  readonly allow: readonly string[];
  /** Where maintenance survives a restart. */
  readonly state_dir: string;
  /** How long `ready` is said after maintenance, in milliseconds. */
  readonly ready_window: number;
  readonly max_connections: number;
  readonly max_runs: number;
  readonly max_wire_targets: number;
  readonly max_request_bytes: number;
  /** Verdicts kept of each check. */
  readonly history: number;
}

/** All of it. */
export interface AgentConfig {
  readonly settings: Partial<AgentSettings>;
  /** How steadily targets named on the wire are answered. */
  readonly wire: SteadyOptions;
  readonly set: Required<CheckSet>;
  /** Says where in the file a check's error is; an error of something else is given back as it is. */
  locate(error: Error): Error;
}

const SCHEMA: Schema<AgentSettings> = {
  listen: texts,
  http: text,
  reply_words: oneOf(["haproxy", "seed"]),
  allow: words,
  state_dir: text,
  ready_window: milliseconds(1_000, 24 * 3_600_000),
  max_connections: integer(1, 1_000_000),
  max_runs: integer(1, 100_000),
  max_wire_targets: integer(1, 10_000_000),
  max_request_bytes: integer(64, 65_536),
  history: integer(1, 10_000),
};

/**
 * Reads the tables of a configuration. Other tables are not looked at.
 *
 * @param toml the file
 * @param file its path: what it names relatively is beside it
 * @throws {InvalidConfig} when something is wrong with it; what a check's own options are worth is found when it is made
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readAgentConfig } from "./agent.ts";
 * const { settings, set } = readAgentConfig(
 *   '[agent]\nmax_runs = 8\n[check.web]\nkind = "http"\nurl = "http://10.0.0.1/"\nmax_age = "2s"\n',
 *   "happi.toml",
 * );
 * assert.deepEqual(settings, { max_runs: 8 });
 * assert.deepEqual(set.checks, [
 *   { name: "web", kind: "http", options: { url: "http://10.0.0.1/" }, steady: { maxAgeMs: 2000 } },
 * ]);
 * ```
 */
export function readAgentConfig(toml: string, file: string): AgentConfig {
  const document = readDocument(toml, file);
  const agent = tableAt(document, ["agent"], document.root["agent"]);
  const settings = readTable<AgentSettings>(document, ["agent"], agent, SCHEMA, isTable);
  const stranger = Object.keys(agent).find((key) => isTable(agent[key]) && !TABLES.includes(key));
  if (stranger !== undefined) {
    throw document.fault(["agent", stranger], `is unknown: the tables are ${TABLES.join(", ")}`);
  }
  const checks = Object.entries(tableAt(document, ["check"], document.root["check"])).map(([name, value]) =>
    readCheck(document, name, tableAt(document, ["check", name], value), folderOf(file))
  );
  return {
    settings: withFolder(settings, folderOf(file)),
    wire: readSteady(document, ["agent", "wire"], tableAt(document, ["agent", "wire"], agent["wire"])),
    set: { checks, groups: readGroups(document, tableAt(document, ["agent", "group"], agent["group"])) },
    locate: (error) => locate(document, checks, error),
  };
}

/** The tables within `[agent]`. */
const TABLES: readonly string[] = ["wire", "group"];

function tableAt(document: Document, path: readonly PathPart[], value: unknown): Table {
  if (value === undefined) return {};
  if (!isTable(value)) throw document.fault(path, `is ${shown(value)} and must be a table`);
  return value;
}

function withFolder(settings: Partial<AgentSettings>, folder: string): Partial<AgentSettings> {
  const { state_dir } = settings;
  return state_dir === undefined ? settings : { ...settings, state_dir: String(besideFile(state_dir, folder)) };
}

function readGroups(document: Document, groups: Table): Record<string, GroupOptions> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => {
      const path = ["agent", "group", name];
      const found = readTable<{ readonly max_down: number }>(document, path, tableAt(document, path, value), {
        max_down: share,
      });
      if (found.max_down === undefined) throw document.fault([...path, "max_down"], "is missing");
      return [name, { maxDownShare: found.max_down }];
    }),
  );
}

/** `"50%"`, or 0.5. */
function share(value: unknown): { readonly value: number } | { readonly wanted: string } {
  const [, percent] = typeof value === "string" ? /^(\d{1,3}(?:\.\d+)?)%$/.exec(value) ?? [] : [];
  const found = percent === undefined ? value : Number(percent) / 100;
  return typeof found === "number" && found >= 0 && found <= 1 ? { value: found } : { wanted: 'a share such as "50%"' };
}

function readCheck(document: Document, name: string, table: Table, folder: string): CheckConfig {
  const path = ["check", name];
  const kinds = CHECK_KINDS.map((kind) => kind.name);
  if (!/^[A-Za-z0-9_.:@/-]{1,128}$/.test(name)) {
    throw document.fault(path, "must have a name of 1 to 128 letters, digits and any of _ . : @ / -");
  }
  const { kind, group, ...rest } = table;
  if (typeof kind !== "string" || !kinds.includes(kind)) {
    const given = kind === undefined ? "is missing" : `is ${shown(kind)}`;
    throw document.fault([...path, "kind"], `${given} and must be one of ${kinds.join(", ")}`);
  }
  if (group !== undefined && (typeof group !== "string" || group === "")) {
    throw document.fault([...path, "group"], `is ${shown(group)} and must be a text`);
  }
  const entries = Object.entries(rest);
  const steady = readSteady(document, path, Object.fromEntries(entries.filter(([key]) => isSteadyKey(key))));
  const options = entries.filter(([key]) => !isSteadyKey(key)).map(([key, value]) => {
    const option = optionName(document, path, key);
    return [option, FILES.test(`${kind}.${option}`) ? besideFile(value, folder) : value];
  });
  return {
    name,
    kind,
    options: Object.fromEntries(options),
    ...(Object.keys(steady).length === 0 ? {} : { steady }),
    ...(typeof group === "string" ? { group } : {}),
  };
}

/** Options that name files, by kind and name. */
const FILES = /^(?:file\.path|command\.cwd|\w+\.\w+File)$/;

/** Puts a check's words into those of the file. */
function locate(document: Document, checks: readonly CheckConfig[], error: Error): Error {
  if (!(error instanceof InvalidCheck)) return error;
  const [, name = "", why = error.message] = /^Cannot make check "([^"]*)": (.*)$/s.exec(error.message) ?? [];
  if (!checks.some((check) => check.name === name)) return error;
  return optionFault(document, ["check", name], why, error);
}
