/**
 * Connecting: to a unix socket or over TCP, within a limit of time, with words for what can go wrong.
 */
import { type Address, formatAddress } from "../net/mod.ts";
import { endWith } from "./ending.ts";
import { NoSocket, NotASocket, type SocketError, SocketTimeout } from "./errors.ts";

/**
 * Connects.
 *
 * @param address where to
 * @param timeoutMs how long it may take, in milliseconds
 * @param signals end the attempt with their reason
 * @returns the connection
 * @throws {NoSocket} {@linkcode SocketForbidden} {@linkcode NotASocket} {@linkcode SocketTimeout}
 */
export async function dial(
  address: Address,
  timeoutMs: number,
  signals: readonly AbortSignal[] = [],
): Promise<Deno.Conn> {
  const name = formatAddress(address);
  const attempt = new AbortController();
  const timeout = { ms: timeoutMs, error: () => new SocketTimeout(name, "connect", timeoutMs) };
  using _limit = endWith({ timeout, signals }, (reason) => attempt.abort(reason));
  for (;;) {
    attempt.signal.throwIfAborted();
    try {
      const conn = await connect(address, attempt.signal);
      if (attempt.signal.aborted) conn.close();
      else return conn;
    } catch (thrown) {
      attempt.signal.throwIfAborted();
      if (!(thrown instanceof Deno.errors.WouldBlock)) throw await explain(address, name, thrown);
      await pause(attempt.signal);
    }
  }
}

async function connect(address: Address, signal: AbortSignal): Promise<Deno.Conn> {
  if (address.transport === "unix") return await Deno.connect({ transport: "unix", path: address.path });
  return await Deno.connect({ hostname: address.hostname, port: address.port, signal });
}

/** A unix socket whose backlog is full refuses at once (EAGAIN), where TCP would wait: so this waits. */
async function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _end = endWith({ signals: [signal] }, () => resolve());
  const timer = setTimeout(resolve, BACKLOG_PAUSE_MS);
  await promise;
  clearTimeout(timer);
}

const BACKLOG_PAUSE_MS = 2;

async function explain(address: Address, name: string, thrown: unknown): Promise<SocketError> {
  if (address.transport === "unix" && thrown instanceof Deno.errors.ConnectionRefused) {
    const info = await Deno.stat(address.path).catch(() => undefined);
    if (info?.isDirectory) return new NotASocket(name, "directory");
    if (info?.isFile) return new NotASocket(name, "regular file");
  }
  return NoSocket.parse(name, thrown);
}
