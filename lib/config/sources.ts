/**
 * The tables `[source.NAME]`: where services are known from beside those that register themselves.
 */
import { readPicture, type SourceConfig, SourceFailed, type SourceKinds } from "../services/mod.ts";
import { type Document, isTable, readDocument, type Table } from "./document.ts";
import { folderOf } from "./option_keys.ts";
import type { PathPart } from "./positions.ts";
import { readTable, shown } from "./schema.ts";
import {
  CONSUL,
  DNS,
  ETCD,
  FILE,
  HTTP,
  type HttpKeys,
  type NameKeys,
  NAMES,
  type RhythmKeys,
  STATIC,
} from "./source_schemas.ts";

/** All of it. */
export interface SourcesConfig {
  readonly sources: readonly SourceConfig[];
}

/** What a kind is read from. */
interface Place {
  readonly document: Document;
  readonly path: readonly PathPart[];
  readonly table: Table;
  /** The configuration's folder. */
  readonly folder: string;
}

/** The kinds that there are. */
const KINDS: readonly (keyof SourceKinds)[] = ["static", "file", "dns", "http", "consul", "etcd"];

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
 * import { readSourcesConfig } from "./sources.ts";
 * const { sources: [source] } = readSourcesConfig('[source.own]\nkind = "file"\npath = "services.toml"\n', "/etc/happi.toml");
 * assert.equal(source?.name, "own");
 * assert.equal(source.kind === "file" && source.options.path, "/etc/services.toml");
 * ```
 */
export function readSourcesConfig(toml: string, file: string): SourcesConfig {
  const document = readDocument(toml, file);
  const { source = {} } = document.root;
  if (!isTable(source)) throw document.fault(["source"], `is ${shown(source)} and must be a table`);
  return { sources: Object.entries(source).map(([name, value]) => readSource(document, name, value, folderOf(file))) };
}

function readSource(document: Document, name: string, value: unknown, folder: string): SourceConfig {
  const path = ["source", name];
  if (!isTable(value)) throw document.fault(path, `is ${shown(value)} and must be a table`);
  if (!/^[A-Za-z0-9_.-]{1,63}$/.test(name)) {
    throw document.fault(path, "must have a name of 1 to 63 letters, digits, dots, dashes and underscores");
  }
  const { kind, ...table } = value;
  const place = { document, path, table, folder };
  switch (kind) {
    case "static":
      return { name, kind, options: readStatic(place) };
    case "file":
      return { name, kind, options: readFile(place) };
    case "dns":
      return { name, kind, options: readDns(place) };
    case "http":
      return { name, kind, options: readHttp(place) };
    case "consul":
      return { name, kind, options: readConsul(place) };
    case "etcd":
      return { name, kind, options: readEtcd(place) };
  }
  const given = kind === undefined ? "is missing" : `is ${shown(kind)}`;
  throw document.fault([...path, "kind"], `${given} and must be one of ${KINDS.join(", ")}`);
}

function readStatic({ document, path, table }: Place): SourceKinds["static"] {
  const { services } = readTable(document, path, table, STATIC);
  if (services === undefined) throw document.fault([...path, "services"], "is missing");
  try {
    return { picture: readPicture({ services }, document.file) };
  } catch (thrown) {
    if (!(thrown instanceof SourceFailed)) throw thrown;
    const why = thrown.message.replace(/^Cannot read "[^"]*": /, "");
    const [, service, unit] = /^service "([^"]*)"(?:, unit "([^"]*)")?/.exec(why) ?? [];
    const place = [service, unit].filter((part) => part !== undefined);
    throw document.fault([...path, "services", ...place], `cannot be used: ${why}`, thrown);
  }
}

function readFile({ document, path, table, folder }: Place): SourceKinds["file"] {
  const { path: named, format, watch, settle, max_bytes, max_files, ...rhythm } = readTable(
    document,
    path,
    table,
    FILE,
  );
  if (named === undefined) throw document.fault([...path, "path"], "is missing");
  return {
    ...rhythmOf(rhythm),
    path: beside(named, folder),
    format,
    watch,
    settleMs: settle,
    maxBytes: max_bytes,
    maxFiles: max_files,
  };
}

function readDns({ document, path, table }: Place): SourceKinds["dns"] {
  const { names = [], servers, timeout, ...rhythm } = readTable(document, path, table, DNS);
  if (names.length === 0) {
    throw document.fault([...path, "names"], "is missing: give a list of tables with service and name");
  }
  const read = names.map((one, index) => {
    const place = [...path, "names", index];
    const { service, name, type = "A", port } = readTable<NameKeys>(document, place, one, NAMES);
    if (service === undefined) throw document.fault([...place, "service"], "is missing");
    if (name === undefined) throw document.fault([...place, "name"], "is missing");
    if (type !== "SRV" && port === undefined) throw document.fault([...place, "port"], `is missing: ${type} has none`);
    if (type === "SRV" && port !== undefined) {
      throw document.fault([...place, "port"], "is not to be set: SRV has its own");
    }
    return { service, name, type, port };
  });
  return { ...rhythmOf(rhythm), names: read, servers, timeoutMs: timeout };
}

function readHttp(place: Place): SourceKinds["http"] {
  const { document, path, table, folder } = place;
  const { url, headers, token_file, ...rest } = readTable(document, path, table, HTTP);
  if (url === undefined) throw document.fault([...path, "url"], "is missing");
  return { ...rhythmOf(rest), ...httpOf(place, rest), url, headers, tokenFile: beside(token_file, folder) };
}

function readConsul(place: Place): SourceKinds["consul"] {
  const { document, path, table, folder } = place;
  const found = readTable(document, path, table, CONSUL);
  const { url, services, tag, datacenter, namespace, partition, health, stale } = found;
  return {
    ...rhythmOf(found),
    ...httpOf(place, found),
    ...{ url, services, tag, datacenter, namespace, partition, health, stale },
    tokenFile: beside(found.token_file, folder),
    waitMs: found.wait,
    maxServices: found.max_services,
  };
}

function readEtcd(place: Place): SourceKinds["etcd"] {
  const { document, path, table, folder } = place;
  const found = readTable(document, path, table, ETCD);
  const { urls, prefix, user, password_file } = found;
  if ((user === undefined) !== (password_file === undefined)) {
    throw document.fault([...path, user === undefined ? "user" : "password_file"], "is missing: give both or none");
  }
  const passwordFile = beside(password_file, folder);
  return { ...rhythmOf(found), ...httpOf(place, found), urls, prefix, user, passwordFile };
}

function rhythmOf({ throttle, retry, interval }: Partial<RhythmKeys>) {
  return { throttleMs: throttle, retryMs: retry, intervalMs: interval };
}

function httpOf({ document, path, folder }: Place, keys: Partial<HttpKeys>) {
  const { ca_file, cert_file, key_file, max_bytes, timeout } = keys;
  if ((cert_file === undefined) !== (key_file === undefined)) {
    throw document.fault(
      [...path, cert_file === undefined ? "cert_file" : "key_file"],
      "is missing: give both or none",
    );
  }
  return {
    caFile: beside(ca_file, folder),
    certFile: beside(cert_file, folder),
    keyFile: beside(key_file, folder),
    maxBytes: max_bytes,
    timeoutMs: timeout,
  };
}

/** Relative paths are meant from the configuration's folder on. */
function beside<T extends string | undefined>(file: T, folder: string): T | string {
  return file === undefined || file.startsWith("/") ? file : `${folder}${file}`;
}
