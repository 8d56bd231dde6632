/**
 * An agent at an address: its connections, and one clock for all that are slow.
 */
import { Acceptor, type Address, type StreamListener } from "../net/mod.ts";
import { Exchange, type ExchangeSurroundings } from "./exchange.ts";

/** Where an agent listens. */
export interface CheckListener extends AsyncDisposable {
  /** Where; with the port that was given for port 0. */
  readonly address: Address;
  /** Open connections. */
  readonly connections: number;
  /** Accepts what is in the kernel's queue and no more, answers what is asked, and ends. */
  finish(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

/** What a listener is made with. */
export interface ListenerOptions extends ExchangeSurroundings {
  readonly maxConnections: number;
  readonly onFault: (cause: unknown) => void;
  /** Told when it has ended. */
  readonly onEnd: (listener: CheckListener) => void;
}

/** An agent on a `Deno.listen`. */
export class StreamCheckListener implements CheckListener {
  readonly address: Address;
  readonly #acceptor: Acceptor;
  readonly #options: ListenerOptions;
  readonly #exchanges = new Set<Exchange>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #quietTicks = 0;
  #tickedAt = 0;

  /**
   * @param listener is closed at the end
   * @param options how connections are served
   */
  constructor(listener: StreamListener, options: ListenerOptions) {
    this.address = listener.address;
    this.#options = options;
    this.#acceptor = new Acceptor(listener, {
      maxConnections: options.maxConnections,
      serve: (conn) => this.#serve(conn),
      onFault: options.onFault,
    });
  }

  get connections(): number {
    return this.#exchanges.size;
  }

  async finish(): Promise<void> {
    await this.#acceptor.finishQueue();
    await this.#ended();
  }

  async close(): Promise<void> {
    this.#acceptor.stop();
    for (const exchange of this.#exchanges) exchange.close();
    await this.#ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ended(): Promise<void> {
    await this.#acceptor.finished();
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#options.onEnd(this);
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    const { counters } = this.#options;
    const exchange = new Exchange(conn, this.#options);
    this.#exchanges.add(exchange);
    counters.accepted++;
    counters.connections++;
    if (this.#timer === undefined) {
      this.#tickedAt = performance.now();
      this.#timer = setInterval(() => this.#tick(), TICK_MS);
    }
    await exchange.serve();
    counters.connections--;
    this.#exchanges.delete(exchange);
  }

  /** Looks after those that are slow; rests when there was nobody for a while. */
  #tick(): void {
    this.#quietTicks = this.#exchanges.size === 0 ? this.#quietTicks + 1 : 0;
    if (this.#quietTicks > MOST_QUIET_TICKS) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#quietTicks = 0;
      return;
    }
    const now = performance.now();
    const isLate = now - this.#tickedAt > LATE_MS;
    this.#tickedAt = now;
    // The process itself has stood still: what was sent to it meanwhile waits to be read, and nobody was slow.
    if (isLate) return;
    for (const exchange of this.#exchanges) exchange.check(now);
  }
}

/** How often is looked after slow connections, in milliseconds: a limit of time may be that much longer. */
const TICK_MS = 20;
const MOST_QUIET_TICKS = 100;
const LATE_MS = 200;
