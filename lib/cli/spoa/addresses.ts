/**
 * Which worker listens where.
 *
 * With `--io epoll` all workers listen on the same TCP port, and the kernel spreads connections over them. Everywhere
 * else each worker has an address of its own: the first as it was given, the others the next ports (3001, 3002) or names
 * (`spoa.2.sock`), and HAProxy spreads connections over its `server` lines. A unix socket has one listener only; and
 * Deno's own listener shares a port only with `--unstable-net`, without which trying to ends the process.
 */
import type { Address } from "../../net/mod.ts";

/** How a worker reads and writes. */
export type Io = "default" | "epoll";

/** Whether workers listen on an address together. */
export function isShared(address: Address, io: Io): boolean {
  return io === "epoll" && address.transport === "tcp";
}

/**
 * The address of a worker.
 *
 * @param address the first worker's
 * @param worker from 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { addressOf } from "./addresses.ts";
 * const unix = addressOf({ transport: "unix", path: "/run/happi/spoa.sock" }, 2, "epoll");
 * assert.deepEqual(unix, { transport: "unix", path: "/run/happi/spoa.2.sock" });
 * ```
 */
export function addressOf(address: Address, worker: number, io: Io): Address {
  if (worker === 1 || isShared(address, io)) return address;
  if (address.transport === "unix") {
    return { ...address, path: address.path.replace(/(\.[A-Za-z]+)?$/, (end) => `.${worker}${end}`) };
  }
  // Port 0 takes any that is free.
  return address.port === 0 ? address : { ...address, port: address.port + worker - 1 };
}

/** Every address that HAProxy can reach workers at, each once. */
export function allAddresses(addresses: readonly Address[], workers: number, io: Io): Address[] {
  return addresses.flatMap((address) =>
    Array.from({ length: isShared(address, io) ? 1 : workers }, (_, index) => addressOf(address, index + 1, io))
  );
}
