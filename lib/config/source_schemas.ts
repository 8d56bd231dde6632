/**
 * The keys of each kind of `[source.NAME]`, and what their values must be.
 */
import { type FileFormat, isName, type NameServer, type RecordType } from "../services/mod.ts";
import { isTable, type Table } from "./document.ts";
import { flag, integer, oneOf, type Read, type Schema, text } from "./schema.ts";
import { milliseconds } from "./schema_of_checks.ts";

/** Keys of all kinds that look again and again. */
export interface RhythmKeys {
  readonly throttle: number;
  readonly retry: number;
  readonly interval: number;
}

/** Keys of those that ask over HTTP. */
export interface HttpKeys {
  readonly ca_file: string;
  readonly cert_file: string;
  readonly key_file: string;
  readonly max_bytes: number;
  readonly timeout: number;
}

/** Keys of a name that is looked up. */
export interface NameKeys {
  readonly service: string;
  readonly name: string;
  readonly type: RecordType;
  readonly port: number;
}

interface FileKeys extends RhythmKeys {
  readonly path: string;
  readonly format: FileFormat;
  readonly watch: boolean;
  readonly settle: number;
  readonly max_bytes: number;
  readonly max_files: number;
}

interface DnsKeys extends RhythmKeys {
  readonly names: readonly Table[];
  readonly servers: readonly NameServer[];
  readonly timeout: number;
}

interface HttpSourceKeys extends RhythmKeys, HttpKeys {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly token_file: string;
}

interface ConsulKeys extends RhythmKeys, HttpKeys {
  readonly url: URL;
  readonly services: readonly string[];
  readonly tag: string;
  readonly datacenter: string;
  readonly namespace: string;
  readonly partition: string;
  readonly health: "passing" | "warning" | "any";
  readonly stale: boolean;
  readonly token_file: string;
  readonly wait: number;
  readonly max_services: number;
}

interface EtcdKeys extends RhythmKeys, HttpKeys {
  readonly urls: readonly URL[];
  readonly prefix: string;
  readonly user: string;
  readonly password_file: string;
}

const HOUR_MS = 3_600_000;

const RHYTHM: Schema<RhythmKeys> = {
  throttle: milliseconds(0, HOUR_MS),
  retry: milliseconds(10, HOUR_MS),
  interval: milliseconds(100, 24 * HOUR_MS),
};

const HTTP_KEYS: Schema<HttpKeys> = {
  ca_file: text,
  cert_file: text,
  key_file: text,
  max_bytes: integer(1024, 1024 ** 3),
  timeout: milliseconds(100, HOUR_MS),
};

/** A URL whose secrets are elsewhere. */
const url: Read<URL> = (value) => {
  const found = typeof value === "string" ? URL.parse(value) : null;
  const isGood = found !== null && /^https?:$/.test(found.protocol) && found.username === "" && found.password === "";
  return isGood ? { value: found } : { wanted: 'a URL such as "http://10.0.0.1:8500", without a user name' };
};

/** A value that fits, or a list of some. */
function listOf<T>(read: Read<T>, wanted: string): Read<readonly T[]> {
  return (value) => {
    const given: readonly unknown[] = Array.isArray(value) ? value : [value];
    const found = given.map(read).flatMap((one) => "value" in one ? [one.value] : []);
    return found.length === given.length && found.length > 0 ? { value: found } : { wanted };
  };
}

const table: Read<Table> = (value) => isTable(value) ? { value } : { wanted: "a table" };

const service: Read<string> = (value) =>
  typeof value === "string" && isName(value) ? { value } : { wanted: "a name of letters, digits and any of _.:/@+-" };

const headers: Read<Readonly<Record<string, string>>> = (value) => {
  const entries = isTable(value) ? Object.entries(value) : [];
  const isGood = isTable(value) && entries.every(([name, one]) => /^[\w-]+$/.test(name) && isHeaderValue(one));
  return isGood
    ? { value: Object.fromEntries(entries.map(([name, one]) => [name, String(one)])) }
    : { wanted: 'a table of texts such as { "x-team" = "web" }' };
};

function isHeaderValue(value: unknown): boolean {
  return typeof value === "string" && /^[\x20-\x7e]*$/.test(value);
}

/** `10.0.0.1`, `10.0.0.1:5353`, `[::1]:53`. */
const nameServer: Read<NameServer> = (value) => {
  const [, six, four, digits = "53"] =
    /^(?:\[([\da-fA-F:]+)\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::(\d{1,5}))?$/.exec(typeof value === "string" ? value : "") ??
      [];
  const [hostname, port] = [six ?? four, Number(digits)];
  return hostname !== undefined && port >= 1 && port <= 65535
    ? { value: { hostname, port } }
    : { wanted: 'an address such as "10.0.0.1" or "[::1]:53"' };
};

/** With a slash at its end: `/services/`. */
const prefix: Read<string> = (value) =>
  typeof value === "string" && value.endsWith("/") ? { value } : { wanted: 'a text with "/" at its end' };

/** `[source.NAME]` with `kind = "static"`. */
export const STATIC: Schema<{ readonly services: Table }> = { services: table };

/** With `kind = "file"`. */
export const FILE: Schema<FileKeys> = {
  ...RHYTHM,
  path: text,
  format: oneOf(["json", "toml", "yaml"]),
  watch: flag,
  settle: milliseconds(0, 60_000),
  max_bytes: integer(1024, 1024 ** 3),
  max_files: integer(1, 100_000),
};

/** With `kind = "dns"`. */
export const DNS: Schema<DnsKeys> = {
  ...RHYTHM,
  names: listOf(table, "a list of tables with service, name, type and port"),
  servers: listOf(nameServer, 'addresses such as "10.0.0.1" or "[::1]:53"'),
  timeout: milliseconds(100, 60_000),
};

/** Each of its `names`. */
export const NAMES: Schema<NameKeys> = {
  service,
  name: text,
  type: oneOf(["A", "AAAA", "SRV"]),
  port: integer(1, 65535),
};

/** With `kind = "http"`. */
export const HTTP: Schema<HttpSourceKeys> = { ...RHYTHM, ...HTTP_KEYS, url, headers, token_file: text };

/** With `kind = "consul"`. */
export const CONSUL: Schema<ConsulKeys> = {
  ...RHYTHM,
  ...HTTP_KEYS,
  url,
  services: listOf(service, "names of services"),
  tag: text,
  datacenter: text,
  namespace: text,
  partition: text,
  health: oneOf(["passing", "warning", "any"]),
  stale: flag,
  token_file: text,
  wait: milliseconds(1000, 600_000),
  max_services: integer(1, 10_000),
};

/** With `kind = "etcd"`. */
export const ETCD: Schema<EtcdKeys> = {
  ...RHYTHM,
  ...HTTP_KEYS,
  urls: listOf(url, 'URLs such as "http://10.0.0.1:2379", without a user name'),
  prefix,
  user: text,
  password_file: text,
};
