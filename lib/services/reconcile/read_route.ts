/**
 * Reading a route from a configuration: each field by a table, with an error that names it.
 */
import { isIP } from "node:net";
import { InvalidRoute } from "./errors.ts";
import type { Route } from "./route.ts";
import type { AgentCheck, RouteEntry, RouteOptions } from "./route_options.ts";
import { faultOfTemplate, PLACEHOLDERS, placeholdersOf } from "./template.ts";

/** Reads one value; says what it must be where it is not. */
type Reader<T> = (value: unknown, refuse: (why: string, field?: string, part?: unknown) => never) => T;

/** Reads a route: see `route()`. */
export function readRoute(given: unknown): Route {
  const { service, backend } = isObject(given) ? given : {};
  const name = `${String(service ?? "?")} to ${String(backend ?? "?")}`;
  const refuse = (why: string, field = "route", value: unknown = given): never => {
    throw new InvalidRoute(name, field, value, why);
  };
  const read = object(ROUTE_FIELDS, ["service", "backend"])(given, refuse);
  const { map, acl } = read;
  if (map?.some((entry) => entry.value === undefined)) refuse("an entry of a map has a value", "map", map);
  if (acl?.some((entry) => entry.value !== undefined)) refuse("an entry of an ACL has no value", "acl", acl);
  const templates = [...map ?? [], ...acl ?? []].flatMap((entry) => [entry.key, entry.value ?? ""]);
  if (read.server_template !== undefined && templates.some((one) => placeholdersOf(one).includes("server"))) {
    refuse("with prepared servers it is not known before which one a unit takes", "{server}", templates);
  }
  return {
    server: "happi-{service}-{unit}",
    own: [],
    options: {},
    min_share: 0.5,
    drain_ms: 30_000,
    map: [],
    acl: [],
    ...read,
    service: read.service ?? "",
    backend: read.backend ?? "",
  };
}

/** An object of these fields, and no others. */
function object<T extends object>(
  fields: { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> },
  needed: readonly (keyof T & string)[] = [],
): Reader<Partial<T>> {
  return (value, refuse) => {
    if (!isObject(value)) return refuse("it must be a table");
    const names = Object.keys(fields);
    const unknown = Object.keys(value).find((key) => !names.includes(key));
    if (unknown !== undefined) refuse(`there are ${names.join(", ")}`, unknown, value[unknown]);
    const missing = needed.find((key) => value[key] === undefined);
    if (missing !== undefined) refuse("it is needed", missing, null);
    const read: Partial<T> = {};
    for (const key in fields) {
      const one = value[key];
      if (one === undefined) continue;
      read[key] = fields[key](one, (why, field, part = one) => refuse(why, field ? `${key}.${field}` : key, part));
    }
    return read;
  };
}

function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, refuse) => {
    if (!Array.isArray(value)) return refuse("it must be a list");
    return value.map((one: unknown, index) =>
      reader(one, (why, field, part = one) => refuse(why, field ? `${index}.${field}` : String(index), part))
    );
  };
}

/** A text that is not empty, without line breaks, and without the fault that is looked for. */
function text(fault: (value: string) => string | undefined = () => undefined): Reader<string> {
  return (value, refuse) => {
    if (typeof value !== "string" || value === "") return refuse("it must be text that is not empty");
    if (/[\r\n\0]/.test(value) || !value.isWellFormed()) return refuse("it must be one line of text");
    const why = fault(value);
    return why === undefined ? value : refuse(why);
  };
}

function number(min: number, max: number, isWhole: boolean): Reader<number> {
  return (value, refuse) => {
    const fits = typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value));
    return fits ? value : refuse(`it must be ${isWhole ? "a whole number" : "a number"} from ${min} to ${max}`);
  };
}

const matching = (pattern: RegExp, why: string) => text((value) => pattern.test(value) ? undefined : why);
const NAME = matching(/^[A-Za-z0-9_.:-]{1,255}$/, 'a name has letters, digits and "-_.:" only');
const PORT = number(1, 65535, true);
const TIME = matching(/^\d{1,9}(?:us|ms|s|m|h|d)?$/, 'a time is written as "500ms" or "2s"');
const template = (allowed: readonly string[] = PLACEHOLDERS) => text((value) => faultOfTemplate(value, allowed));

const NAMES_OF_SERVERS = ["service", "unit", "hostname", "port"];

const ENTRY: Reader<RouteEntry> = (value, refuse) => {
  const fields = { file: text(), key: template(), value: template() };
  const { file = "", key = "", ...rest } = object<RouteEntry>(fields, ["file", "key"])(value, refuse);
  if (/^[@*]/.test(file)) refuse('it must not begin with "@" or "*"', "file", file);
  if (/[ \t]/.test(key)) refuse("a key with blanks cannot be told from its value", "key", key);
  return { file, key, ...rest };
};

const AGENT: Reader<AgentCheck> = (value, refuse) => {
  const addr = text((one) => isIP(one) > 0 ? undefined : "it must be an IPv4 or IPv6 address");
  const fields = { addr, port: PORT, send: template(), inter: TIME };
  const { port = 0, ...rest } = object<AgentCheck>(fields, ["port"])(value, refuse);
  return { port, ...rest };
};

const BOOLEAN: Reader<boolean> = (value, refuse) =>
  typeof value === "boolean" ? value : refuse("it must be true or false");

const OPTIONS = object<RouteOptions>({
  check: BOOLEAN,
  check_port: PORT,
  inter: TIME,
  agent_check: AGENT,
  weight: number(0, 256, true),
  maxconn: number(0, 0x7fffffff, true),
  keywords: text((value) => value.trim().split(/\s+/).length <= 40 ? undefined : "it may have 40 words"),
});

const ROUTE_FIELDS: { readonly [K in keyof Route]-?: Reader<Exclude<Route[K], undefined>> } = {
  service: text((value) => value.length <= 255 ? undefined : "it may have 255 characters"),
  backend: NAME,
  server: template(NAMES_OF_SERVERS),
  server_template: NAME,
  own: listOf(NAME),
  options: OPTIONS,
  min_share: number(0, 1, false),
  drain_ms: number(0, 86_400_000, true),
  map: listOf(ENTRY),
  acl: listOf(ENTRY),
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
