/**
 * What `happi spoa` runs: the configuration file's words, and those of the command line before them.
 */
import { type Address, parseAddress } from "../../net/mod.ts";
import { readSpoaConfig, type SpoaConfig } from "../../config/mod.ts";
import type { PolicyConfig } from "../../spop/mod.ts";
import type { Environment } from "../environment.ts";
import { readText } from "../input.ts";
import { UsageError } from "../usage_error.ts";
import { readInteger } from "../values.ts";
import type { Io } from "./addresses.ts";

/** What the command line says, as it was typed. */
export interface SpoaFlags {
  readonly config?: string | undefined;
  readonly listen: readonly string[];
  readonly workers?: string | undefined;
  readonly list: readonly string[];
  readonly io?: Io | undefined;
  readonly http?: string | undefined;
}

/** What is to run. */
export interface SpoaPlan {
  readonly listen: readonly Address[];
  readonly workers: number;
  readonly io: Io;
  readonly processingMs: number;
  readonly http: string | undefined;
  readonly recordVerdicts: boolean;
  readonly policies: readonly PolicyConfig[];
  /** Says where in the file a policy's error is. */
  readonly locate: SpoaConfig["locate"];
}

/** Where an agent listens when nobody says. */
export const DEFAULT_LISTEN = "127.0.0.1:3000";
/** HAProxy's `timeout processing` when nobody says, in milliseconds. */
const DEFAULT_PROCESSING_MS = 500;

/**
 * Reads the file, if there is one, and puts the command line before it.
 *
 * Without policies in the file there is one: the seed's `ip_reputation`, which `--list` gives its lists.
 *
 * @throws {UsageError} {@linkcode UnreadableFile} {@linkcode InvalidConfig} {@linkcode InvalidAddress}
 */
export async function readPlan({ stdin }: Pick<Environment, "stdin">, flags: SpoaFlags): Promise<SpoaPlan> {
  const { config: file } = flags;
  const { settings, policies, locate } = file === undefined
    ? NO_CONFIG
    : readSpoaConfig(await readText(stdin, file), file);
  if (policies.length > 0 && flags.list.length > 0) {
    throw new UsageError(
      `Cannot use --list: "${file}" names policies, and their lists belong there`,
      "happi spoa --help",
    );
  }
  const listen = flags.listen.length > 0 ? flags.listen : settings.listen ?? [DEFAULT_LISTEN];
  const workers = flags.workers === undefined ? settings.workers ?? 1 : readInteger("--workers", flags.workers, 1, 64);
  return {
    listen: listen.map(parseAddress),
    workers,
    io: flags.io ?? settings.io ?? "default",
    processingMs: settings.processing_ms ?? DEFAULT_PROCESSING_MS,
    http: flags.http ?? settings.http,
    recordVerdicts: settings.record_verdicts ?? false,
    policies: policies.length > 0 ? policies : [seedPolicy(flags.list)],
    locate,
  };
}

/** Whether a user's own code runs, which may loop. */
export function hasScript({ policies }: Pick<SpoaPlan, "policies">): boolean {
  return policies.some(({ kind }) => kind === "script");
}

const NO_CONFIG: SpoaConfig = { settings: {}, policies: [], locate: (error) => error };

/** Message `get-ip-reputation`, argument `ip`, variable `ip_score` in the session. */
function seedPolicy(lists: readonly string[]): PolicyConfig {
  return { name: "reputation", kind: "ip_reputation", options: { lists: lists.map(readList) } };
}

/** `FILE`, `FILE=SCORE` or a URL; a URL's own `=` is no score. */
function readList(given: string): { source: string; score?: number } {
  const [, source = "", score] = /^(.*)=(\d{1,3})$/s.exec(given) ?? [];
  if (source === "" || /[?&][^=]*$/.test(source)) return { source: given };
  return { source, score: readInteger("--list", score ?? "", 0, 100) };
}
