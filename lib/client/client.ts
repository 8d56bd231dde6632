/**
 * The Runtime API of one HAProxy as methods (management guide, 9.3 "Unix Socket commands" and 9.4 "Master CLI").
 */
import { type MasterTarget, Socket, type SocketOptions } from "../socket/mod.ts";
import { bindPositional } from "./binding.ts";
import { type CallOptions, SocketCaller } from "./caller.ts";
import { invoke } from "./invoke.ts";
import { NoMaster } from "./errors.ts";
import type { AnyMethod } from "./method.ts";
import { METHODS, type Methods, toSnakeCase } from "./methods.ts";

/** Every method of the Runtime API: the families' interfaces tell of each. */
export interface Client extends Methods {}

/**
 * The Runtime API of one HAProxy, 2.6 to 3.4: one method a command, answers as data.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Client } from "./mod.ts";
 *
 * await using haproxy = new Client("/run/nobody-listens-here.sock");
 * await assert.rejects(() => haproxy.getServersState("web"), /Cannot connect/);
 * ```
 */
export class Client implements AsyncDisposable {
  /** The socket underneath, for commands that have no method. */
  readonly socket: Socket;
  readonly #limits: CallOptions;
  readonly #master: MasterTarget | undefined;

  /**
   * Makes a client; nothing is connected before the first call.
   *
   * @param address a unix socket's path, `host:port`, `[v6]:port`, or a socket that is there already
   * @param options the socket's limits, and who answers on a master socket; `master` also where a socket is given
   * @throws {InvalidAddress} when the address is neither a path nor a host with a port
   */
  constructor(address: string | Socket, options: SocketOptions & CallOptions = {}) {
    this.socket = typeof address === "string" ? new Socket(address, options) : address;
    this.#master = options.master;
    this.#limits = {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    };
  }

  /**
   * The same client with other limits for its calls, over the same socket.
   *
   * @param options a signal that ends them, the time for each answer
   */
  with(options: CallOptions): Client {
    return new Client(this.socket, {
      ...this.#limits,
      ...options,
      ...(this.#master === undefined ? {} : { master: this.#master }),
    });
  }

  /**
   * Calls a method by its name, for callers that only know it at run time.
   *
   * @param name the method's name in code
   * @param args its arguments, which are checked
   * @returns what the method returns: a promise, or an async iterable
   */
  call(name: keyof Methods, args: readonly unknown[]): unknown {
    const method = METHODS[name];
    return invoke(
      method,
      () => ({ caller: this.#caller(name, method), args: bindPositional(toSnakeCase(name), method, args) }),
    );
  }

  /** Ends what is open. */
  async close(): Promise<void> {
    await this.socket.close();
  }

  /** The same as {@linkcode Client.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #caller(name: keyof Methods, method: AnyMethod): SocketCaller {
    if (!method.onMaster) return new SocketCaller(this.socket, this.#limits);
    if (this.#master === undefined) throw new NoMaster(toSnakeCase(name));
    return new SocketCaller(this.socket.to("master"), this.#limits);
  }
}

for (const name of Object.keys(METHODS) as (keyof Methods)[]) {
  Object.defineProperty(Client.prototype, name, {
    value(this: Client, ...args: unknown[]): unknown {
      return this.call(name, args);
    },
    writable: true,
    configurable: true,
  });
}
