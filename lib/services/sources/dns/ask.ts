/**
 * Asks name servers: over UDP, and over TCP where the answer is too long for that.
 */
import { createSocket } from "node:dgram";
import { reason } from "../../../errors.ts";
import { SourceFailed } from "../errors.ts";
import { decodeAnswer, type DnsAnswer, encodeQuestion, type RecordType } from "./message.ts";

/** Looks a name up: no records when there are none, an error when nobody could say. */
export type Resolver = (name: string, type: RecordType, signal: AbortSignal) => Promise<DnsAnswer>;

/** A name server. */
export interface NameServer {
  readonly hostname: string;
  readonly port: number;
}

/**
 * A resolver that asks name servers, the next one when one does not answer.
 *
 * @param servers whom to ask; those of /etc/resolv.conf, read at each question, if not given
 * @param timeoutMs for each server, in milliseconds
 */
export function resolverOf(servers: readonly NameServer[] | undefined, timeoutMs = 3000): Resolver {
  return async (name, type, signal) => {
    let failure: unknown = new SourceFailed(name, "/etc/resolv.conf names no server");
    for (const server of servers ?? await systemServers()) {
      if (signal.aborted) break;
      try {
        return await ask(server, name, type, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      } catch (thrown) {
        failure = thrown;
      }
    }
    throw failure;
  };
}

/**
 * The name servers of a resolv.conf.
 *
 * @param text the file
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseResolvConf } from "./ask.ts";
 * assert.deepEqual(parseResolvConf("search lan\nnameserver 10.0.0.1\n"), [{ hostname: "10.0.0.1", port: 53 }]);
 * ```
 */
export function parseResolvConf(text: string): NameServer[] {
  return [...text.matchAll(/^\s*nameserver\s+([\da-fA-F:.]+)/gm)].flatMap(([, hostname]) =>
    hostname === undefined ? [] : [{ hostname, port: 53 }]
  );
}

async function systemServers(): Promise<NameServer[]> {
  return parseResolvConf(await Deno.readTextFile("/etc/resolv.conf").catch(() => ""));
}

async function ask(server: NameServer, name: string, type: RecordType, until: AbortSignal): Promise<DnsAnswer> {
  const [id = 0] = crypto.getRandomValues(new Uint16Array(1));
  const question = encodeQuestion(id, name, type);
  const where = `${server.hostname}:${server.port}`;
  try {
    const short = await askUdp(server, question, until, (message) => decodeAnswer(message, question, name, type));
    if (short !== "truncated") return short;
    const long = decodeAnswer(await askTcp(server, question, until), question, name, type);
    if (long === undefined || long === "truncated") throw new Error("what it answered over TCP is no answer");
    return long;
  } catch (thrown) {
    if (thrown instanceof SourceFailed) throw thrown;
    const why = until.aborted ? "it did not answer in time" : reason(thrown);
    throw new SourceFailed(name, `name server ${where}: ${why}`, thrown);
  }
}

/** The first message that `read` takes for an answer. */
function askUdp<T>(
  { hostname, port }: NameServer,
  question: Uint8Array,
  until: AbortSignal,
  read: (message: Uint8Array) => T | undefined,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const socket = createSocket(hostname.includes(":") ? "udp6" : "udp4");
  const onAbort = () => reject(until.reason);
  until.addEventListener("abort", onAbort, { once: true });
  socket.on("error", reject);
  // Connected: what others send does not come through.
  socket.on("message", (message) => {
    try {
      const answer = read(message);
      if (answer !== undefined) resolve(answer);
    } catch (thrown) {
      reject(thrown);
    }
  });
  socket.connect(port, hostname, () => socket.send(question));
  return promise.finally(() => {
    until.removeEventListener("abort", onAbort);
    socket.close();
  });
}

/** Over TCP, each message has its length before it. */
async function askTcp({ hostname, port }: NameServer, question: Uint8Array, until: AbortSignal): Promise<Uint8Array> {
  const connection = await Deno.connect({ hostname, port, signal: until });
  const onAbort = () => connection.close();
  until.addEventListener("abort", onAbort, { once: true });
  try {
    const framed = new Uint8Array(2 + question.length);
    new DataView(framed.buffer).setUint16(0, question.length);
    framed.set(question, 2);
    const writer = connection.writable.getWriter();
    await writer.write(framed);
    writer.releaseLock();
    let found = new Uint8Array(0);
    for await (const chunk of connection.readable) {
      const joined = new Uint8Array(found.length + chunk.length);
      joined.set(found);
      joined.set(chunk, found.length);
      found = joined;
      const length = found.length < 2 ? Infinity : new DataView(found.buffer).getUint16(0);
      if (found.length >= 2 + length) return found.subarray(2, 2 + length);
    }
    throw new Error("it closed the connection within its answer");
  } finally {
    until.removeEventListener("abort", onAbort);
    try {
      connection.close();
    } catch {
      // Its stream has closed it already.
    }
  }
}
