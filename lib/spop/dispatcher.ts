/**
 * From the messages of a NOTIFY to the actions of its ACK: finds each message's handler, calls it, and sees to it that an
 * ACK leaves whatever the handler does.
 *
 * Hot path: `answer` runs for each NOTIFY. Handlers that answer at once write straight into the connection's outgoing
 * buffer; a promise costs a copy of its message. Measured by `deno task bench:spop`.
 */
import { beginFrame, endFrame, LENGTH_BYTES, Reader, skipValue, type Writer } from "./codec/mod.ts";
import { ActionList, type ActionsWatch } from "./actions.ts";
import { Bag } from "./bag.ts";
import { Call, type CallWatch, Exchange, type ExchangeOwner } from "./exchange.ts";
import { FaultTeller } from "./fault.ts";
import type { FrameOrigin, Message } from "./message.ts";
import { type AgentOptions, DEFAULT_PROCESSING_MS } from "./options.ts";
import { ReadClock } from "./read_clock.ts";
import type { Route } from "./route.ts";
import { RouteTable } from "./route_table.ts";
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
  /** How long HAProxy waits for an ACK, in milliseconds. */
  readonly processingMs: number;
  readonly faults: FaultTeller;
  /** Times what is answered at once. */
  readonly clock = new ReadClock();
  /** Connections that are not read until there is room for their frames. */
  readonly waiting = new Set<Waiting>();
  readonly #routes = new RouteTable();
  readonly #onVerdict: ((verdict: Verdict) => void) | undefined;
  /** Handlers that run. */
  readonly #calls = new Bag<Call>();
  #actions = new ActionList(this);

  constructor(options: AgentOptions) {
    this.processingMs = options.processingMs ?? DEFAULT_PROCESSING_MS;
    this.faults = new FaultTeller(options.onFault);
    this.#onVerdict = options.onVerdict;
  }

  /** Adds a route, in the place of one with the same name, whose counters it goes on with. */
  add(route: Route): void {
    this.#routes.add(route);
  }

  /** Takes a route away, and gives whether there was one; what runs is finished. */
  remove(name: string): boolean {
    return this.#routes.remove(name);
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
      const nameAt = reader.at;
      const route = this.#routes.find(reader);
      const count = reader.byte();
      if (route === undefined) {
        skipArguments(reader, count);
        if (!reader.broken) this.#tellUnknown(new Reader().reset(reader.bytes, nameAt, reader.at).text());
        continue;
      }
      const argumentsAt = reader.at;
      const message = route.read(reader, count, origin);
      if (message === undefined) break;
      route.counters.messages++;
      route.counters.bytesIn += reader.at - argumentsAt;
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
        exchange = new Exchange(owner, message.origin, this.clock.startedAt);
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
    for (const call of this.#calls.drain()) call.expire();
  }

  /** A NOTIFY was answered: there is room for another. */
  onRoom(): void {
    for (const one of this.waiting) one.retry();
  }

  /** Nobody is connected any more: no timer is left running. */
  onLastConnectionGone(): void {
    this.#calls.clear();
    for (const route of this.#routes.all()) route.deadlines.stop();
  }

  /** What was counted so far. */
  stats(): AgentStats {
    return this.counters.snapshot(
      Object.fromEntries([...this.#routes.all()].map((route) => [route.name, route.counters.snapshot()])),
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
    this.#calls.remove(call);
    counters.inFlight--;
    counters.bytesOut += call.written.at;
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

  #tellUnknown(name: string): void {
    this.counters.unknownMessages++;
    this.faults.tell("unknown_message", name, "it has no handler");
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
    route.counters.bytesOut += out.at - from;
    this.clock.note(route);
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

function skipArguments(reader: Reader, count: number): void {
  for (; count > 0 && !reader.broken; count--) {
    reader.skip(reader.length());
    skipValue(reader);
  }
}
