/**
 * From the messages of a NOTIFY to the actions of its ACK: finds each message's handler, calls it, and sees to it that an
 * ACK leaves whatever the handler does.
 *
 * Hot path: `answer` runs for each NOTIFY. Handlers that answer at once write straight into the connection's outgoing
 * buffer; a promise costs a copy of its message. Measured by `deno task bench:spop`.
 */
import { beginFrame, endFrame, LENGTH_BYTES, type Reader, skipValue, type Writer } from "./codec/mod.ts";
import { ActionList, type ActionsWatch } from "./actions.ts";
import { Call, type CallWatch, Exchange, type ExchangeOwner } from "./exchange.ts";
import { FaultTeller } from "./fault.ts";
import type { FrameOrigin, Message } from "./message.ts";
import type { AgentOptions } from "./options.ts";
import type { Route } from "./route.ts";
import { isSame } from "./shape.ts";
import { AgentCounters, type AgentStats } from "./stats.ts";
import { type Outcome, type Verdict, verdictOf } from "./verdict.ts";

/** Something that waits for room. */
export interface Waiting {
  /** There may be room. */
  retry(): void;
}

/** The handlers of an agent, at work. */
export class Dispatcher implements CallWatch, ActionsWatch {
  readonly counters = new AgentCounters();
  readonly faults: FaultTeller;
  /** Connections that are not read until there is room for their frames. */
  readonly waiting = new Set<Waiting>();
  readonly #onVerdict: ((verdict: Verdict) => void) | undefined;
  readonly #routes = new Map<string, Route>();
  /** Routes by the length of their names. */
  readonly #byLength: Route[][] = [];
  /** Routes that have answered messages at once that are not timed yet. */
  readonly #busy: Route[] = [];
  /** Handlers that run. */
  readonly #calls = new Set<Call>();
  #actions = new ActionList(this);
  #batchStartedAt = 0;
  /** Reads to come that are not timed. */
  #untimed = 0;
  #timedAt = 0;

  constructor(options: AgentOptions) {
    this.faults = new FaultTeller(options.onFault);
    this.#onVerdict = options.onVerdict;
  }

  /** Adds a route, in the place of one with the same name, whose counters it goes on with. */
  add(route: Route): void {
    route.counters = this.#routes.get(route.name)?.counters ?? route.counters;
    this.remove(route.name);
    this.#routes.set(route.name, route);
    (this.#byLength[route.nameBytes.length] ??= []).push(route);
  }

  /** Takes a route away; what runs is finished. */
  remove(name: string): boolean {
    const route = this.#routes.get(name);
    if (route === undefined) return false;
    this.#routes.delete(name);
    const { length } = route.nameBytes;
    this.#byLength[length] = (this.#byLength[length] ?? []).filter((one) => one !== route);
    return true;
  }

  /** Begins the frames of one read: from here their time counts. */
  beginBatch(): void {
    this.#batchStartedAt = 0;
    if (--this.#untimed <= 0) this.#startedAt();
  }

  /** Ends the frames of one read: what was answered at once is timed. */
  endBatch(): void {
    if (this.#untimed > 0 || this.#busy.length === 0) return;
    const now = performance.now();
    const us = (now - this.#startedAt()) * 1000;
    for (const route of this.#busy) {
      route.counters.latency.add(us, route.answeredUntimed);
      route.answeredUntimed = 0;
    }
    this.#busy.length = 0;
    // To read the clock twice a frame would cost a twentieth of it: under load one read in eight stands for the others.
    this.#untimed = now - this.#timedAt < BUSY_MS ? STRIDE : 0;
    this.#timedAt = now;
  }

  /** When the read was done that brought this batch; the clock is only read when somebody asks. */
  #startedAt(): number {
    if (this.#batchStartedAt === 0) this.#batchStartedAt = performance.now();
    return this.#batchStartedAt;
  }

  /**
   * Answers a NOTIFY: its ACK is in `out` afterwards, or follows through the owner.
   *
   * @param reader at the messages; `broken` afterwards when they are wrong, and then nothing was written
   * @param origin who sent it, and the identifiers to answer with
   * @param out where to
   * @param maxFrameSize what the ACK must not exceed
   * @param owner sends the ACK when it follows
   * @returns the exchange, when the ACK follows
   */
  answer(
    reader: Reader,
    origin: FrameOrigin,
    out: Writer,
    maxFrameSize: number,
    owner: ExchangeOwner,
  ): Exchange | undefined {
    const start = beginFrame(out, "ack");
    out.raw(origin.bytes, origin.at, origin.end);
    const payloadAt = out.at;
    const limit = start + LENGTH_BYTES + maxFrameSize;
    let exchange: Exchange | undefined;
    while (reader.at < reader.end) {
      const route = this.#find(reader);
      const count = reader.byte();
      if (route === undefined) {
        skipArguments(reader, count);
        continue;
      }
      const message = route.read(reader, count, origin);
      if (message === undefined) break;
      route.counters.messages++;
      const actionsAt = out.at;
      const promise = this.#call(route, message, out, limit, limit - payloadAt);
      if (promise === undefined) {
        if (exchange !== undefined) {
          exchange.add(route.name, out.bytes.slice(actionsAt, out.at));
          out.at = actionsAt;
        }
        continue;
      }
      route.detach();
      if (exchange === undefined) {
        exchange = new Exchange(owner, message.origin, this.#startedAt());
        if (actionsAt > payloadAt) exchange.add(route.name, out.bytes.slice(payloadAt, actionsAt));
      }
      this.#follow(promise, route, message, exchange);
    }
    if (reader.broken || exchange !== undefined) out.at = start;
    else endFrame(out, start);
    if (reader.broken && exchange !== undefined) exchange.isAbandoned = true;
    return exchange;
  }

  /** Gives up waiting: every handler that runs is answered by its default. */
  expireAll(): void {
    for (const call of this.#calls) call.expire();
  }

  /** A NOTIFY was answered: there is room for another. */
  onRoom(): void {
    for (const one of this.waiting) one.retry();
  }

  /** Nobody is connected any more: no timer is left running. */
  onLastConnectionGone(): void {
    this.#calls.clear();
    for (const route of this.#routes.values()) route.deadlines.stop();
  }

  /** What was counted so far. */
  stats(): AgentStats {
    return this.counters.snapshot(
      Object.fromEntries([...this.#routes].map(([name, route]) => [name, route.counters.snapshot()])),
    );
  }

  onFailed(call: Call, outcome: "failed" | "deadline", cause: unknown): void {
    call.actions.clear();
    if (outcome === "failed") {
      call.route.counters.errors++;
      this.faults.tell("handler_failed", call.route.name, cause);
    } else {
      call.route.counters.deadlines++;
      this.faults.tell("deadline", call.route.name, `no answer within ${call.route.deadlines.lengthMs} ms`);
    }
    this.#writeDefault(call.route, call.actions);
  }

  onDone(call: Call, outcome: Outcome): void {
    const { counters } = call.route;
    this.#calls.delete(call);
    counters.inFlight--;
    counters.latency.add((performance.now() - call.exchange.startedAt) * 1000);
    if (this.#onVerdict !== undefined) {
      this.#tellVerdict(call.message, outcome, call.written.bytes, 0, call.written.at);
    }
  }

  onOverdue(call: Call): void {
    if (call.exchange.isAbandoned) return;
    call.route.counters.late++;
    this.faults.tell("late", call.route.name, "the answer had gone");
  }

  onLate(message: string): void {
    this.faults.tell("late", message, "the answer had gone; return the promise that the handler works behind");
  }

  onDropped(message: string): void {
    this.countDropped(1, message);
  }

  /** Counts actions that did not fit a frame. */
  countDropped(count: number, message: string): void {
    if (count === 0) return;
    const route = this.#routes.get(message);
    if (route !== undefined) route.counters.droppedActions += count;
    this.faults.tell("action_dropped", message, "the answer has no room left for all actions");
  }

  #find(reader: Reader): Route | undefined {
    const length = reader.length();
    const { bytes, at } = reader;
    reader.at = at + length;
    const routes = this.#byLength[length];
    if (routes !== undefined) {
      for (const route of routes) {
        if (isSame(route.nameBytes, bytes, at)) return route;
      }
    }
    this.counters.unknownMessages++;
    if (!reader.broken) {
      this.faults.tell(
        "unknown_message",
        new TextDecoder().decode(bytes.subarray(at, at + length)),
        "it has no handler",
      );
    }
    return undefined;
  }

  /** Calls a handler; gives its promise, if it has one that must be waited for. */
  #call(route: Route, message: Message, out: Writer, limit: number, most: number): Promise<void> | undefined {
    const actions = this.#actions;
    const from = out.at;
    let outcome: Outcome = "answered";
    actions.open(out, limit, most, route.name);
    try {
      const result = route.handler(message, actions);
      if (result instanceof Promise) return result;
    } catch (thrown) {
      outcome = "failed";
      actions.clear();
      route.counters.errors++;
      this.faults.tell("handler_failed", route.name, thrown);
      this.#writeDefault(route, actions);
    }
    actions.close();
    if (route.answeredUntimed++ === 0) this.#busy.push(route);
    if (this.#onVerdict !== undefined) this.#tellVerdict(message, outcome, out.bytes, from, out.at);
    return undefined;
  }

  #follow(promise: Promise<void>, route: Route, message: Message, exchange: Exchange): void {
    route.counters.inFlight++;
    const call = new Call(this, route, message, this.#actions, exchange);
    this.#actions = new ActionList(this);
    this.#calls.add(call);
    call.follow(promise);
  }

  #writeDefault(route: Route, actions: ActionList): void {
    try {
      route.defaultVerdict?.(actions);
    } catch (thrown) {
      actions.clear();
      this.faults.tell("default_failed", route.name, thrown);
    }
  }

  #tellVerdict(message: Message, outcome: Outcome, bytes: Uint8Array, from: number, to: number): void {
    try {
      this.#onVerdict?.(verdictOf(message, outcome, bytes, from, to));
    } catch (thrown) {
      this.faults.tell("hook_failed", message.name, thrown);
    }
  }
}

/** Of so many reads one is timed while they come in less than {@linkcode BUSY_MS}. */
const STRIDE = 8;
const BUSY_MS = 1;

function skipArguments(reader: Reader, count: number): void {
  for (; count > 0 && !reader.broken; count--) {
    reader.skip(reader.length());
    skipValue(reader);
  }
}
