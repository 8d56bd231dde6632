/**
 * The policy `geoip`: country, city and network of an address, from MMDB databases.
 *
 * Each variable has a path in the records (`country.iso_code`); the first database whose record has it counts. What no
 * database knows is unset, so that nothing stays from an address before.
 */
import { getLogger } from "@logtape/logtape";
import type { Scope, Value } from "../codec/mod.ts";
import { GeoDatabase } from "./mmdb/geo_database.ts";
import { pathOf } from "./mmdb/data_section.ts";
import {
  checkOptions,
  event,
  given,
  integer,
  list,
  type OptionChecks,
  scope,
  table,
  text,
  word,
} from "./option_checks.ts";
import {
  addressOf,
  InvalidPolicy,
  type Policy,
  type PolicyActions,
  type PolicyMessage,
  type SpoeEvent,
} from "./policy.ts";
import { readAll } from "./sources/bytes.ts";
import { type Outside, REAL_OUTSIDE } from "./sources/outside.ts";
import { sourceOf } from "./sources/source.ts";
import { Watched } from "./sources/watched.ts";
import { Mmdb } from "./mmdb/mmdb.ts";

const LOG = getLogger(["happi", "spop", "geoip"]);

/** The options of the policy. */
export interface GeoipOptions {
  /** Paths or URLs of MMDB files. */
  readonly databases: readonly string[];
  /** For each variable (without the prefix) its path; {@linkcode GEO_VARIABLES} if not given. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The language of names where the path has `LANGUAGE`; `en` if not given. */
  readonly language?: string;
  /** How often the files are looked at, in milliseconds; a minute if not given. */
  readonly intervalMs?: number;
  /** The most bytes of a file; 1 GiB if not given. */
  readonly maxBytes?: number;
  /** How long a URL's whole answer may take, in milliseconds; 5 minutes if not given. */
  readonly timeoutMs?: number;
  /** The policy's name; `geoip` if not given. */
  readonly name?: string;
  /** The message; `get-geoip` if not given. */
  readonly message?: string;
  /** The argument with the address; `ip` if not given. */
  readonly argument?: string;
  /** When HAProxy asks; `on-client-session` if not given. */
  readonly event?: SpoeEvent;
  /** What the variables' names begin with; `geo` if not given. */
  readonly prefix?: string;
  /** The variables' scope; `session` if not given. */
  readonly scope?: Scope;
  /** The world. */
  readonly outside?: Partial<Outside>;
}

/** The variables that are set where none are given. */
export const GEO_VARIABLES: Readonly<Record<string, string>> = {
  continent: "continent.code",
  country: "country.iso_code",
  country_name: "country.names.LANGUAGE",
  registered_country: "registered_country.iso_code",
  region: "subdivisions.0.iso_code",
  city: "city.names.LANGUAGE",
  asn: "autonomous_system_number",
  as_name: "autonomous_system_organization",
};

const CHECKS: OptionChecks<GeoipOptions> = {
  databases: list,
  variables: table,
  language: word,
  intervalMs: integer(1_000, 7 * 86_400_000),
  maxBytes: integer(1, 2 ** 32),
  timeoutMs: integer(1, 3_600_000),
  name: word,
  message: word,
  argument: word,
  event,
  prefix: word,
  scope,
  outside: given,
};

/**
 * Makes the policy: reads the databases, and follows their files.
 *
 * @param options see {@linkcode GeoipOptions}
 * @throws {InvalidPolicy} when an option is wrong or a database cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createGeoip } from "./geoip.ts";
 * await assert.rejects(createGeoip({ databases: ["/no/such.mmdb"] }), {
 *   message: 'Cannot make policy "geoip": Cannot read "/no/such.mmdb": there is no such file',
 * });
 * ```
 */
export async function createGeoip(options: GeoipOptions): Promise<Policy> {
  const { name = "geoip", message = "get-geoip", argument = "ip", prefix = "geo", language = "en" } = options;
  checkOptions(name, options, CHECKS);
  const { event = "on-client-session", scope = "session", variables = GEO_VARIABLES } = options;
  const columns = Object.entries(variables).map(([variable, path]) => {
    const wrong = word(`${prefix}_${variable}`) ?? text(500)(path);
    if (wrong !== undefined) throw new InvalidPolicy(name, `variable "${variable}" must be ${wrong}`);
    return { name: `${prefix}_${variable}`, path: pathOf(path.replaceAll("LANGUAGE", language)) };
  });
  const paths = columns.map((column) => column.path);
  const databases = watchDatabases(name, paths, options);
  const end = async () => void await Promise.all(databases.map((one) => one[Symbol.asyncDispose]()));
  const reload = async (signal?: AbortSignal) => {
    const results = await Promise.allSettled(databases.map((database) => database.refresh(signal)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };
  try {
    await reload();
  } catch (thrown) {
    await end();
    throw thrown instanceof Error ? new InvalidPolicy(name, thrown.message, thrown) : thrown;
  }
  for (const database of databases) database.poll();
  const defaults = (actions: PolicyActions) => {
    for (const column of columns) actions.unset(scope, column.name);
  };
  const counts = { decisions: 0, found: 0, no_address: 0 };
  return {
    name,
    kind: "geoip",
    message: { name: message, args: [{ name: argument, types: ["ip", "string"], fetch: "src" }], event },
    sets: columns.map((column) => ({
      scope,
      name: column.name,
      type: column.name === `${prefix}_asn` ? "integer" : "string",
      description: `of the address, at "${variables[column.name.slice(prefix.length + 1)]}" in the databases`,
    })),
    decide({ args }: PolicyMessage, actions: PolicyActions) {
      counts.decisions++;
      const ip = addressOf(args[argument]);
      if (ip === undefined) {
        counts.no_address++;
        return defaults(actions);
      }
      const records = databases.map((database) => database.value?.lookup(ip));
      if (records.some((record) => record !== undefined)) counts.found++;
      for (const [index, column] of columns.entries()) {
        let value: Value | undefined;
        for (let at = 0; at < records.length && value === undefined; at++) value = records[at]?.[index];
        if (value === undefined) actions.unset(scope, column.name);
        else actions.set(scope, column.name, value);
      }
    },
    defaults,
    reload,
    stats: () => ({ ...counts, ...Object.assign({}, ...databases.map(statsOf)) }),
    [Symbol.asyncDispose]: end,
  };
}

function watchDatabases(policy: string, paths: GeoDatabase["paths"], options: GeoipOptions): Watched<GeoDatabase>[] {
  const { databases, maxBytes = 2 ** 30, timeoutMs = 300_000, intervalMs = 60_000 } = options;
  if (databases === undefined || databases.length === 0) {
    throw new InvalidPolicy(policy, 'option "databases" is missing');
  }
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  return databases.map((location) => {
    if (text(2048)(location) !== undefined) {
      throw new InvalidPolicy(policy, `a database is "${location}" and must be a path or a URL`);
    }
    return new Watched(sourceOf(location, { maxBytes, timeoutMs }, outside), {
      intervalMs,
      outside,
      load: async ({ body }) => new GeoDatabase(new Mmdb(await readAll(body)), paths),
      onAsked: (asked) => {
        if ("error" in asked) LOG.warn("{error}; the last good database stays in use", { error: asked.error.message });
      },
    });
  });
}

function statsOf({ name, value, error }: Watched<GeoDatabase>): Record<string, number | string> {
  return {
    [`database.${name}.type`]: value?.mmdb.metadata.databaseType ?? "",
    [`database.${name}.build_epoch`]: value?.mmdb.metadata.buildEpoch ?? 0,
    ...(error === undefined ? {} : { [`database.${name}.error`]: error.message }),
  };
}
