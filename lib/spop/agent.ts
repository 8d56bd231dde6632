/**
 * An agent: handlers for messages, listening wherever it is told to.
 */
import { listenStream, parseAddress } from "../net/mod.ts";
import { Dispatcher } from "./dispatcher.ts";
import { InvalidAgent } from "./errors.ts";
import { type AgentListener, StreamAgentListener } from "./listener.ts";
import { type AgentOptions, DEADLINE_SHARE, DEFAULT_PROCESSING_MS, type Limits, limitsOf } from "./options.ts";
import { type Handler, type HandlerOptions, Route } from "./route.ts";
import type { AgentStats } from "./stats.ts";

/** How to listen. */
export interface ListenOptions {
  /**
   * `default`: like everything else in Deno. `epoll` (Linux, needs the ffi permission): a loop of its own over the
   * system's `epoll`, for handlers that answer at once; it takes the thread that it runs on for itself but for moments,
   * so give it a worker.
   */
  readonly io?: "default" | "epoll";
  /** Over TCP: several workers may listen on the same port. With `default` it needs Deno's `--unstable-net`. */
  readonly reusePort?: boolean;
}

/**
 * A SPOE agent.
 *
 * A handler gets a message and sets variables. What it throws, or does not answer in time, is answered by its default; the
 * connection goes on whatever a handler does, and every NOTIFY gets its ACK.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Agent } from "./agent.ts";
 * import { SpopClient } from "./client.ts";
 *
 * const agent = new Agent();
 * agent.on("get-ip-reputation", (message, actions) => {
 *   const isKnown = message.ip("ip")?.isIn("192.0.2.0/24") ?? false;
 *   actions.set("session", "ip_score", isKnown ? 10 : 100);
 * });
 * await using listener = await agent.listen("127.0.0.1:0");
 *
 * await using haproxy = await SpopClient.connect(listener.address);
 * const actions = await haproxy.notify([{ name: "get-ip-reputation", args: { ip: "192.0.2.1" } }]);
 * assert.deepEqual(actions, [
 *   { type: "set_var", scope: "session", name: "ip_score", value: { type: "int64", value: 10 } },
 * ]);
 * ```
 */
export class Agent {
  readonly #limits: Limits;
  readonly #deadlineMs: number;
  readonly #dispatcher: Dispatcher;

  /** @param options limits, and who is told of faults and verdicts */
  constructor(options: AgentOptions = {}) {
    this.#limits = limitsOf(options);
    this.#deadlineMs = (options.processingMs ?? DEFAULT_PROCESSING_MS) * DEADLINE_SHARE;
    this.#dispatcher = new Dispatcher(options);
  }

  /**
   * Answers a message from now on, in the place of the handler that did so until now.
   *
   * @param message the message's name: `spoe-message NAME`
   * @param handler sets variables, at once or behind a promise
   * @param options its deadline and its default
   */
  on(message: string, handler: Handler, options: HandlerOptions = {}): this {
    if (message === "") throw new InvalidAgent('Cannot answer message "": its name is empty');
    const deadlineMs = options.deadlineMs ?? this.#deadlineMs;
    this.#dispatcher.add(new Route(message, handler, deadlineMs, options.defaultVerdict));
    return this;
  }

  /** Answers a message no more; gives whether it was answered until now. */
  off(message: string): boolean {
    return this.#dispatcher.remove(message);
  }

  /**
   * Listens.
   *
   * @param address `127.0.0.1:3000`, `[::1]:3000` or `unix:/run/happi/spoa.sock`, or the same already parsed
   * @param options how
   * @throws {InvalidAddress} {@linkcode CannotListen}
   */
  async listen(address: string | ReturnType<typeof parseAddress>, options: ListenOptions = {}): Promise<AgentListener> {
    const where = typeof address === "string" ? parseAddress(address) : address;
    if (options.io === "epoll") {
      const { listenEpoll } = await import("./epoll/listener.ts");
      return await listenEpoll(where, this.#dispatcher, this.#limits, options.reusePort ?? false);
    }
    const { reusePort = false } = options;
    return new StreamAgentListener(await listenStream(where, { reusePort }), this.#dispatcher, this.#limits);
  }

  /** What was counted since the agent was made. */
  stats(): AgentStats {
    return this.#dispatcher.stats();
  }
}
