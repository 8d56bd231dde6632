/**
 * A listener between HAProxy and an agent that hands on every byte and keeps every frame.
 */
import { Acceptor, type Address, listenStream } from "../../net/mod.ts";
import type { RecordedFrame, Side } from "./file.ts";
import { FrameSplitter } from "./split.ts";

/** What is recorded. */
export interface RecordOptions {
  /** Where HAProxy connects to. */
  readonly listen: Address;
  /** Where the agent is. */
  readonly agent: Address;
  /** Told of each frame, in order. */
  readonly onFrame: (frame: RecordedFrame) => void;
  /** Told when the agent cannot be reached: HAProxy's connection is closed then. */
  readonly onFault?: (cause: unknown) => void;
  /** Milliseconds; `performance.now` if not given. */
  readonly clock?: () => number;
}

/** A recorder at work. */
export interface Recorder extends AsyncDisposable {
  /** Where it listens; with the port that was given for port 0. */
  readonly address: Address;
}

/**
 * Begins to record.
 *
 * @throws {CannotListen} when it cannot listen there
 */
export async function recordFrames(options: RecordOptions): Promise<Recorder> {
  const { clock = () => performance.now() } = options;
  const listener = await listenStream(options.listen);
  const startedAt = clock();
  const open = new Set<Deno.Conn>();
  let connections = 0;
  const acceptor = new Acceptor(listener, {
    maxConnections: 1024,
    serve: (conn) => serve(conn, ++connections),
    ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
  });

  async function serve(haproxy: Deno.Conn, connection: number): Promise<void> {
    let agent: Deno.Conn;
    try {
      agent = await connect(options.agent);
    } catch (thrown) {
      options.onFault?.(thrown);
      return haproxy.close();
    }
    for (const conn of [haproxy, agent]) open.add(conn);
    const tell = (from: Side, frame: Uint8Array | undefined) =>
      options.onFrame({ ms: clock() - startedAt, connection, from, frame });
    const pump = async (from: Side, source: Deno.Conn, target: Deno.Conn) => {
      await handOn(source, target, (frame) => tell(from, frame));
      tell(from, undefined);
      closeQuietly(target);
    };
    await Promise.all([pump("haproxy", haproxy, agent), pump("agent", agent, haproxy)]);
    for (const conn of [haproxy, agent]) {
      closeQuietly(conn);
      open.delete(conn);
    }
  }

  return {
    address: listener.address,
    async [Symbol.asyncDispose]() {
      acceptor.stop();
      for (const conn of open) closeQuietly(conn);
      await acceptor.finished();
    },
  };
}

/** Hands on all bytes until either end is gone; frames are told before they leave. */
async function handOn(source: Deno.Conn, target: Deno.Conn, onFrame: (frame: Uint8Array) => void): Promise<void> {
  const splitter = new FrameSplitter();
  const chunk = new Uint8Array(64 * 1024);
  try {
    for (let count = await source.read(chunk); count !== null; count = await source.read(chunk)) {
      for (const frame of splitter.push(chunk.subarray(0, count))) onFrame(frame);
      for (let sent = 0; sent < count;) sent += await target.write(chunk.subarray(sent, count));
    }
  } catch {
    // A reset is the usual end of a connection to HAProxy 3.1 and later.
  }
}

async function connect(address: Address): Promise<Deno.Conn> {
  if (address.transport === "unix") return await Deno.connect({ transport: "unix", path: address.path });
  const conn = await Deno.connect({ hostname: address.hostname, port: address.port });
  conn.setNoDelay(true);
  return conn;
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It was closed already.
  }
}
