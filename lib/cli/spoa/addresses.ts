/**
 * Which worker listens where.
 *
 * A TCP port is shared by all workers, and the kernel spreads connections over them: always with `--io epoll`, and else
 * where Deno was started so that it can. Everywhere else each worker has an address of its own: the first as it was
 * given, the others the next ports (3001, 3002) or names (`spoa.2.sock`), and HAProxy spreads connections over its
 * `server` lines.
 *
 * One unix socket for all was measured (2 workers, 2 cores, Deno 2.9) and is worse than a socket each. With epoll, one
 * listening descriptor watched by both loops with EPOLLEXCLUSIVE: of 64 connections 0 and 64, or 54 and 10, instead of 32
 * and 32, so one core does the work; a frame costs the same (4.5 to 6.1 us of CPU, 5.0 to 5.6 with a socket each). With
 * Deno's own I/O a connection cannot be handed to a worker; its two streams can, and then a round trip costs 159 us of
 * CPU instead of 17.
 */
import { type Address, canReusePort } from "../../net/mod.ts";

/** How a worker reads and writes. */
export type Io = "default" | "epoll";

/**
 * Whether workers listen on an address together.
 *
 * @param hasReusePort whether Deno's own listener can share a port
 */
export function isShared(address: Address, io: Io, hasReusePort: boolean = canReusePort()): boolean {
  return address.transport === "tcp" && (io === "epoll" || hasReusePort);
}

/**
 * The address of a worker.
 *
 * @param address the first worker's
 * @param worker from 1
 * @param io how it reads and writes
 * @param hasReusePort whether Deno's own listener can share a port
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { addressOf } from "./addresses.ts";
 * const unix = addressOf({ transport: "unix", path: "/run/happi/spoa.sock" }, 2, "epoll");
 * assert.deepEqual(unix, { transport: "unix", path: "/run/happi/spoa.2.sock" });
 * ```
 */
export function addressOf(address: Address, worker: number, io: Io, hasReusePort: boolean = canReusePort()): Address {
  if (worker === 1 || isShared(address, io, hasReusePort)) return address;
  if (address.transport === "unix") {
    return { ...address, path: address.path.replace(/(\.[A-Za-z]+)?$/, (end) => `.${worker}${end}`) };
  }
  // Port 0 takes any that is free.
  return address.port === 0 ? address : { ...address, port: address.port + worker - 1 };
}

/** Every address that HAProxy can reach workers at, each once. */
export function allAddresses(
  addresses: readonly Address[],
  workers: number,
  io: Io,
  hasReusePort: boolean = canReusePort(),
): Address[] {
  return addresses.flatMap((address) => {
    const count = isShared(address, io, hasReusePort) ? 1 : workers;
    return Array.from({ length: count }, (_, index) => addressOf(address, index + 1, io, hasReusePort));
  });
}
