/**
 * An agent for HAProxy's agent-check: checks by name and by request, listening wherever it is told to, until it has said what
 * frees HAProxy's servers (configuration manual, 5.2 "agent-check").
 */
import { Feed } from "../feed/mod.ts";
import { type Address, listenStream, parseAddress } from "../net/mod.ts";
import { AgentCounters } from "./counters.ts";
import { Catalogue } from "./catalogue.ts";
import { type CheckListener, StreamCheckListener } from "./listener.ts";
import { type CheckAgentOptions, type CheckSet, DEFAULT_LIMITS, type Limits } from "./options.ts";
import { Turns } from "./steady/turns.ts";
import type { CheckAgentStats, CheckView, Verdict, VerdictRecord } from "./verdict.ts";
import type { Watched } from "./watched.ts";

export type {
  AdminMemory,
  AgentFault,
  CheckAgentOptions,
  CheckConfig,
  CheckSet,
  GroupOptions,
  Limits,
  Overlay,
  SteadyOptions,
} from "./options.ts";
export type { CheckAgentStats, CheckView, KindStats, Verdict, VerdictRecord } from "./verdict.ts";

/** How an agent stops. */
export interface DrainOptions {
  /** How long it goes on answering at most so that HAProxy hears what frees its servers, in milliseconds. Default 2500. */
  readonly windowMs?: number;
}

/**
 * An agent.
 *
 * Whatever is asked, one line is the answer, and it comes before HAProxy's patience ends: what a check cannot find out in time
 * is answered by its deadline's words. A finding is the answer to all who ask for the same target until it is too old.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CheckAgent } from "./agent.ts";
 * import { TargetGuard } from "./target/guard.ts";
 *
 * const coin = {
 *   name: "coin",
 *   summary: "heads is up",
 *   isOnWire: false,
 *   wireFields: [],
 *   options: { side: "heads or tails" },
 *   make: ({ side }: Readonly<Record<string, unknown>>) => ({
 *     kind: "coin",
 *     target: "a coin",
 *     run: () => Promise.resolve({ reply: { health: side === "heads" ? "up" as const : "down" as const }, reason: "" }),
 *   }),
 * };
 * const checks = [{ name: "mine", kind: "coin", options: { side: "heads" } }];
 * await using agent = new CheckAgent({ kinds: [coin], guard: new TargetGuard(), checks });
 * const listener = await agent.listen("127.0.0.1:0");
 * assert.ok(listener.address.transport === "tcp" && listener.address.port > 0);
 * assert.equal((await agent.answer("mine")).said, "up");
 * assert.equal((await agent.answer("yours")).said, 'fail # there is no check "yours"');
 * ```
 */
export class CheckAgent implements AsyncDisposable {
  /** One record for each time that something was found out. */
  readonly verdicts = new Feed<VerdictRecord>();
  readonly #limits: Limits;
  readonly #options: CheckAgentOptions;
  readonly #monotonic: () => number;
  readonly #counters = new AgentCounters();
  readonly #turns: { readonly wire: Turns; readonly config: Turns };
  readonly #catalogue: Catalogue;
  readonly #listeners = new Set<CheckListener>();
  readonly #buffers: Uint8Array<ArrayBuffer>[] = [];
  #isStopping = false;
  #toFree = new Set<Watched>();
  #onFreed: (() => void) | undefined;

  /**
   * @param options its checks, its limits, and what it is handed from outside
   * @throws {InvalidCheck} when a check cannot be made
   */
  constructor(options: CheckAgentOptions) {
    const limits = { ...DEFAULT_LIMITS, ...options };
    this.#limits = limits;
    this.#options = options;
    this.#turns = { wire: new Turns(limits.maxRuns), config: new Turns(limits.maxRuns) };
    this.#monotonic = options.monotonic ?? (() => performance.now());
    this.#catalogue = new Catalogue(options, limits, {
      words: options.words ?? "haproxy",
      overlay: options.overlay,
      counters: this.#counters,
      turns: this.#turns,
      now: options.now ?? Date.now,
      monotonic: this.#monotonic,
      onVerdict: (verdict) => this.verdicts.push(verdict),
      onFault: (fault) => options.onFault?.(fault),
    });
  }

  /** Where it listens. */
  get listeners(): readonly CheckListener[] {
    return [...this.#listeners];
  }

  /**
   * Listens.
   *
   * @param address `127.0.0.1:1337`, `[::1]:1337` or `unix:/run/happi/agent.sock`, or the same already parsed
   * @throws {InvalidAddress} {@linkcode CannotListen}
   */
  async listen(address: string | Address): Promise<CheckListener> {
    const stream = await listenStream(typeof address === "string" ? parseAddress(address) : address);
    const listener = new StreamCheckListener(stream, {
      limits: this.#limits,
      maxConnections: this.#limits.maxConnections,
      respond: (request) => this.#respond(request),
      tooLong: () => this.#respondTo(this.#catalogue.tooLong()),
      counters: this.#counters,
      buffers: this.#buffers,
      onFault: (cause) => this.#options.onFault?.({ kind: "accept_failed", cause }),
      onEnd: (ended) => this.#listeners.delete(ended),
    });
    this.#listeners.add(listener);
    return listener;
  }

  /** Listens at all of these addresses, or at none. */
  async listenAll(addresses: readonly (string | Address)[]): Promise<CheckListener[]> {
    const listeners: CheckListener[] = [];
    try {
      for (const address of addresses) listeners.push(await this.listen(address));
    } catch (thrown) {
      await Promise.all(listeners.map((listener) => listener.close()));
      throw thrown;
    }
    return listeners;
  }

  /**
   * Answers a request as if HAProxy had sent it.
   *
   * @param request the line; what is behind its end is not looked at
   */
  async answer(request: string): Promise<Verdict> {
    const line = request.trimStart().split("\n", 1)[0]?.trim() ?? "";
    const isTooLong = ENCODER.encode(line).length >= this.#limits.maxRequestBytes;
    const asked = isTooLong ? this.#catalogue.tooLong() : this.#catalogue.find(line);
    const before = asked.last;
    const answer = await this.#respondTo(asked);
    const watched = asked.isEnded && !this.#isStopping ? this.#catalogue.find(asked.name) : asked;
    const said = DECODER.decode(answer).trimEnd();
    const last = watched.last ?? this.#catalogue.unknown(watched);
    return { ...last, said, from_cache: last === before, changed: last !== before && last.changed };
  }

  /**
   * The checks of the configuration, then the targets named on the wire and what was asked in vain.
   *
   * @param origin only those of it
   */
  checks(origin?: "wire" | "config"): CheckView[] {
    const all = [...this.#catalogue.all()];
    return all.filter((watched) => origin === undefined || watched.origin === origin).map((watched) => watched.view());
  }

  /** A check, by its name in the configuration or by the request that names it. */
  check(name: string): CheckView | undefined {
    return this.#catalogue.get(name)?.view();
  }

  /** What was counted since the agent was made. */
  stats(): CheckAgentStats {
    const { wire, config } = this.#turns;
    const running = wire.taken + config.taken;
    const waiting = wire.waiting + config.waiting;
    return this.#counters.snapshot({ running, waiting, wire_targets: this.#catalogue.wireTargets });
  }

  /**
   * Takes a new configuration. Checks that are as they were go on with what they know; targets on the wire as well.
   *
   * @throws {InvalidCheck} when a check cannot be made; then nothing has changed
   */
  reload(set: CheckSet): void {
    this.#catalogue.reload(set);
  }

  /**
   * Stops without leaving a server stuck: as long as there are servers that were told down, drain or maint, it stays and
   * answers what frees them, for a moment; the others hear their last word. Checks with `onStop: "hold"` hear theirs as well,
   * and maintenance by hand goes on.
   *
   * HAProxy keeps what an agent said last when the agent is gone.
   *
   * @param options for how long
   */
  async drain(options: DrainOptions = {}): Promise<void> {
    const { windowMs = WINDOW_MS } = options;
    const now = this.#monotonic();
    this.#isStopping = true;
    this.#toFree = new Set([...this.#catalogue.all()].filter((watched) => watched.mustSayFarewell(now)));
    if (this.#toFree.size > 0 && this.#listeners.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onFreed = resolve;
      const timer = setTimeout(resolve, windowMs);
      await promise;
      clearTimeout(timer);
    }
    await Promise.all([...this.#listeners].map((listener) => listener.finish()));
    await this.close();
  }

  /** Stops at once. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#onFreed?.();
    // Together: a connection ends when its run does.
    const listeners = [...this.#listeners].map((listener) => listener.close());
    await Promise.all([this.#catalogue.close(), ...listeners]);
    this.verdicts.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #respond(request: string): Uint8Array | Promise<Uint8Array> {
    return this.#respondTo(this.#catalogue.find(request));
  }

  #respondTo(watched: Watched): Uint8Array | Promise<Uint8Array> {
    const now = this.#monotonic();
    watched.told.ask(now);
    if (watched.isMistake) this.#counters.invalidRequests++;
    if (this.#isStopping) {
      const farewell = this.#farewell(watched, now);
      if (farewell !== undefined) return farewell;
    } else if (watched.isFresh(now)) {
      this.#counters.cached++;
      return watched.tell(now);
    }
    return this.#findOut(watched);
  }

  async #findOut(watched: Watched): Promise<Uint8Array> {
    await watched.renew();
    // Its check was changed or removed meanwhile: whoever goes by its name now knows better.
    if (watched.isEnded && !this.#isStopping) return await this.#respondTo(this.#catalogue.find(watched.name));
    this.#counters.fresh++;
    const now = this.#monotonic();
    return (this.#isStopping ? this.#farewell(watched, now) : undefined) ?? watched.tell(now);
  }

  #farewell(watched: Watched, now: number): Uint8Array | undefined {
    const line = watched.farewell(now);
    if (watched.isFreed && this.#toFree.delete(watched) && this.#toFree.size === 0) this.#onFreed?.();
    return line;
  }
}

/** A little more than HAProxy's `agent-inter` by default: every server asks once more. */
const WINDOW_MS = 2500;
const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();
