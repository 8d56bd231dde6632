/**
 * What `happi agent` runs: the configuration file's words, and those of the command line before them.
 */
import {
  type CheckSet,
  type Limits,
  readAllowList,
  type ReplyWords,
  type SteadyOptions,
  type TargetRules,
} from "../../agent/mod.ts";
import { type AgentConfig, type AgentSettings, readAgentConfig } from "../../config/mod.ts";
import { type Address, parseAddress } from "../../net/mod.ts";
import type { Environment } from "../environment.ts";
import { readText } from "../input.ts";
import { UsageError } from "../usage_error.ts";
import { readInteger } from "../values.ts";

/** What the command line says, as it was typed. */
export interface AgentFlags {
  readonly config?: string | undefined;
  readonly listen: readonly string[];
  readonly allow: readonly string[];
  readonly http?: string | undefined;
  readonly replyWords?: ReplyWords | undefined;
  readonly stateDir?: string | undefined;
  /** Address and port as eosio-api-healthcheck took them. */
  readonly seed?: { readonly ip?: string | undefined; readonly port?: string | undefined } | undefined;
}

/** What is to run. */
export interface AgentPlan {
  readonly listen: readonly Address[];
  /** `undefined`: there is no HTTP API. */
  readonly http: string | undefined;
  readonly words: ReplyWords;
  readonly rules: TargetRules;
  /** The directory that was asked for; the usual ones otherwise. */
  readonly stateDir: string | undefined;
  readonly readyMs: number;
  readonly limits: Partial<Limits>;
  readonly wire: SteadyOptions;
  readonly set: Required<CheckSet>;
  /** Says where in the file a check's error is. */
  readonly locate: AgentConfig["locate"];
}

/** Where an agent listens when nobody says. */
export const DEFAULT_LISTEN = "127.0.0.1:1337";
/** Where its HTTP API is. */
export const DEFAULT_HTTP = "127.0.0.1:5082";
const DEFAULT_READY_MS = 30_000;
const DEFAULT_CONNECTION_MS = 10_000;
const DEFAULT_DEADLINE_MS = 1_500;

/**
 * Reads the file, if there is one, and puts the command line before it.
 *
 * @throws {UsageError} {@linkcode UnreadableFile} {@linkcode InvalidConfig} {@linkcode InvalidAddress}
 */
export async function readPlan({ stdin }: Pick<Environment, "stdin">, flags: AgentFlags): Promise<AgentPlan> {
  const { config: file } = flags;
  const { settings, wire, set, locate } = file === undefined
    ? NO_CONFIG
    : readAgentConfig(await readText(stdin, file), file);
  const http = flags.http ?? settings.http ?? DEFAULT_HTTP;
  const allow = flags.allow.length > 0 ? flags.allow : settings.allow;
  return {
    listen: readListen(flags, settings),
    http: http === "off" ? undefined : http,
    words: flags.replyWords ?? settings.reply_words ?? "haproxy",
    rules: allow === undefined ? {} : readAllowList(allow),
    stateDir: flags.stateDir ?? settings.state_dir,
    readyMs: settings.ready_window ?? DEFAULT_READY_MS,
    limits: readLimits(settings, [wire, ...set.checks.map(({ steady = {} }) => steady)]),
    wire,
    set,
    locate,
  };
}

const NO_CONFIG: AgentConfig = {
  settings: {},
  wire: {},
  set: { checks: [], groups: {} },
  locate: (error) => error,
};

function readListen({ listen, seed }: AgentFlags, settings: Partial<AgentSettings>): Address[] {
  const { ip, port } = seed ?? {};
  if (ip === undefined) {
    return (listen.length > 0 ? listen : settings.listen ?? [DEFAULT_LISTEN]).map(parseAddress);
  }
  if (listen.length > 0) {
    throw new UsageError("Cannot listen in two ways: give --listen, or address and port", "happi agent --help");
  }
  const isWhole = port === undefined && /:\d+$|\//.test(ip);
  if (isWhole) return [parseAddress(ip)];
  const host = ip.includes(":") && !ip.startsWith("[") ? `[${ip}]` : ip;
  return [parseAddress(`${host}:${readInteger("PORT", port ?? "1337", 0, 65535)}`)];
}

/** A connection lasts longer than the longest check. */
function readLimits(settings: Partial<AgentSettings>, all: readonly SteadyOptions[]): Partial<Limits> {
  const longest = Math.max(...all.map(({ deadlineMs = DEFAULT_DEADLINE_MS }) => deadlineMs));
  const { max_connections, max_runs, max_wire_targets, max_request_bytes, history } = settings;
  return {
    connectionMs: Math.max(DEFAULT_CONNECTION_MS, longest + 1_000),
    ...(max_connections === undefined ? {} : { maxConnections: max_connections }),
    ...(max_runs === undefined ? {} : { maxRuns: max_runs }),
    ...(max_wire_targets === undefined ? {} : { maxWireTargets: max_wire_targets }),
    ...(max_request_bytes === undefined ? {} : { maxRequestBytes: max_request_bytes }),
    ...(history === undefined ? {} : { history }),
  };
}
