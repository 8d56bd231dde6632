/**
 * What `happi process` keeps: the configuration file's words, and those of the command line before them.
 */
import type { Admin, WebhookTable } from "../../process/mod.ts";
import { type ProcessConfig, readProcessConfig } from "../../config/mod.ts";
import type { Environment } from "../environment.ts";
import { readText } from "../input.ts";
import { UsageError } from "../usage_error.ts";
import { readAdminToken } from "./admin_token.ts";

/** What the command line says, as it was typed. */
export interface KeeperFlags {
  readonly config?: string | undefined;
  readonly listen?: string | undefined;
  readonly http?: string | undefined;
  readonly open: boolean;
  readonly adminTokenFile?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly socket?: string | undefined;
}

/** What is to run. */
export interface KeeperPlan {
  /** `undefined`: the API has no listener of its own. */
  readonly listen: string | undefined;
  /** `undefined`: there is no server of happi's. */
  readonly http: string | undefined;
  readonly admin: Admin;
  readonly origins: readonly string[];
  /** `undefined`: what comes over the API is forgotten at the end. */
  readonly stateDir: string | undefined;
  readonly webhooks: WebhookTable;
  /** HAProxy's socket, as it was given. */
  readonly socket: string | undefined;
  readonly definitions: ProcessConfig["definitions"];
  /** Says where in the file a definition's error is. */
  readonly locate: ProcessConfig["locate"];
  /** Names this keeper for the next start of it, which finds what it has left. */
  readonly keeper: string;
}

/** Where the API listens when nobody says. */
export const DEFAULT_LISTEN = "127.0.0.1:5000";
/** Where happi's server is. */
export const DEFAULT_HTTP = "127.0.0.1:5083";

/**
 * Reads the file, if there is one, and puts the command line before it.
 *
 * @throws {UsageError} {@linkcode UnreadableFile} {@linkcode InvalidConfig} {@linkcode UnusableToken}
 */
export async function readPlan(
  environment: Pick<Environment, "stdin" | "variable">,
  flags: KeeperFlags,
): Promise<KeeperPlan> {
  const { config: file } = flags;
  const { settings, definitions, locate } = file === undefined
    ? NO_CONFIG
    : readProcessConfig(await readText(environment.stdin, file), file);
  const listen = flags.listen ?? settings.listen ?? DEFAULT_LISTEN;
  const http = flags.http ?? settings.http ?? DEFAULT_HTTP;
  const tokenFile = flags.adminTokenFile ?? settings.admin_token_file;
  const isOpen = flags.open || (settings.open ?? false);
  if (isOpen && tokenFile !== undefined) {
    throw new UsageError("Cannot ask for a token and be open: give an admin token file, or --process-open");
  }
  const token = isOpen ? undefined : await readAdminToken(environment, tokenFile);
  // systemd gives several directories with colons between.
  const stateDir = flags.stateDir ?? settings.state_dir ?? environment.variable("STATE_DIRECTORY")?.split(":")[0];
  return {
    listen: listen === "off" ? undefined : listen,
    http: http === "off" ? undefined : http,
    admin: isOpen ? "open" : token === undefined ? undefined : { token },
    origins: settings.origins ?? [],
    stateDir,
    webhooks: settings.webhooks ?? {},
    socket: flags.socket ?? settings.socket,
    definitions,
    locate,
    keeper: await whole(file === "-" ? undefined : file) ?? await whole(stateDir) ?? listen,
  };
}

const NO_CONFIG: ProcessConfig = { settings: {}, definitions: [], locate: (error) => error };

/** A path that is the same wherever happi is started. */
async function whole(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : await Deno.realPath(path).catch(() => path);
}
