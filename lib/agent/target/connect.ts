/**
 * One connection to a target: to an address that the guard has looked at, with TLS where wanted, gone with its signal.
 */
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { reason } from "../../errors.ts";
import { CheckFailed } from "../errors.ts";
import type { PinnedAddress, TargetGuard, TargetOrigin } from "./guard.ts";
import { parseHost } from "./host.ts";
import { withSignal } from "./with_signal.ts";

/** How TLS is spoken. PEM texts, not file names. */
export interface TlsOptions {
  /** Authorities to trust instead of the well-known ones. */
  readonly ca?: string;
  /** Whether any certificate will do. */
  readonly insecure?: boolean;
  /** The name asked for and looked for in the certificate; default: the host. */
  readonly sni?: string;
  /** The certificate to show. */
  readonly cert?: string;
  /** Its key. */
  readonly key?: string;
  /** Protocols to offer: `["h2"]`. */
  readonly alpn?: readonly string[];
}

/** Where to connect to. */
export interface Endpoint {
  /** A name, an IPv4 or an IPv6 address (brackets allowed). */
  readonly host: string;
  readonly port: number;
  /** Left out: no TLS. */
  readonly tls?: TlsOptions | undefined;
}

/** Who asks; a `CheckContext` is one. */
export interface TargetContext {
  readonly guard: TargetGuard;
  readonly origin: TargetOrigin;
}

/**
 * Connects. Of a name with several addresses, one after the other is tried (RFC 8305).
 *
 * @param endpoint where to, and how
 * @param context whose guard looks at it, and who named it
 * @param signal destroys the connection, at any time of its life
 * @returns a connected socket (a `TLSSocket` with its handshake done, where TLS was wanted), for its caller to destroy
 * @throws {TargetRefused} when the target may not be connected to
 * @throws {CheckFailed} when there is no connection: `Cannot connect to "10.0.0.1:8888": connection refused`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { connectTarget } from "./connect.ts";
 * import { TargetGuard } from "./guard.ts";
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const context = { guard: new TargetGuard(), origin: "wire" } as const;
 * const endpoint = { host: "127.0.0.1", port: listener.addr.port };
 * const socket = await connectTarget(endpoint, context, new AbortController().signal);
 * assert.equal(socket.remotePort, endpoint.port);
 * socket.destroy();
 * ```
 */
export async function connectTarget(endpoint: Endpoint, context: TargetContext, signal: AbortSignal): Promise<Socket> {
  const { host, port, tls } = endpoint;
  const addresses = await context.guard.resolveAll(host, port, context.origin, signal);
  const cannot = (error: unknown) => {
    const why = signal.aborted ? "no connection in time" : said(error);
    return new CheckFailed(`Cannot connect to "${host.includes(":") ? bracketed(host) : host}:${port}": ${why}`, error);
  };
  if (signal.aborted) throw cannot(signal.reason);
  const socket = connect(toAddresses(addresses));
  try {
    await opened(socket, "connect", signal);
    if (tls === undefined) return socket;
    const secure = connectTls({ socket, ...tlsConnection(host, tls) });
    await opened(secure, "secureConnect", signal);
    return secure;
  } catch (error) {
    socket.destroy();
    throw cannot(error);
  }
}

/** Waits for the connection. From then on the signal is its end, and an error that nobody waits for ends it only. */
async function opened(socket: Socket, event: "connect" | "secureConnect", signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const destroy = () => socket.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  socket.on("close", () => {
    signal.removeEventListener("abort", destroy);
    reject(new Error("the connection was closed"));
  });
  socket.on("error", reject);
  socket.once(event, () => resolve());
  await withSignal(promise, signal);
}

function toAddresses(addresses: readonly [PinnedAddress, ...PinnedAddress[]]): NetConnectOpts {
  const [first, ...others] = addresses;
  if (others.length === 0) return { host: first.address, port: first.port };
  // The only way to hand over several addresses is the answer of a look-up; the name is never asked for.
  const all = addresses.slice(0, MAX_TRIED).map(({ address, family }) => ({ address, family }));
  return {
    host: "pinned.invalid",
    port: first.port,
    autoSelectFamily: true,
    lookup: (_name, _options, done) => done(null, all),
  };
}

const MAX_TRIED = 6;

/**
 * How TLS is begun, in Node's words; also for libraries that begin it themselves.
 *
 * @param host the target's; its name is looked for in the certificate
 * @param tls how TLS is spoken
 */
export function tlsConnection(host: string, tls: TlsOptions): ConnectionOptions {
  const parsed = parseHost(tls.sni ?? host);
  const name = parsed?.text ?? host;
  return {
    // The certificate is compared with this; an address is not sent as SNI (RFC 6066 section 3).
    host: name,
    ...(parsed?.ip === undefined ? { servername: name } : {}),
    rejectUnauthorized: tls.insecure !== true,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.alpn === undefined ? {} : { ALPNProtocols: [...tls.alpn] }),
  };
}

function bracketed(host: string): string {
  return host.startsWith("[") ? host : `[${host}]`;
}

/** The system's errors in words; `ECONNREFUSED` is none for people. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to its network",
  EACCES: "the system does not permit it",
  EPIPE: "connection closed",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
};

/**
 * What an error of a connection means, in a few words.
 *
 * @param error as `node:net`, `node:tls` and `node:http` throw it
 */
export function said(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = first instanceof Error && "code" in first ? String(first.code) : "";
  return WORDS[code] ?? reason(first);
}
