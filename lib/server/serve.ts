/**
 * The server with a life: it listens, answers, and stops without cutting off who is still being answered.
 */
import type { Hono } from "hono";
import { type Address, parseAddress } from "../net/mod.ts";
import { type AppOptions, createApp } from "./app.ts";
import type { ServerEnv } from "./env.ts";
import type { GuardOptions } from "./guarded.ts";
import { checkLoopback, listen } from "./listener.ts";

/** What is served, and where. */
export interface ServeOptions extends Omit<AppOptions, "stopping" | "cut">, ListenerOptions {}

/** Where a server listens, and how it stops. */
export interface ListenerOptions {
  /** Where to listen: an address, or its text; `127.0.0.1:5080` by default. */
  readonly listen?: string | Address;
  /** Listens also where other machines reach it, although nothing guards it yet. */
  readonly insecure?: boolean;
  /** Time that requests have to finish when the server stops, in milliseconds; 10000 by default. */
  readonly drainMs?: number;
}

/** A server that answers. */
export interface RunningServer extends AsyncDisposable {
  /** Where it listens, with its real port. */
  readonly address: Address;
  /** Resolves when it has ended. */
  readonly finished: Promise<void>;
  /**
   * Stops: no new connections, event streams end at once, other requests may finish for `drainMs`; what is left then is
   * answered 503, and cut off a second later.
   */
  stop(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @param options the client, the address and the limits
 * @returns the server, listening
 * @throws {NonLoopbackListener} when other machines reach the address and `insecure` is not set
 * @throws {ListenFailed} when the address cannot be had
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Client } from "../client/mod.ts";
 * import { formatAddress } from "../net/mod.ts";
 * import { serve } from "./serve.ts";
 *
 * await using client = new Client("/run/nobody-listens-here.sock");
 * await using server = await serve({ client, listen: "127.0.0.1:0" });
 * const response = await fetch(`http://${formatAddress(server.address)}/healthz`);
 * assert.deepEqual(await response.json(), { status: "alive" });
 * ```
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  return await serveApp(options, (bounds) => createApp({ ...options, ...bounds }));
}

/** What an app is told by the server that it is put on. */
export interface AppBounds extends Required<Pick<GuardOptions, "hosts" | "cut">> {
  /** Aborted when the server begins to stop: streams end. */
  readonly stopping: AbortSignal;
}

/**
 * Puts an app on an address.
 *
 * @param options where
 * @param createApp makes the app
 * @throws {NonLoopbackListener} {@linkcode ListenFailed}
 */
export async function serveApp(
  options: ListenerOptions & Pick<GuardOptions, "hosts">,
  createApp: (bounds: AppBounds) => Hono<ServerEnv>,
): Promise<RunningServer> {
  const { listen: where = "127.0.0.1:5080", insecure = false, drainMs = 10_000 } = options;
  const address = typeof where === "string" ? parseAddress(where) : where;
  if (!insecure) checkLoopback(address);
  const stopping = new AbortController();
  const cut = new AbortController();
  const end = new AbortController();
  const hosts = hostsOf(address, options.hosts);
  const app = createApp({ hosts, stopping: stopping.signal, cut: cut.signal });
  const http = await listen(address, (request, info) => app.fetch(request, info), end.signal);
  let stopped: Promise<void> | undefined;
  const stop = () => stopped ??= stopGently(http, { stopping, cut, end, drainMs });
  return { address: boundAddress(address, http.addr), finished: http.finished, stop, [Symbol.asyncDispose]: stop };
}

/** The steps of a stop, each with its time. */
interface Stop {
  readonly stopping: AbortController;
  readonly cut: AbortController;
  readonly end: AbortController;
  readonly drainMs: number;
}

/** Time between the answer 503 and the end of the connection, in milliseconds. */
const CUT_MS = 1_000;

async function stopGently(http: Deno.HttpServer<Deno.Addr>, { stopping, cut, end, drainMs }: Stop): Promise<void> {
  stopping.abort();
  const drained = http.shutdown();
  const cutting = setTimeout(() => cut.abort(), drainMs);
  const ending = setTimeout(() => end.abort(), drainMs + CUT_MS);
  try {
    await Promise.race([drained, http.finished]);
  } finally {
    clearTimeout(cutting);
    clearTimeout(ending);
  }
}

/** Whose requests are answered beside the loopback's. Nobody can make a browser speak to a unix socket. */
function hostsOf(address: Address, given: AppOptions["hosts"] = []): readonly string[] | "any" {
  if (address.transport === "unix" || given === "any") return "any";
  return [...given, address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname];
}

function boundAddress(wanted: Address, bound: Deno.Addr): Address {
  return wanted.transport === "tcp" && "port" in bound ? { ...wanted, port: bound.port } : wanted;
}
