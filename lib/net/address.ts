/**
 * Addresses as people write them, for connecting and for listening: a unix socket's path or a host and a port.
 */
import { HappiError } from "../errors.ts";

/** Where something listens: a unix socket, or a TCP port with the host as a name, an IPv4 or a bare IPv6 address. */
export type Address =
  | { readonly transport: "unix"; readonly path: string }
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number };

/** The text is no address. */
export class InvalidAddress extends HappiError {
  /**
   * Makes the error.
   *
   * @param text what was given
   * @param why what is wrong with it
   */
  constructor(text: string, why: string) {
    super(
      "invalid_address",
      `Cannot use address "${text}": ${why}; write a path such as "/run/haproxy/admin.sock", "127.0.0.1:9999" or "[::1]:9999"`,
    );
  }
}

/**
 * Reads an address.
 *
 * What holds a `/` is the path of a unix socket; `unix:` and `unix@` (HAProxy's own word) before it are allowed.
 * Everything else is TCP: `host:port`, `[v6]:port`, `tcp://host:port`.
 *
 * @param text the address
 * @returns the address, its port between 0 and 65535 (0 only makes sense for listening)
 * @throws {InvalidAddress} when the text is neither
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAddress } from "./address.ts";
 * assert.deepEqual(parseAddress("/run/haproxy/admin.sock"), { transport: "unix", path: "/run/haproxy/admin.sock" });
 * assert.deepEqual(parseAddress("[::1]:9999"), { transport: "tcp", hostname: "::1", port: 9999 });
 * ```
 */
export function parseAddress(text: string): Address {
  if (text === "") throw new InvalidAddress(text, "it is empty");
  if (text.includes("\0")) throw new InvalidAddress(text, "it holds a NUL byte");
  if (!text.isWellFormed()) throw new InvalidAddress(text, "it holds half a surrogate pair");
  const [, scheme = "", rest = text] = SCHEME.exec(text) ?? [];
  if (scheme === "unix:" || scheme === "unix@") return unixAddress(text, rest.replace(/^\/\//, ""));
  if (scheme === "tcp://") return tcpAddress(text, rest);
  if (scheme !== "") throw new InvalidAddress(text, "only unix: and tcp:// are known");
  return text.includes("/") ? unixAddress(text, text) : tcpAddress(text, text);
}

const SCHEME = /^(unix[:@]|[a-z][a-z0-9+.-]*:\/\/)(.*)$/s;

/**
 * Writes an address in the form that {@linkcode parseAddress} reads.
 *
 * @param address the address
 * @returns a path, or `host:port` with brackets around IPv6
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatAddress } from "./address.ts";
 * assert.equal(formatAddress({ transport: "tcp", hostname: "::1", port: 9999 }), "[::1]:9999");
 * ```
 */
export function formatAddress(address: Address): string {
  if (address.transport === "unix") {
    const isPlain = address.path.includes("/") && !SCHEME.test(address.path);
    return isPlain ? address.path : `unix:${address.path}`;
  }
  const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return `${host}:${address.port}`;
}

/**
 * Whether only this machine can reach the address: a unix socket, `localhost`, 127.0.0.0/8 or ::1.
 *
 * @param address the address
 * @returns true when nothing from outside can connect
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isLoopback, parseAddress } from "./address.ts";
 * assert.equal(isLoopback(parseAddress("127.0.0.1:5080")), true);
 * assert.equal(isLoopback(parseAddress("0.0.0.0:5080")), false);
 * ```
 */
export function isLoopback(address: Address): boolean {
  if (address.transport === "unix") return true;
  const host = address.hostname.toLowerCase();
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function unixAddress(text: string, path: string): Address {
  if (path === "") throw new InvalidAddress(text, "the path is empty");
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > 107) throw new InvalidAddress(text, `the path has ${bytes} bytes and a unix socket's may have 107`);
  return { transport: "unix", path };
}

function tcpAddress(text: string, rest: string): Address {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(rest);
  if (!parts) throw new InvalidAddress(text, "it is no path and no host with a port");
  const [, v6, host = "", digits] = parts;
  const isHost = v6 === undefined ? /^[\w.-]+$/.test(host) : isIpv6(v6);
  if (!isHost) throw new InvalidAddress(text, `"${v6 ?? host}" is no host`);
  const port = Number(digits);
  if (port > 65535) throw new InvalidAddress(text, `port ${port} is larger than 65535`);
  return { transport: "tcp", hostname: v6 ?? host, port };
}

/** Whether it is an IPv6 address, with or without a zone (`fe80::1%eth0`). */
function isIpv6(text: string): boolean {
  return URL.canParse(`http://[${text.replace(/%[\w.-]+$/, "")}]/`);
}
