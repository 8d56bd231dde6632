/**
 * A keeper's API, as the commands beside it use it: found where it usually is, its errors told in its words.
 */
import { HappiError, reason } from "../../errors.ts";
import type { Environment } from "../environment.ts";
import { UsageError } from "../usage_error.ts";
import { readAdminToken } from "./admin_token.ts";

/** No keeper could be asked. */
export class KeeperUnreachable extends HappiError {
  /** @param tried each address, and what was in the way there */
  constructor(tried: readonly string[]) {
    super("api_unreachable", `Cannot reach a process keeper: ${tried.join("; ")}; start one with "happi process"`);
  }
}

/** The keeper said no. */
export class KeeperRefused extends HappiError {
  readonly status: number;

  /**
   * @param message its words
   * @param status of HTTP; 0 where there is none
   */
  constructor(message: string, status = 0) {
    super("api_refused", message);
    this.status = status;
  }
}

/** Fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** How a request is made. */
export interface AskOptions {
  readonly body?: unknown;
  /** Ends it; without, it goes on although happi was told to end. */
  readonly signal?: AbortSignal;
}

/** Asks a keeper. */
export interface KeeperApi {
  /** Where it is: `http://127.0.0.1:5000`. */
  readonly url: string;
  readonly token: string | undefined;
  /**
   * Asks for JSON.
   *
   * @param path of the API of processes: `/processes/web`
   * @throws {KeeperRefused} {@linkcode KeeperUnreachable}
   */
  ask(method: Method, path: string, options?: AskOptions): Promise<unknown>;
  /** The same below `/api/v1`: `/jobs/app/web`. */
  askJobs(method: Method, path: string, options?: AskOptions): Promise<unknown>;
  /** The bytes of a stream. @throws as `ask` does */
  open(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array<ArrayBuffer>>>;
  /** The address of a WebSocket. */
  socketUrl(path: string): string;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What the command line says of the keeper. */
export interface ApiFlags {
  readonly api?: string | undefined;
  readonly adminTokenFile?: string | undefined;
}

/** Where keepers are when nobody says, their own listener and happi's server: and where the API is below each. */
const USUAL = ["http://127.0.0.1:5000", "http://127.0.0.1:5083"];
const BELOW = ["", "/api/v1/process"];
/** Finding out whether a keeper is there takes no longer, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Finds the keeper: `--api`, else HAPPI_API, else the first of the usual places where one answers.
 *
 * @throws {KeeperUnreachable} when none answers
 * @throws {UsageError} when the URL is none
 */
export async function findKeeper(
  environment: Pick<Environment, "variable" | "signal">,
  flags: ApiFlags,
): Promise<KeeperApi> {
  const { variable, signal } = environment;
  const token = await readAdminToken(environment, flags.adminTokenFile);
  const named = flags.api ?? variable("HAPPI_API");
  const tried: string[] = [];
  for (const url of named === undefined ? USUAL : [readUrl(named)]) {
    const below = await findBelow(url, signal).catch((thrown) => {
      if (signal.aborted) throw signal.reason;
      tried.push(`${url}: ${whyOf(thrown)}`);
    });
    if (below !== undefined) return apiAt({ url, below, token, signal });
  }
  throw new KeeperUnreachable(tried);
}

async function findBelow(url: string, signal: AbortSignal): Promise<string> {
  for (const below of BELOW) {
    const response = await fetch(`${url}${below}/ping`, {
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    if (await response.text() === "OK" && response.ok) return below;
  }
  throw new Error("who answers there is no process keeper");
}

interface Place {
  readonly url: string;
  readonly below: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

function apiAt({ url, below, token, signal }: Place): KeeperApi {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = async (method: Method, address: string, options: AskOptions): Promise<Response> => {
    const { body, signal: own = signal } = options;
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { ...authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const response = await fetch(address, { method, headers, redirect: "manual", signal: own, ...given })
      .catch((thrown) => {
        if (own.aborted) throw own.reason;
        throw new KeeperUnreachable([`${url}: ${whyOf(thrown)}`]);
      });
    if (response.ok) return response;
    throw new KeeperRefused(errorOf(await response.text(), response.status), response.status);
  };
  const ask = async (method: Method, address: string, options: AskOptions = {}): Promise<unknown> => {
    const response = await request(method, address, options);
    try {
      return await response.json();
    } catch (thrown) {
      throw new KeeperUnreachable([`${url}: ${whyOf(thrown)}`]);
    }
  };
  return {
    url,
    token,
    ask: (method, path, options) => ask(method, `${url}${below}${path}`, options),
    askJobs: (method, path, options) => ask(method, `${url}/api/v1${path}`, options),
    async open(path, own) {
      const response = await request("GET", `${url}${below}${path}`, { signal: own });
      return chunksOf(response.body, own);
    },
    socketUrl: (path) => `${url.replace(/^http/, "ws")}${below}${path}`,
  };
}

/**
 * The chunks of an answer. The signal that the request was made with is not relied on: what the runtime derives from it may
 * be collected as garbage while a long answer is still read, and then nothing ends it.
 */
async function* chunksOf(
  body: Response["body"],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  const stop = () => void reader?.cancel().catch(() => {}); // it has ended
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done = true, value } = await reader?.read() ?? {};
      if (done || value === undefined) break;
      yield value;
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** Deno says what was in the way in the error's cause. */
function whyOf(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return "its answer is no JSON";
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") return `no answer within ${PATIENCE_MS} ms`;
  const why = thrown instanceof Error && thrown.cause !== undefined ? reason(thrown.cause) : reason(thrown);
  return /connection refused/i.test(why) ? "nobody listens there" : why;
}

/** `{"error": WORD, "reason": SENTENCE}`, or happi's own shape. */
function errorOf(text: string, status: number): string {
  const { error, reason: sentence } = recordIn(parsed(text));
  const message = sentence ?? recordIn(error)["message"];
  return typeof message === "string" ? message : `Cannot go on: the keeper answered HTTP ${status}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as an object; an empty one when it is none. */
export function recordIn(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A value as a list of texts and numbers; an empty one when it is none. */
export function listIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function readUrl(given: string): string {
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`Cannot use "${given}" as --api: write a URL such as "http://127.0.0.1:5000"`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/(?:api\/v1(?:\/process)?\/?)?$/, "");
}
