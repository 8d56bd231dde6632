/**
 * Accepting connections: so many at once and no more, going on after a failure, until told to stop.
 */
import type { StreamListener } from "./listen.ts";

/** What to do with connections. */
export interface AcceptorOptions {
  /** Connections that are served at once; more wait in the kernel's queue. */
  readonly maxConnections: number;
  /** Serves a connection to its end; never rejects. */
  readonly serve: (conn: Deno.Conn) => Promise<void>;
  /** Told when no connection could be accepted; it is tried again after a moment. */
  readonly onFault?: (cause: unknown) => void;
}

/** Accepts connections from a listener until it is stopped. */
export class Acceptor {
  readonly #listener: StreamListener;
  readonly #options: AcceptorOptions;
  readonly #served = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #onRoom: (() => void) | undefined;
  #lastAcceptedAt = 0;

  /**
   * @param listener is closed by {@linkcode Acceptor.stop}
   * @param options what to do with connections
   */
  constructor(listener: StreamListener, options: AcceptorOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#loop = this.#acceptAll();
  }

  /** Connections that are served now. */
  get connections(): number {
    return this.#served.size;
  }

  /**
   * Accepts what has already connected, then no more: a listener that is closed with connections in its queue resets them.
   *
   * @param patienceMs how long it may take
   */
  async finishQueue(patienceMs = 200): Promise<void> {
    const start = performance.now();
    const { signal } = this.#stop;
    let quietSince = start;
    for (let now = start; !signal.aborted && now - start < patienceMs && now - quietSince < QUIET_MS;) {
      await pause(signal, 1);
      now = performance.now();
      quietSince = Math.max(quietSince, this.#lastAcceptedAt);
    }
    this.stop();
  }

  /** Accepts no more. */
  stop(): void {
    this.#stop.abort();
    this.#listener.close();
    this.#onRoom?.();
  }

  /** Settles when no more are accepted and all are served. */
  async finished(): Promise<void> {
    await this.#loop;
    while (this.#served.size > 0) await Promise.all(this.#served);
  }

  async #acceptAll(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (this.#served.size >= this.#options.maxConnections) {
        await new Promise<void>((resolve) => this.#onRoom = resolve);
        continue;
      }
      try {
        const conn = await this.#listener.accept();
        if (signal.aborted) conn.close();
        else this.#serve(conn);
      } catch (thrown) {
        if (signal.aborted) break;
        // A pause for each of these would make those behind it give up as well, and so on for ever.
        if (GONE.some((kind) => thrown instanceof kind)) continue;
        this.#options.onFault?.(thrown);
        await pause(signal, PAUSE_MS);
      }
    }
  }

  #serve(conn: Deno.Conn): void {
    this.#lastAcceptedAt = performance.now();
    const served = this.#options.serve(conn).finally(() => {
      this.#served.delete(served);
      this.#onRoom?.();
    });
    this.#served.add(served);
  }
}

/** Whoever connected has given up before it was accepted: only that one connection is lost. */
const GONE = [Deno.errors.NotConnected, Deno.errors.ConnectionAborted, Deno.errors.ConnectionReset];

/** Out of file descriptors, say: a little later there may be some. */
const PAUSE_MS = 100;

/** Nobody has connected for so long: the queue is empty. */
const QUIET_MS = 5;

async function pause(signal: AbortSignal, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
