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
  Reader,
  readFrame,
  type StatusCode,
  writeDisconnect,
  Writer,
} from "./codec/mod.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Exchange, ExchangeOwner } from "./exchange.ts";
import { judgeFirst, MAX_HELLO, shakeHands } from "./handshake.ts";
import { Hold } from "./hold.ts";
import { InFlight } from "./in_flight.ts";
import { FrameOrigin } from "./message.ts";
import type { Limits } from "./options.ts";
import { Tally } from "./tally.ts";

/** Who reads and writes for a session. */
export interface Link {
  /** Something was added to `out` outside of `receive`. */
  flush(): void;
  /** The session takes frames again. */
  resume(): void;
  /** `Session.release` is to be called when nothing has arrived for so many milliseconds from now on. */
  hold(quietMs: number): void;
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
  readonly #dispatcher: Dispatcher;
  readonly #limits: Limits;
  readonly #link: Link;
  readonly #header = new FrameHeader();
  readonly #reader = new Reader();
  readonly #origin = new FrameOrigin();
  readonly #fragments: Fragments;
  readonly #tally: Tally;
  readonly #running: InFlight;
  readonly #hold: Hold;
  #stage: Stage = "hello";
  #maxFrameSize: number;

  constructor(dispatcher: Dispatcher, limits: Limits, link: Link) {
    this.#dispatcher = dispatcher;
    this.#limits = limits;
    this.#link = link;
    this.#maxFrameSize = Math.min(limits.maxFrameSize, MAX_HELLO);
    this.#fragments = new Fragments(limits.maxFragmentedBytes);
    this.#tally = new Tally(dispatcher.counters);
    this.#running = new InFlight(dispatcher, limits, this.#tally, () => link.resume());
    this.#hold = new Hold(dispatcher.processingMs);
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
    return this.#running.isPaused || this.out.at >= this.#limits.maxBufferedBytes;
  }

  /** NOTIFYs whose handlers run. */
  get inFlight(): number {
    return this.#running.size;
  }

  /** What is in `out` is not to be written before `release`. */
  get isHeld(): boolean {
    return this.#hold.isOn;
  }

  /** The largest frame that can come, with its length: what a read buffer must have room for. */
  get largestFrame(): number {
    return this.#maxFrameSize + LENGTH_BYTES;
  }

  /** Counts bytes that were read. */
  countIn(bytes: number): void {
    this.hasSpoken = true;
    this.#tally.bytesIn(bytes);
  }

  /** Counts bytes that were written. */
  countOut(bytes: number): void {
    this.#tally.bytesOut(bytes);
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
    this.#dispatcher.clock.begin();
    while (at < end && !this.isEnding && !this.isPaused) {
      const fault = (this.#stage === "hello" ? judgeFirst(bytes, at, end) : undefined) ??
        readFrame(this.#header, bytes, at, end, this.#maxFrameSize);
      if (fault === INCOMPLETE) break;
      at = this.#header.end;
      const wrong = fault ?? this.#take(bytes);
      if (wrong !== undefined && wrong.kind === "invalid") this.#reject(wrong);
    }
    this.#dispatcher.clock.end();
    this.hasMore = at < end && this.isPaused && !this.isEnding;
    if (this.#hold.isWanted) this.#holdAnswers(performance.now());
    return this.isEnding ? end : at;
  }

  /**
   * Says goodbye in one write with the next ACKs, for there is no time left to wait until the connection is quiet.
   *
   * @param quietMs so long without a frame means that no more are on their way, in milliseconds
   */
  hurry(quietMs: number): void {
    this.#hold.want(quietMs);
  }

  /** Nothing has arrived for a moment: what was held leaves, with the goodbye behind it if nothing runs any more. */
  release(): void {
    if (!this.isHeld || this.isEnding) return;
    if (this.#running.size > 0 && !this.#hold.isOver) return this.#link.hold(this.#hold.quietMs);
    this.#hold.end();
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
    this.#tally.close();
    this.#running.abandon();
    if (this.#dispatcher.counters.connections === 0) this.#dispatcher.onLastConnectionGone();
  }

  onAnswered(exchange: Exchange): void {
    if (!this.#running.remove(exchange)) return;
    exchange.write(this.out, this.#maxFrameSize, (count, message) => this.#dispatcher.countDropped(count, message));
    if (this.#hold.isWanted) {
      this.#hold.count++;
      this.#holdAnswers(exchange.startedAt);
    }
    this.#link.flush();
    this.#running.retry();
    this.#dispatcher.onRoom();
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
    const terms = shakeHands(this.#header, bytes, this.#reader, this.out, this.#limits.maxFrameSize);
    if ("kind" in terms) return terms;
    this.#maxFrameSize = terms.maxFrameSize;
    if (terms.isCheck) {
      this.#stage = "checked";
      this.#dispatcher.counters.healthChecks++;
      return undefined;
    }
    this.#stage = "open";
    this.#origin.engineId = terms.engineId;
    this.#tally.joinEngine(terms.engineId);
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
    this.#tally.frame();
    const reader = this.#reader.reset(bytes, from, to);
    const exchange = this.#dispatcher.answer(reader, this.#origin, this.out, this.#maxFrameSize, this);
    if (reader.broken) return BROKEN_NOTIFY;
    if (exchange !== undefined) this.#running.add(exchange);
    else if (this.#hold.isWanted) this.#hold.count++;
    return undefined;
  }

  #takeDisconnect(): undefined {
    this.#end(0);
  }

  #holdAnswers(askedAt: number): void {
    if (this.isEnding || this.out.at === 0) return;
    this.#hold.begin(askedAt);
    if (this.#hold.isOver || (this.#hold.isFull && this.#running.size === 0)) this.release();
    else this.#link.hold(this.#hold.quietMs);
  }

  #leaveIfDone(): void {
    if (!this.isEnding && this.#running.size === 0 && !this.#fragments.isOpen) this.#end(0);
  }

  #reject(fault: Invalid): void {
    this.#tally.fault(fault.code);
    this.#dispatcher.faults.tell("protocol", undefined, fault.why);
    this.#end(fault.code, fault.why);
  }

  #end(code: StatusCode, why?: string): void {
    this.#hold.end();
    writeDisconnect(this.out, "agent_disconnect", code, why);
    this.#stage = "ending";
  }
}

const OUT_OF_PLACE = invalid(4, "the frame is out of place");
const BROKEN_NOTIFY = invalid(4, "NOTIFY is no list of messages");
