/**
 * Ready when something accepts connections: on a TCP port or a unix socket.
 */
import { reason } from "../../errors.ts";
import { type Address, formatAddress, InvalidAddress, parseAddress } from "../../net/mod.ts";
import type { Attempt } from "./until_ready.ts";

/**
 * Makes the try.
 *
 * @param target an address
 * @param transport what it must be
 * @throws {InvalidAddress} when it is none of these
 */
export function acceptsAttempt(target: string, transport: Address["transport"]): Attempt {
  const address = parseAddress(target);
  if (address.transport !== transport) {
    throw new InvalidAddress(target, transport === "tcp" ? "it is a unix socket's path" : "it is no path");
  }
  return async (signal) => {
    try {
      (await connect(address, signal)).close();
      return undefined;
    } catch (thrown) {
      return problemOf(address, thrown);
    }
  };
}

/**
 * Connects. What connects too late is closed.
 *
 * @throws what the system says, or the signal's reason
 */
export async function connect(address: Address, signal: AbortSignal): Promise<Deno.Conn> {
  signal.throwIfAborted();
  const conn = address.transport === "unix"
    ? await Deno.connect({ transport: "unix", path: address.path })
    : await Deno.connect({ hostname: address.hostname, port: address.port, signal });
  if (!signal.aborted) return conn;
  conn.close();
  throw signal.reason;
}

/** Why nobody could be reached there, for people. */
export function problemOf(address: Address, thrown: unknown): string {
  return `nothing accepts connections at "${formatAddress(address)}" (${shortly(thrown)})`;
}

function shortly(thrown: unknown): string {
  if (thrown instanceof Deno.errors.ConnectionRefused) return "refused";
  if (thrown instanceof Deno.errors.NotFound) return "there is no such socket";
  if (thrown instanceof DOMException && thrown.name === "AbortError") return "no answer in time";
  return reason(thrown);
}
