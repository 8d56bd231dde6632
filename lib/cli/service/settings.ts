/**
 * What `happi service` runs: the configuration file's words, and those of the command line before them.
 */
import { readServicesConfig, readSourcesConfig, type ServicesSettings } from "../../config/mod.ts";
import type { LeasesOptions, Route, SourceConfig } from "../../services/mod.ts";
import type { Environment } from "../environment.ts";
import { readText } from "../input.ts";

/** What the command line says, as it was typed. */
export interface ServiceFlags {
  readonly config?: string | undefined;
  readonly http?: string | undefined;
  readonly socket?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly planOnly: boolean;
}

/** What is to run. */
export interface ServicePlan {
  readonly http: string;
  /** HAProxy's socket that was asked for; the usual ones otherwise. */
  readonly socket: string | undefined;
  /** The directory that was asked for; the usual ones otherwise. */
  readonly stateDir: string | undefined;
  readonly intervalMs: number;
  /** Whether HAProxy is changed without being asked to. */
  readonly apply: boolean;
  readonly leases: Pick<LeasesOptions, "ttlMs" | "drainMs" | "maxUnits">;
  readonly routes: readonly Route[];
  readonly sources: readonly SourceConfig[];
}

/** Where the HTTP API is. */
export const DEFAULT_HTTP = "127.0.0.1:5084";
const DEFAULT_INTERVAL_MS = 10_000;
const DEFAULT_TTL_MS = { least: 1_000, most: 86_400_000 };

/**
 * Reads the file, if there is one, and puts the command line before it.
 *
 * @throws {UnreadableFile} {@linkcode InvalidConfig}
 */
export async function readPlan({ stdin }: Pick<Environment, "stdin">, flags: ServiceFlags): Promise<ServicePlan> {
  const { config: file } = flags;
  const { settings, routes, sources } = file === undefined ? NOTHING : readAll(await readText(stdin, file), file);
  return {
    http: flags.http ?? settings.http ?? DEFAULT_HTTP,
    socket: flags.socket ?? settings.socket,
    stateDir: flags.stateDir ?? settings.state_dir,
    intervalMs: settings.interval ?? DEFAULT_INTERVAL_MS,
    apply: !flags.planOnly && (settings.apply ?? true),
    leases: readLeases(settings),
    ...{ routes, sources },
  };
}

/** What the configuration says. */
interface Said extends Pick<ServicePlan, "routes" | "sources"> {
  readonly settings: Partial<ServicesSettings>;
}

const NOTHING: Said = { settings: {}, routes: [], sources: [] };

function readAll(toml: string, file: string): Said {
  return { ...readServicesConfig(toml, file), ...readSourcesConfig(toml, file) };
}

function readLeases({ min_ttl, max_ttl, drain, max_units }: Partial<ServicesSettings>): ServicePlan["leases"] {
  return {
    ttlMs: { least: min_ttl ?? DEFAULT_TTL_MS.least, most: max_ttl ?? DEFAULT_TTL_MS.most },
    ...(drain === undefined ? {} : { drainMs: drain }),
    ...(max_units === undefined ? {} : { maxUnits: max_units }),
  };
}
