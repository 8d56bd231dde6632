/**
 * An agent at an address: its connections, their limits of time, and its end without a lost verdict.
 */
import { Acceptor, type Address, type StreamListener } from "../net/mod.ts";
import { Connection } from "./connection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { Patience } from "./patience.ts";
import type { Limits } from "./options.ts";

/** Where an agent listens. */
export interface AgentListener extends AsyncDisposable {
  /** Where; with the port that was given for port 0. */
  readonly address: Address;
  /** Open connections. */
  readonly connections: number;
  /**
   * Ends without a lost verdict: accepts what is in the kernel's queue and no more, finishes what runs, and says goodbye
   * (AGENT-DISCONNECT 0) to a connection when it has been quiet for a tenth of the time, or 250 ms. One that is kept busy gets
   * it behind its last ACKs after half of the time. Those are held until nothing more comes, for a NOTIFY that crosses the
   * goodbye is lost to HAProxy.
   *
   * @param timeoutMs in milliseconds; by then handlers that still run are answered by their default, and every connection is
   * closed. Default 5000, which is enough to be careful; less makes the pauses shorter that it waits for
   */
  drain(timeoutMs?: number): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

/** An agent on a `Deno.listen`. */
export class StreamAgentListener implements AgentListener {
  readonly address: Address;
  readonly #acceptor: Acceptor;
  readonly #connections = new Set<Connection>();
  readonly #dispatcher: Dispatcher;
  readonly #limits: Limits;
  readonly #patience: Patience;

  constructor(listener: StreamListener, dispatcher: Dispatcher, limits: Limits) {
    this.address = listener.address;
    this.#dispatcher = dispatcher;
    this.#limits = limits;
    this.#patience = new Patience(limits, () => [...this.#connections].map((one) => one.session));
    this.#acceptor = new Acceptor(listener, {
      maxConnections: limits.maxConnections,
      serve: (conn) => this.#serve(conn),
      onFault: (cause) => dispatcher.faults.tell("accept_failed", undefined, cause),
    });
  }

  get connections(): number {
    return this.#connections.size;
  }

  async drain(timeoutMs = DRAIN_MS): Promise<void> {
    await this.#acceptor.finishQueue();
    this.#patience.drain(timeoutMs);
    const hurry = setTimeout(() => this.#patience.hurry(), timeoutMs * HURRY_SHARE);
    const expiry = setTimeout(() => this.#dispatcher.expireAll(), timeoutMs * EXPIRY_SHARE);
    const end = setTimeout(() => this.#closeAll(), timeoutMs);
    await this.#acceptor.finished();
    clearTimeout(hurry);
    clearTimeout(expiry);
    clearTimeout(end);
    this.#patience.stop();
  }

  async close(): Promise<void> {
    this.#acceptor.stop();
    this.#closeAll();
    await this.#acceptor.finished();
    this.#patience.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    const connection = new Connection(conn, this.#dispatcher, this.#limits);
    this.#connections.add(connection);
    await connection.serve();
    this.#connections.delete(connection);
  }

  #closeAll(): void {
    for (const connection of this.#connections) connection.close();
  }
}

/** How long a drain takes at most where nothing else is said, in milliseconds. */
export const DRAIN_MS = 5_000;
/** The part of a drain's time after which nobody waits for a connection to be quiet. */
export const HURRY_SHARE = 0.5;
/** The part of a drain's time after which running handlers are answered by their default. */
export const EXPIRY_SHARE = 0.8;
