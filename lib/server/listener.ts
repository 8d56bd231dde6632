/**
 * A listening HTTP server on TCP or a unix socket: only for this machine unless told otherwise, the socket's file for its
 * owner and group only, and a file that a crash left behind is replaced.
 */
import { type Address, formatAddress, isLoopback } from "../net/mod.ts";
import { ListenFailed, NonLoopbackListener } from "./errors.ts";

/** What answers requests: an app's `fetch`. */
export type Fetch = (request: Request, info: Deno.ServeHandlerInfo<Deno.Addr>) => Response | Promise<Response>;

/** Mode of a unix socket's file: for its owner and group. */
const SOCKET_MODE = 0o660;

/**
 * Listens and answers.
 *
 * @param address where; port 0 takes a free one
 * @param fetch answers
 * @param signal ends the server at once, with whatever is under way
 * @returns Deno's server
 * @throws {ListenFailed} when the address cannot be had
 */
export async function listen(
  address: Address,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<Deno.HttpServer<Deno.Addr>> {
  const shared = { signal, onListen: () => {} };
  if (address.transport === "unix") await removeStaleSocket(address.path);
  try {
    return address.transport === "unix"
      ? withMask(() => Deno.serve({ ...shared, path: address.path }, fetch))
      : Deno.serve({ ...shared, hostname: address.hostname, port: address.port }, fetch);
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    const isTaken = thrown instanceof Deno.errors.AddrInUse;
    throw new ListenFailed(formatAddress(address), isTaken ? "somebody listens there already" : thrown.message, thrown);
  }
}

/**
 * Refuses an address that other machines reach.
 *
 * @throws {NonLoopbackListener} when they do
 */
export function checkLoopback(address: Address): void {
  if (!isLoopback(address)) throw new NonLoopbackListener(formatAddress(address));
}

/** The file has its mode from its first moment on: nobody gets in between. */
function withMask<T>(act: () => T): T {
  const before = Deno.umask(0o777 & ~SOCKET_MODE);
  try {
    return act();
  } finally {
    Deno.umask(before);
  }
}

/** Removes the file of a socket where nobody listens any more; anything else that is there stays. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = await Deno.lstat(path).catch(() => undefined);
  if (file === undefined) return;
  if (!file.isSocket) throw new ListenFailed(path, "there is a file of that name, which is no socket");
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.ConnectionRefused)) {
      throw new ListenFailed(path, "there is a socket that cannot be tried", thrown);
    }
    await Deno.remove(path);
    return;
  }
  throw new ListenFailed(path, "somebody listens there already");
}
