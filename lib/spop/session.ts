/**
 * One connection as SPOP sees it: HELLO, NOTIFYs and their ACKs, DISCONNECT. It knows nothing of sockets: bytes come in by
 * `receive`, answers pile up in `out`, and whoever does the reading and writing is its `Link`.
 *
 * Hot path: frames are read where they arrived, ACKs are written where they leave.
 */
import {
  FIN,
  Fragments,
  FRAME_TYPES,
  FrameHeader,
  INCOMPLETE,
  type Invalid,
  invalid,
  LENGTH_BYTES,
  negotiate,
  Reader,
  readFrame,
  readHaproxyHello,
  type StatusCode,
  writeAgentHello,
  writeDisconnect,
  Writer,
} from "./codec/mod.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Exchange, ExchangeOwner } from "./exchange.ts";
import { FrameOrigin } from "./message.ts";
import type { Limits } from "./options.ts";
import type { EngineCounters } from "./stats.ts";

/** Who reads and writes for a session. */
export interface Link {
  /** Something was added to `out` outside of `receive`. */
  flush(): void;
  /** The session takes frames again. */
  resume(): void;
  /** `Session.release` is to be called when nothing has arrived for a moment from now on. */
  hold(): void;
}

/** Where a connection stands. */
type Stage = "hello" | "open" | "checked" | "ending" | "closed";

/** The protocol's side of a connection. */
export class Session implements ExchangeOwner {
  /** Answers to be written. */
  readonly out = new Writer(1024);
  /** Bytes have come since this was last set to false. */
  hasSpoken = true;
  /** The last `receive` stopped for want of room, with frames left to take: it wants to be called again with what it left. */
  hasMore = false;
  /** What is in `out` is not to be written before `release`. */
  isHeld = false;
  readonly #dispatcher: Dispatcher;
  readonly #limits: Limits;
  readonly #link: Link;
  readonly #header = new FrameHeader();
  readonly #reader = new Reader();
  readonly #origin = new FrameOrigin();
  readonly #fragments: Fragments;
  readonly #exchanges = new Set<Exchange>();
  #engine: EngineCounters | undefined;
  #stage: Stage = "hello";
  #maxFrameSize: number;
  #isPaused = false;
  #isHurried = false;
  #heldSince = 0;

  constructor(dispatcher: Dispatcher, limits: Limits, link: Link) {
    this.#dispatcher = dispatcher;
    this.#limits = limits;
    this.#link = link;
    this.#maxFrameSize = Math.min(limits.maxFrameSize, MAX_HELLO);
    this.#fragments = new Fragments(limits.maxFragmentedBytes);
    dispatcher.counters.connections++;
    dispatcher.counters.accepted++;
  }

  /** The last frame is in `out`: write it, then close. */
  get isEnding(): boolean {
    return this.#stage === "ending" || this.#stage === "closed";
  }

  /** No HELLO has come yet, or only that of a health check. */
  get isShakingHands(): boolean {
    return this.#stage === "hello" || this.#stage === "checked";
  }

  /** It takes no frames until `Link.resume`, or until `out` has been written. */
  get isPaused(): boolean {
    return this.#isPaused || this.out.at >= this.#limits.maxBufferedBytes;
  }

  /** NOTIFYs whose handlers run. */
  get inFlight(): number {
    return this.#exchanges.size;
  }

  /** The largest frame that can come, with its length: what a read buffer must have room for. */
  get largestFrame(): number {
    return this.#maxFrameSize + LENGTH_BYTES;
  }

  /** Counts bytes that were read. */
  countIn(bytes: number): void {
    this.hasSpoken = true;
    this.#dispatcher.counters.bytesIn += bytes;
    if (this.#engine !== undefined) this.#engine.bytesIn += bytes;
  }

  /** Counts bytes that were written. */
  countOut(bytes: number): void {
    this.#dispatcher.counters.bytesOut += bytes;
    if (this.#engine !== undefined) this.#engine.bytesOut += bytes;
  }

  /**
   * Takes the frames that have arrived.
   *
   * @param bytes the buffer
   * @param end the place behind the last byte
   * @returns how many bytes are done with; the rest must come again, with what follows it
   */
  receive(bytes: Uint8Array, end: number): number {
    let at = 0;
    this.#dispatcher.beginBatch();
    while (at < end && !this.isEnding && !this.isPaused) {
      const fault = this.#judge(bytes, at, end) ?? readFrame(this.#header, bytes, at, end, this.#maxFrameSize);
      if (fault === INCOMPLETE) break;
      at = this.#header.end;
      const wrong = fault ?? this.#take(bytes);
      if (wrong !== undefined && wrong.kind === "invalid") this.#reject(wrong);
    }
    this.#dispatcher.endBatch();
    this.hasMore = at < end && this.isPaused && !this.isEnding;
    if (this.#isHurried) this.#holdAnswers();
    return this.isEnding ? end : at;
  }

  /**
   * Says goodbye in one write with the next ACKs, for there is no time left to wait until the connection is quiet.
   *
   * A NOTIFY that crosses a goodbye is lost. So ACKs are held for a moment: HAProxy sends what it has until all of it waits
   * for us, or 20 frames do, and then little is left that could cross.
   */
  hurry(): void {
    this.#isHurried = true;
  }

  /** Nothing has arrived for a moment: what was held leaves, with the goodbye behind it if nothing runs any more. */
  release(): void {
    if (!this.isHeld || this.isEnding) return;
    if (this.#exchanges.size > 0 && performance.now() - this.#heldSince < MOST_HOLD_MS) return this.#link.hold();
    this.isHeld = false;
    this.#leaveIfDone();
    this.#link.flush();
  }

  /** Says goodbye now if nothing is left to answer; gives whether it did. */
  leave(): boolean {
    if (this.isEnding) return true;
    this.#leaveIfDone();
    if (this.isEnding) this.#link.flush();
    return this.isEnding;
  }

  /** Cuts the connection off with a status code. */
  cutOff(code: StatusCode, why?: string): void {
    if (this.isEnding) return;
    this.#reject(invalid(code, why));
    this.#link.flush();
  }

  /** The connection is closed; nobody waits for what still runs. */
  close(): void {
    if (this.#stage === "closed") return;
    this.#stage = "closed";
    const { counters } = this.#dispatcher;
    counters.connections--;
    counters.inFlight -= this.#exchanges.size;
    if (this.#engine !== undefined) {
      this.#engine.connections--;
      this.#engine.inFlight -= this.#exchanges.size;
    }
    for (const exchange of this.#exchanges) exchange.isAbandoned = true;
    this.#exchanges.clear();
    this.#dispatcher.waiting.delete(this);
    if (counters.connections === 0) this.#dispatcher.onLastConnectionGone();
  }

  /** Another connection has done something: room may be there again. */
  retry(): void {
    if (!this.#isPaused || this.#isFull()) return;
    this.#isPaused = false;
    this.#dispatcher.waiting.delete(this);
    this.#link.resume();
  }

  onAnswered(exchange: Exchange): void {
    if (exchange.isAbandoned || !this.#exchanges.delete(exchange)) return;
    this.#dispatcher.counters.inFlight--;
    if (this.#engine !== undefined) this.#engine.inFlight--;
    exchange.write(this.out, this.#maxFrameSize, (count, message) => this.#dispatcher.countDropped(count, message));
    if (this.#isHurried) this.#holdAnswers();
    this.#link.flush();
    this.retry();
    this.#dispatcher.onRoom();
  }

  /** Whether a first frame can be HAPROXY-HELLO: its fifth byte says so, long before it is whole. */
  #judge(bytes: Uint8Array, at: number, end: number): Invalid | undefined {
    if (this.#stage !== "hello" || end - at <= LENGTH_BYTES) return undefined;
    return bytes[at + LENGTH_BYTES] === FRAME_TYPES.haproxy_hello ? undefined : NOT_HELLO;
  }

  #take(bytes: Uint8Array): Invalid | undefined {
    const { type } = this.#header;
    if (type === FRAME_TYPES.notify && this.#stage === "open") return this.#takeNotify(bytes);
    if (type === FRAME_TYPES.haproxy_hello && this.#stage === "hello") return this.#takeHello(bytes);
    if (type === FRAME_TYPES.haproxy_disconnect) return this.#takeDisconnect();
    if (type === FRAME_TYPES.unset && this.#stage === "open") return this.#takeFragment(bytes);
    // An unknown type is stepped over, as the protocol asks.
    return type === FRAME_TYPES.haproxy_hello || type === FRAME_TYPES.notify ? OUT_OF_PLACE : undefined;
  }

  #takeHello(bytes: Uint8Array): Invalid | undefined {
    const header = this.#header;
    if ((header.flags & FIN) === 0) return invalid(10);
    if (header.payloadAt - header.idsAt !== 2 || bytes[header.idsAt] !== 0 || bytes[header.frameIdAt] !== 0) {
      return invalid(4, "HAPROXY-HELLO has a stream-id or a frame-id");
    }
    const hello = readHaproxyHello(this.#reader.reset(bytes, header.payloadAt, header.end));
    if ("kind" in hello) return hello;
    const answer = negotiate(hello, this.#limits.maxFrameSize);
    if ("kind" in answer) return answer;
    writeAgentHello(this.out, answer);
    this.#maxFrameSize = answer.max_frame_size;
    this.#stage = hello.healthcheck ? "checked" : "open";
    if (hello.healthcheck) {
      this.#dispatcher.counters.healthChecks++;
      return undefined;
    }
    this.#origin.engineId = hello.engine_id ?? "";
    this.#engine = this.#dispatcher.counters.engine(this.#origin.engineId);
    this.#engine.connections++;
    return undefined;
  }

  #takeNotify(bytes: Uint8Array): Invalid | undefined {
    const header = this.#header;
    if (this.#fragments.isOpen) return invalid(11);
    if ((header.flags & FIN) === 0) return this.#fragmentFault(this.#fragments.begin(bytes, header));
    this.#origin.bytes = bytes;
    this.#origin.at = header.idsAt;
    this.#origin.end = header.payloadAt;
    return this.#answer(bytes, header.payloadAt, header.end);
  }

  #takeFragment(bytes: Uint8Array): Invalid | undefined {
    const state = this.#fragments.add(bytes, this.#header);
    if (state !== "whole") return this.#fragmentFault(state);
    const payload = this.#fragments.take();
    this.#origin.bytes = this.#fragments.ids;
    this.#origin.at = 0;
    this.#origin.end = this.#fragments.ids.length;
    return this.#answer(payload, 0, payload.length);
  }

  #fragmentFault(state: string | Invalid): Invalid | undefined {
    return typeof state === "string" ? undefined : state;
  }

  #answer(bytes: Uint8Array, from: number, to: number): Invalid | undefined {
    const { counters } = this.#dispatcher;
    counters.frames++;
    if (this.#engine !== undefined) this.#engine.frames++;
    const reader = this.#reader.reset(bytes, from, to);
    const exchange = this.#dispatcher.answer(reader, this.#origin, this.out, this.#maxFrameSize, this);
    if (reader.broken) return BROKEN_NOTIFY;
    if (exchange === undefined) return undefined;
    counters.inFlight++;
    if (this.#engine !== undefined) this.#engine.inFlight++;
    this.#exchanges.add(exchange);
    exchange.done();
    if (!this.#isFull()) return undefined;
    this.#isPaused = true;
    this.#dispatcher.waiting.add(this);
    return undefined;
  }

  #takeDisconnect(): undefined {
    this.#end(0);
  }

  #isFull(): boolean {
    return this.#exchanges.size >= this.#limits.maxFramesInFlight ||
      this.#dispatcher.counters.inFlight >= this.#limits.maxFramesInFlightTotal;
  }

  #holdAnswers(): void {
    if (this.isEnding || this.out.at === 0) return;
    if (!this.isHeld) this.#heldSince = performance.now();
    this.isHeld = true;
    if (performance.now() - this.#heldSince >= MOST_HOLD_MS) this.release();
    else this.#link.hold();
  }

  #leaveIfDone(): void {
    if (!this.isEnding && this.#exchanges.size === 0 && !this.#fragments.isOpen) this.#end(0);
  }

  #reject(fault: Invalid): void {
    const { disconnects } = this.#dispatcher.counters;
    disconnects[fault.code] = (disconnects[fault.code] ?? 0) + 1;
    if (this.#engine !== undefined) this.#engine.errors++;
    this.#dispatcher.faults.tell("protocol", undefined, fault.why);
    this.#end(fault.code, fault.why);
  }

  #end(code: StatusCode, why?: string): void {
    this.isHeld = false;
    writeDisconnect(this.out, "agent_disconnect", code, why);
    this.#stage = "ending";
  }
}

/** HAPROXY-HELLO has about 130 bytes; nobody gets more from us before they have said it. */
const MAX_HELLO = 4096;
/** HAProxy waits for ACKs much longer than this. */
const MOST_HOLD_MS = 100;
const NOT_HELLO = invalid(4, "the first frame is not HAPROXY-HELLO");
const OUT_OF_PLACE = invalid(4, "the frame is out of place");
const BROKEN_NOTIFY = invalid(4, "NOTIFY is no list of messages");
