/**
 * The tables `[process]` and `[process.NAME]`: where the API of processes listens, and the processes themselves.
 *
 * A process's keys are the fields of its JSON; what they must be is said by who reads that, and told with the line.
 */
import {
  type Definition,
  DEFINITION_KEYS,
  InvalidDefinition,
  readDefinition,
  type WebhookTable,
} from "../process/mod.ts";
import { type Document, isTable, readDocument, type Table } from "./document.ts";
import { besideFile, folderOf } from "./option_keys.ts";
import type { PathPart } from "./positions.ts";
import { flag, type Read, readTable, type Schema, shown, text, texts } from "./schema.ts";

/** The keys of `[process]`; what is not said is left out. */
export interface ProcessSettings {
  /** Where the API of processes listens by itself; `off` for nowhere. */
  readonly listen: string;
  /** Where happi's server is, with its metrics; `off` for nowhere. */
  readonly http: string;
  /** Where what came over the API survives a restart. */
  readonly state_dir: string;
  /** Whether everybody who reaches the API may define processes. */
  readonly open: boolean;
  /** The file with the token of who may. */
  readonly admin_token_file: string;
  /** Origins of web pages that may use the API. */
  readonly origins: readonly string[];
  /** URLs by event: who is told. */
  readonly webhooks: WebhookTable;
  /** HAProxy's socket, for processes that are one of its servers. */
  readonly socket: string;
}

/** All of it. */
export interface ProcessConfig {
  readonly settings: Partial<ProcessSettings>;
  readonly definitions: readonly Definition[];
  /** Says where in the file a definition's error is; an error of something else is given back as it is. */
  locate(error: Error): Error;
}

const SCHEMA: Schema<ProcessSettings> = {
  listen: text,
  http: text,
  state_dir: text,
  open: flag,
  admin_token_file: text,
  origins: texts,
  webhooks: urls(),
  socket: text,
};

/** Settings that name files. */
const FILES = ["state_dir", "admin_token_file"] as const;

/**
 * Reads the tables of a configuration. Other tables are not looked at.
 *
 * @param toml the file
 * @param file its path: what it names relatively is beside it
 * @throws {InvalidConfig} when something is wrong with it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readProcessConfig } from "./process.ts";
 * const { settings, definitions } = readProcessConfig(
 *   '[process]\nlisten = "off"\n[process.web]\ncmd = "serve"\nargs = ["-p", "$PORT"]\nenv = { PORT = 80 }\n',
 *   "happi.toml",
 * );
 * assert.deepEqual(settings, { listen: "off" });
 * assert.deepEqual(definitions, [{ name: "web", cmd: "serve", args: ["-p", "$PORT"], env: { PORT: "80" } }]);
 * ```
 */
export function readProcessConfig(toml: string, file: string): ProcessConfig {
  const document = readDocument(toml, file);
  const { process = {} } = document.root;
  if (!isTable(process)) throw document.fault(["process"], `is ${shown(process)} and must be a table`);
  const settings = readTable<ProcessSettings>(document, ["process"], process, SCHEMA, isTable);
  const tables = Object.entries(process).filter(([name]) => !Object.hasOwn(SCHEMA, name));
  const definitions = tables.flatMap(([name, value]) =>
    isTable(value) ? [readOne(document, name, value, folderOf(file))] : []
  );
  refuseStrangers(document, definitions);
  return { settings: besideIt(settings, folderOf(file)), definitions, locate: (error) => locate(document, error) };
}

function besideIt(settings: Partial<ProcessSettings>, folder: string): Partial<ProcessSettings> {
  const named = FILES.filter((key) => settings[key] !== undefined);
  return { ...settings, ...Object.fromEntries(named.map((key) => [key, besideFile(settings[key], folder)])) };
}

function readOne(document: Document, name: string, table: Table, folder: string): Definition {
  const path = ["process", name];
  if ("name" in table) throw document.fault([...path, "name"], `is not to be set: the process's name is "${name}"`);
  const stranger = Object.keys(table).find((key) => !DEFINITION_KEYS.includes(key));
  if (stranger !== undefined) {
    throw document.fault([...path, stranger], `is unknown: the keys are ${DEFINITION_KEYS.join(", ")}`);
  }
  try {
    const definition = readDefinition({ ...table, name });
    const { cwd } = definition;
    return cwd === undefined ? definition : { ...definition, cwd: String(besideFile(cwd, folder)) };
  } catch (thrown) {
    throw thrown instanceof Error ? locate(document, thrown) : thrown;
  }
}

/** What is waited for must be there: otherwise it would be waited for for ever. */
function refuseStrangers(document: Document, definitions: readonly Definition[]): void {
  const names = definitions.map(({ name }) => name);
  for (const { name, depends_on = {} } of definitions) {
    const stranger = Object.keys(depends_on).find((one) => !names.includes(one));
    if (stranger === undefined) continue;
    const known = names.filter((one) => one !== name).join(", ");
    throw document.fault(
      ["process", name, "depends_on"],
      `names "${stranger}", which is no process of this file${known === "" ? "" : `: there are ${known}`}`,
    );
  }
}

/** `Cannot define process "web": field "uid" is "x" and must be …`, in the file's words. */
function locate(document: Document, error: Error): Error {
  if (!(error instanceof InvalidDefinition)) return error;
  const [, name = "", why = error.message] = /^Cannot define process "([^"]*)": (.*)$/s.exec(error.message) ?? [];
  const path: PathPart[] = ["process", name];
  const [, field, rest] = /^field "(\w+)" (.*)$/s.exec(why) ?? [];
  if (field === undefined || rest === undefined) return document.fault(path, `cannot be used: ${why}`, error);
  if (field === "name") {
    return document.fault(path, `has a name that ${rest.replace(/^is .* and must/, "must")}`, error);
  }
  return document.fault([...path, field], rest, error);
}

function urls(): Read<WebhookTable> {
  return (value) => {
    const found: Record<string, readonly string[]> = {};
    for (const [event, given] of isTable(value) ? Object.entries(value) : []) {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      const good = list.filter((url) => typeof url === "string" && /^https?:$/.test(URL.parse(url)?.protocol ?? ""));
      if (good.length === list.length) found[event] = good.map(String);
    }
    const isGood = isTable(value) && Object.keys(found).length === Object.keys(value).length;
    return isGood ? { value: found } : {
      wanted: 'a table of events and URLs, such as { "proc.web.exit" = "http://127.0.0.1:9000/" }',
    };
  };
}
