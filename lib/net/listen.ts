/**
 * Listening for raw streams: a TCP port, or a unix socket that only its owner and group can use.
 */
import { HappiError, reason } from "../errors.ts";
import { type Address, formatAddress } from "./address.ts";

/** Nobody can be listened for there. */
export class CannotListen extends HappiError {
  /**
   * @param address where
   * @param why what is in the way
   * @param cause the system's error
   */
  constructor(address: Address, why: string, cause?: unknown) {
    super(
      "cannot_listen",
      `Cannot listen on "${formatAddress(address)}": ${why}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** A port or a unix socket that is listened on. */
export interface StreamListener extends Disposable {
  /** Where; with the port that was given for port 0. */
  readonly address: Address;
  /** The next connection; rejects when the listener is closed. */
  accept(): Promise<Deno.Conn>;
  /** Accepts no more; a unix socket's file is removed. */
  close(): void;
}

/** How to listen. */
export interface ListenStreamOptions {
  /**
   * Others may listen on the same TCP port, and the kernel spreads connections over all; where
   * {@linkcode canReusePort} says so. A unix socket has one listener only.
   */
  readonly reusePort?: boolean;
}

/** The mode of a unix socket's file: its owner and its group may connect. */
export const SOCKET_MODE = 0o660;

/**
 * Whether several can listen on one TCP port: happi was started with `--unstable-net`, or its `deno.json` says so.
 *
 * Without it Deno ends the process when it is asked to; what else the flag unlocks tells whether it is there.
 */
export function canReusePort(): boolean {
  return typeof Deno.listenDatagram === "function";
}

/**
 * Listens.
 *
 * A unix socket's file that is left over from a process that ended is replaced: only when nobody answers there.
 *
 * @param address where; port 0 takes any that is free
 * @param options how
 * @throws {CannotListen} when somebody listens there already, or the system or Deno does not allow it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { listenStream } from "./listen.ts";
 * using listener = await listenStream({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
 * assert.ok(listener.address.transport === "tcp" && listener.address.port > 0);
 * ```
 */
export async function listenStream(address: Address, options: ListenStreamOptions = {}): Promise<StreamListener> {
  const { reusePort = false } = options;
  if (address.transport === "unix") await removeStaleSocket(address);
  else if (reusePort && !canReusePort()) throw new CannotListen(address, "a port is shared only with --unstable-net");
  try {
    return address.transport === "unix" ? listenUnix(address.path) : listenTcp(address, reusePort);
  } catch (thrown) {
    throw new CannotListen(address, explain(thrown), thrown);
  }
}

/**
 * Removes the file of a unix socket on which nobody listens any more; leaves everything else as it is.
 *
 * @param address where one is to listen
 * @throws {CannotListen} when somebody does listen there, or the file is no socket
 */
export async function removeStaleSocket(address: Address & { readonly transport: "unix" }): Promise<void> {
  const { path } = address;
  const info = await Deno.lstat(path).catch((thrown) => {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw new CannotListen(address, explain(thrown), thrown);
  });
  if (info === undefined) return;
  if (!info.isSocket) throw new CannotListen(address, "there is a file that is no socket");
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.ConnectionRefused) return await Deno.remove(path);
    throw new CannotListen(address, explain(thrown), thrown);
  }
  throw new CannotListen(address, "somebody listens there already");
}

function listenTcp({ hostname, port }: Address & { transport: "tcp" }, reusePort: boolean): StreamListener {
  const listener = Deno.listen({ hostname, port, reusePort });
  const close = () => closeQuietly(listener);
  return {
    address: { transport: "tcp", hostname, port: listener.addr.port },
    async accept() {
      const conn = await listener.accept();
      conn.setNoDelay(true);
      return conn;
    },
    close,
    [Symbol.dispose]: close,
  };
}

function listenUnix(path: string): StreamListener {
  const listener = Deno.listen({ transport: "unix", path });
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    closeQuietly(listener);
    removeQuietly(path);
  };
  try {
    Deno.chmodSync(path, SOCKET_MODE);
  } catch (thrown) {
    close();
    throw thrown;
  }
  return { address: { transport: "unix", path }, accept: () => listener.accept(), close, [Symbol.dispose]: close };
}

function closeQuietly(listener: Deno.Listener): void {
  try {
    listener.close();
  } catch {
    // It was closed already.
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Somebody removed it already.
  }
}

function explain(thrown: unknown): string {
  if (thrown instanceof Deno.errors.AddrInUse) return "the address is in use";
  if (thrown instanceof Deno.errors.AddrNotAvailable) return "the address is none of this machine's";
  if (thrown instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (thrown instanceof Deno.errors.NotFound) return "there is no such folder";
  return reason(thrown);
}
