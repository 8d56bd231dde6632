/**
 * Processes that are a server of HAProxy's (`server = "web/s1"`): made ready there when they are ready here, drained before
 * they are stopped.
 *
 * HAProxy being away never keeps a process from starting or stopping: a stop waits a bounded time, a start not at all. What
 * could not be told to HAProxy is tried again until it can, or until it is no longer what is wanted.
 */
import { getLogger } from "@logtape/logtape";
import { reason } from "../../errors.ts";
import type { Definition } from "../definition.ts";
import { pause } from "../pause.ts";

/** How HAProxy's servers are switched: over its socket, by whoever has one. */
export interface ServerSwitch {
  /** Sends traffic to a server. @param server `web/s1` */
  ready(server: string, signal: AbortSignal): Promise<void>;
  /** Sends a server no new traffic. */
  drain(server: string, signal: AbortSignal): Promise<void>;
  /** Settles when a server has no sessions left. @throws when the signal is aborted before that */
  untilIdle(server: string, signal: AbortSignal): Promise<void>;
}

/** How long HAProxy is waited for. */
export interface ServingOptions {
  /** For what it is told to be done, in milliseconds; 2 s if not given. */
  readonly tellMs?: number;
  /** Until it is told again what it could not be told, in milliseconds; 2 s if not given. */
  readonly againMs?: number;
}

/** How long a server's sessions may take to end when its definition does not say, in seconds. */
const DRAIN_TIMEOUT = 10;

/** Why something is not done: it is wanted no more, or told anew. */
const SUPERSEDED = "something else is wanted";

/** What a manager's processes are for HAProxy. */
export class Serving implements Disposable {
  readonly #switch: ServerSwitch;
  readonly #tellMs: number;
  readonly #againMs: number;
  readonly #log = getLogger(["happi", "process", "server"]);
  /** Which definitions serve as a server: it is drained when the last of them is gone. */
  readonly #servers = new Map<string, Set<string>>();
  /** What is wanted of each server; aborted when it is something else. */
  readonly #wishes = new Map<string, AbortController>();
  /** The last thing told of each server: one after the other, so that HAProxy hears the last one last. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Those of which it was said that HAProxy cannot be told. */
  readonly #untold = new Set<string>();
  #isEnded = false;

  constructor(haproxy: ServerSwitch, { tellMs = 2_000, againMs = 2_000 }: ServingOptions = {}) {
    this.#switch = haproxy;
    this.#tellMs = tellMs;
    this.#againMs = againMs;
  }

  /**
   * Told when a definition's processes begin and cease to serve; settles when they may be stopped.
   *
   * @param definition whose `server` it is about; nothing happens without one
   * @param serving `yes`: one is ready. `no`: they will be stopped. `lost`: they have ended
   */
  readonly onServing = async (definition: Definition, serving: "yes" | "no" | "lost"): Promise<void> => {
    const { name, server } = definition;
    if (server === undefined || this.#isEnded) return;
    const others = this.#servers.get(server) ?? new Set();
    this.#servers.set(server, others);
    if (serving === "yes") others.add(name);
    else others.delete(name);
    if (serving !== "yes" && others.size > 0) return;
    const telling = this.#tell(server, serving === "yes" ? "ready" : "drain");
    // Only a planned stop waits: what is lost is lost, and what serves need not know who sends it traffic.
    if (serving !== "no") return;
    const problem = await telling;
    const isDrained = others.size === 0 && (problem === undefined || problem === SUPERSEDED);
    if (isDrained) await this.#untilIdle(server, (definition.drain_timeout ?? DRAIN_TIMEOUT) * 1000);
  };

  /** Tells HAProxy all of it again: after a reload it has forgotten. */
  async tellAgain(): Promise<void> {
    if (this.#isEnded) return;
    await Promise.all(
      [...this.#servers].map(([server, by]) => this.#tell(server, by.size > 0 ? "ready" : "drain")),
    );
  }

  /** Tells nothing any more. */
  [Symbol.dispose](): void {
    this.#isEnded = true;
    for (const wish of this.#wishes.values()) wish.abort();
  }

  /** Gives why HAProxy has not done it at once; then it is tried again, which is not waited for. */
  async #tell(server: string, state: "ready" | "drain"): Promise<string | undefined> {
    this.#wishes.get(server)?.abort();
    const wish = new AbortController();
    this.#wishes.set(server, wish);
    const problem = await this.#attempt(server, state, wish.signal);
    if (problem !== undefined && !wish.signal.aborted) void this.#again(server, state, wish.signal, problem);
    return wish.signal.aborted ? SUPERSEDED : problem;
  }

  async #again(server: string, state: "ready" | "drain", signal: AbortSignal, problem: string): Promise<void> {
    if (!this.#untold.has(server)) {
      const text = 'Cannot make server "{server}" {state}: {reason}; it is tried again until it is done';
      this.#log.warn(text, { server, state, reason: problem });
    }
    this.#untold.add(server);
    do await pause(this.#againMs, signal); while (
      !signal.aborted && await this.#attempt(server, state, signal) !== undefined
    );
  }

  /** Tells HAProxy when its turn comes, if that is still wanted; gives why it was not done. */
  #attempt(server: string, state: "ready" | "drain", signal: AbortSignal): Promise<string | undefined> {
    const attempt = (this.#turns.get(server) ?? Promise.resolve()).then(async () => {
      if (signal.aborted) return SUPERSEDED;
      const problem = await within(this.#tellMs, (own) => this.#switch[state](server, own));
      if (problem === undefined && this.#untold.delete(server)) {
        this.#log.info('Server "{server}" is {state} at last', { server, state });
      }
      return problem;
    });
    this.#turns.set(server, attempt);
    return attempt;
  }

  async #untilIdle(server: string, timeoutMs: number): Promise<void> {
    const problem = await within(timeoutMs, (signal) => this.#switch.untilIdle(server, signal));
    if (problem === undefined) return;
    const text = 'Server "{server}" may have sessions left when its process is stopped: {reason}';
    this.#log.warn(text, { server, reason: problem });
  }
}

/** Does something that ends in time, whether it looks at its signal or not; gives why it was not done. */
async function within(ms: number, act: (signal: AbortSignal) => Promise<void>): Promise<string | undefined> {
  const end = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    end.abort();
    resolve(`it took longer than ${ms / 1000} s`);
  }, ms);
  try {
    const done = (async () => await act(end.signal))().then(() => undefined, reason);
    return await Promise.race([late, done]);
  } finally {
    clearTimeout(timer);
  }
}
