/**
 * Asks a Redis server for its role: the one file that uses the package `@redis/client`, loaded when the first such check runs.
 */
import { isIP, type LookupFunction } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { PinnedAddress } from "../../target/guard.ts";

/** Where to connect to, and who asks. */
export interface RedisQuestion {
  /** The first that can be connected to is taken. */
  readonly addresses: readonly [PinnedAddress, ...PinnedAddress[]];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: ConnectionOptions | undefined;
}

/**
 * The answer to `INFO replication`, after a `PING` that a server which is still loading its data refuses.
 *
 * A connection is made for each question, as a client would: a server that takes no more of them is ill, too.
 *
 * @param question where, and who asks
 * @param signal ends the connection at any time
 * @throws what the server answers, or the connection ends with
 */
export async function askRedis(question: RedisQuestion, signal: AbortSignal): Promise<string> {
  const { createClient } = await import("@redis/client");
  const { addresses, user, password, tls } = question;
  const place = {
    ...placeOf(addresses, tls?.host),
    // The socket's own signal: the client cannot let go of a connection that is being made.
    signal,
    reconnectStrategy: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
  } as const;
  const client = createClient({
    socket: tls === undefined ? place : { ...tls, ...place, tls: true },
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    // RESP 3 would have the client say HELLO, which servers before 6 do not know; nor the client's name.
    RESP: 2,
    disableClientInfo: true,
  });
  // What goes wrong is thrown by `connect` and `sendCommand` as well.
  client.on("error", () => {});
  try {
    await client.connect();
    const [, info] = await Promise.all([client.sendCommand(["PING"]), client.sendCommand(["INFO", "replication"])]);
    return String(info);
  } finally {
    client.destroy();
  }
}

/** Longer than any deadline should be: the signal comes before. */
const CONNECT_TIMEOUT_MS = 60_000;

/**
 * The addresses in the words of `node:net`: several can only be handed over as the answer of a look-up, and a name is needed
 * for one to happen. No name is ever looked up.
 */
function placeOf(addresses: readonly [PinnedAddress, ...PinnedAddress[]], tlsName = "pinned.invalid") {
  const [first] = addresses;
  if (isIP(tlsName) !== 0) return { host: first.address, port: first.port };
  const lookup: LookupFunction = (_name, _options, done) => done(null, [...addresses]);
  return { host: tlsName, port: first.port, autoSelectFamily: true, lookup };
}
