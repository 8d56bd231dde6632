/**
 * A listening socket made by hand: TCP over IPv4 or IPv6, or unix with the mode of its file.
 */
import { type Address, CannotListen, removeStaleSocket, SOCKET_MODE } from "../../net/mod.ts";
import { Ip } from "../codec/mod.ts";
import { ERRORS, type Libc } from "./libc.ts";

const [AF_UNIX, AF_INET, AF_INET6] = [1, 2, 10] as const;
const STREAM = 1;
const NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const [REUSEADDR, REUSEPORT] = [2, 15] as const;
const IPPROTO_TCP = 6;
const NODELAY = 1;
const BACKLOG = 4096;
const ONE = new Uint8Array([1, 0, 0, 0]);

/** A socket that is listened on. */
export interface ServerSocket {
  readonly fd: number;
  /** Where; with the port that was given for port 0. */
  readonly address: Address;
}

/**
 * Listens.
 *
 * @param libc the system calls
 * @param address where
 * @param reusePort others may listen on the same TCP port
 * @throws {CannotListen} when somebody listens there already, or the system does not allow it
 */
export async function openServerSocket(libc: Libc, address: Address, reusePort: boolean): Promise<ServerSocket> {
  if (address.transport === "unix") await removeStaleSocket(address);
  const name = socketName(address);
  const family = (name[0] ?? 0) | ((name[1] ?? 0) << 8);
  const fd = libc.socket(family, STREAM | NONBLOCK_CLOEXEC, 0);
  if (fd < 0) throw failure(libc, address);
  if (family !== AF_UNIX) {
    libc.setsockopt(fd, SOL_SOCKET, REUSEADDR, ONE, 4);
    if (reusePort) libc.setsockopt(fd, SOL_SOCKET, REUSEPORT, ONE, 4);
    // Connections inherit it.
    libc.setsockopt(fd, IPPROTO_TCP, NODELAY, ONE, 4);
  }
  if (libc.bind(fd, name, name.length) < 0 || libc.listen(fd, BACKLOG) < 0) {
    const why = failure(libc, address);
    libc.close(fd);
    throw why;
  }
  if (address.transport === "unix") {
    await Deno.chmod(address.path, SOCKET_MODE);
    return { fd, address };
  }
  return { fd, address: { ...address, port: portOf(libc, fd) } };
}

/** The next connection; negative when there is none, and then `errno` says why. */
export function acceptConnection(libc: Libc, fd: number): number {
  return libc.accept4(fd, null, null, NONBLOCK_CLOEXEC);
}

/** A `sockaddr` of the right kind. */
function socketName(address: Address): Uint8Array<ArrayBuffer> {
  if (address.transport === "unix") {
    const path = new TextEncoder().encode(address.path);
    const name = new Uint8Array(2 + path.length + 1);
    name[0] = AF_UNIX;
    name.set(path, 2);
    return name;
  }
  const ip = ipOf(address);
  const name = new Uint8Array(ip.version === 4 ? 16 : 28);
  name[0] = ip.version === 4 ? AF_INET : AF_INET6;
  name[2] = address.port >> 8;
  name[3] = address.port & 0xff;
  name.set(ip.bytes, ip.version === 4 ? 4 : 8);
  return name;
}

function ipOf(address: Address & { readonly transport: "tcp" }): Ip {
  if (address.hostname === "localhost") return Ip.parse("127.0.0.1");
  try {
    return Ip.parse(address.hostname);
  } catch (thrown) {
    throw new CannotListen(address, "epoll wants an IP address, no name", thrown);
  }
}

function portOf(libc: Libc, fd: number): number {
  const name = new Uint8Array(28);
  libc.getsockname(fd, name, new Uint8Array([name.length, 0, 0, 0]));
  return ((name[2] ?? 0) << 8) | (name[3] ?? 0);
}

const REASONS: Readonly<Record<number, string>> = {
  [ERRORS.EADDRINUSE]: "the address is in use",
  [ERRORS.EACCES]: "permission denied",
  [ERRORS.ENOENT]: "there is no such folder",
};

function failure(libc: Libc, address: Address): CannotListen {
  const errno = libc.errno();
  return new CannotListen(address, REASONS[errno] ?? `the system says error ${errno}`);
}
