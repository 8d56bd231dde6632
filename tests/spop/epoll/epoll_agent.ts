/** An agent with the epoll loop on a thread of its own, and how it is told what to do. */

import type { AgentOptions, AgentStats } from "../../../lib/spop/mod.ts";

/** What the thread can be told. */
export type Order =
  | {
    /** Where. */
    readonly listen: string;
    /** Default: small ones. */
    readonly limits?: AgentOptions;
  }
  | "drain"
  | "stats";

/** What it tells when it has done it. */
export interface Told {
  readonly address: { readonly transport: "tcp"; readonly hostname: string; readonly port: number };
  readonly stats: AgentStats;
}

/** An agent on a thread of its own; its handlers are in `agent_worker.ts`. */
export class EpollAgent implements AsyncDisposable {
  readonly #worker = new Worker(new URL("./agent_worker.ts", import.meta.url), { type: "module" });

  async tell(order: Order): Promise<Told> {
    const { promise, resolve, reject } = Promise.withResolvers<Told>();
    this.#worker.onmessage = (event: MessageEvent<Told>) => resolve(event.data);
    this.#worker.onerror = (event) => reject(new Error(event.message));
    this.#worker.postMessage(order);
    return await promise;
  }

  /** Ends the thread at once. */
  terminate(): void {
    this.#worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tell("drain");
    this.terminate();
  }
}
