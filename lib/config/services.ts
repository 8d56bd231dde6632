/**
 * The table `[services]` and the tables `[[route]]`: where services are registered, and which backends of HAProxy they fill.
 */
import { InvalidRoute, type Route, route as readRoute } from "../services/mod.ts";
import { type Document, isTable, readDocument } from "./document.ts";
import { besideFile, folderOf } from "./option_keys.ts";
import type { PathPart } from "./positions.ts";
import { flag, integer, readTable, type Schema, shown, text } from "./schema.ts";
import { milliseconds } from "./schema_of_checks.ts";

/** The keys of `[services]`; what is not said is left out. */
export interface ServicesSettings {
  /** Where the HTTP API and the metrics are. */
  readonly http: string;
  /** Where what has registered itself survives a restart. */
  readonly state_dir: string;
  /** HAProxy's socket, of level admin. */
  readonly socket: string;
  /** How often HAProxy is looked at for drift, in milliseconds. */
  readonly interval: number;
  /** Whether HAProxy is changed; otherwise there are only plans. */
  readonly apply: boolean;
  /** The shortest time that a lease may last, in milliseconds. */
  readonly min_ttl: number;
  /** The longest, in milliseconds. */
  readonly max_ttl: number;
  /** How long a unit is drained when its lease is over, in milliseconds. */
  readonly drain: number;
  /** Units that may have registered themselves. */
  readonly max_units: number;
}

/** All of it. */
export interface ServicesConfig {
  readonly settings: Partial<ServicesSettings>;
  readonly routes: readonly Route[];
}

const DAY_MS = 24 * 3_600_000;

const SCHEMA: Schema<ServicesSettings> = {
  http: text,
  state_dir: text,
  socket: text,
  interval: milliseconds(100, 3_600_000),
  apply: flag,
  min_ttl: milliseconds(1, DAY_MS),
  // Timers count in 31 bits.
  max_ttl: milliseconds(1_000, 24 * DAY_MS),
  drain: milliseconds(0, DAY_MS),
  max_units: integer(1, 1_000_000),
};

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
 * import { readServicesConfig } from "./services.ts";
 * const { settings, routes } = readServicesConfig(
 *   '[services]\ninterval = "5s"\n[[route]]\nservice = "web"\nbackend = "be_web"\n',
 *   "happi.toml",
 * );
 * assert.deepEqual(settings, { interval: 5000 });
 * assert.equal(routes[0]?.backend, "be_web");
 * assert.throws(
 *   () => readServicesConfig('[[route]]\nservice = "web"\nbackend = "be web"\n', "happi.toml"),
 *   /line 3, key "route\[0\]\.backend" cannot be used: a name has letters/,
 * );
 * ```
 */
export function readServicesConfig(toml: string, file: string): ServicesConfig {
  const document = readDocument(toml, file);
  const { services = {}, route = [] } = document.root;
  if (!isTable(services)) throw document.fault(["services"], `is ${shown(services)} and must be a table`);
  const settings = readTable<ServicesSettings>(document, ["services"], services, SCHEMA);
  const { min_ttl = 1_000, max_ttl = DAY_MS, state_dir } = settings;
  if (min_ttl > max_ttl) throw document.fault(["services", "min_ttl"], "must not be more than max_ttl");
  if (!Array.isArray(route)) throw document.fault(["route"], `is ${shown(route)}: write [[route]], one for each`);
  const beside = state_dir === undefined ? {} : { state_dir: String(besideFile(state_dir, folderOf(file))) };
  return { settings: { ...settings, ...beside }, routes: route.map((one, index) => readOne(document, one, index)) };
}

function readOne(document: Document, given: unknown, index: number): Route {
  try {
    return readRoute(given);
  } catch (thrown) {
    if (!(thrown instanceof InvalidRoute)) throw thrown;
    const why = thrown.message.replace(/^.*? as [^:]+: /s, "");
    throw document.fault(["route", index, ...pathOf(thrown.field)], `cannot be used: ${why}`, thrown);
  }
}

/** `options.weight`, `map.0.key`, or none where it is about the whole. */
function pathOf(field: string): PathPart[] {
  if (field === "route") return [];
  return field.split(/[.[\]]+/).filter((part) => part !== "").map((part) => /^\d+$/.test(part) ? Number(part) : part);
}
