/**
 * HAProxy's side of SPOP: speaks to any agent. For asking an agent by hand, for tests, and for load.
 */
import { type Address, parseAddress } from "../net/mod.ts";
import {
  type Action,
  type AgentHello,
  beginFrame,
  type Disconnect,
  endFrame,
  FIN,
  FRAME_TYPES,
  type FrameHeader,
  InvalidValue,
  type OutgoingMessage,
  readActions,
  readAgentHello,
  readDisconnect,
  VERSION,
  writeDisconnect,
  writeHaproxyHello,
  writeMessage,
  Writer,
} from "./codec/mod.ts";
import { reason } from "../errors.ts";
import { SpopClosed, SpopTimeout, SpopViolation } from "./errors.ts";
import { FrameLink } from "./frame_link.ts";

/** How to speak to an agent. */
export interface SpopClientOptions {
  /** What is offered in HELLO, in bytes. Default 16380, as HAProxy does. */
  readonly maxFrameSize?: number;
  /** Default `pipelining`, as HAProxy since 3.1 does. */
  readonly capabilities?: readonly string[];
  /** Default: made up. */
  readonly engineId?: string;
  /** Ask only whether the agent is there, as `option spop-check` does. */
  readonly healthcheck?: boolean;
  /** How long HELLO and each NOTIFY may take, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
}

/** One NOTIFY that waits for its ACK. */
interface Waiting {
  readonly resolve: (actions: Action[]) => void;
  readonly reject: (why: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * A connection to an agent.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Agent } from "./agent.ts";
 * import { SpopClient } from "./client.ts";
 * const agent = new Agent();
 * agent.on("double", (message, actions) => actions.set("request", "twice", 2 * Number(message.integer("n"))));
 * await using listener = await agent.listen("127.0.0.1:0");
 * await using client = await SpopClient.connect(listener.address);
 * const both = await Promise.all([1, 2].map((n) => client.notify([{ name: "double", args: { n } }])));
 * assert.deepEqual(both.flat().map((action) => action.type === "set_var" && action.value.value), [2, 4]);
 * ```
 */
export class SpopClient implements AsyncDisposable {
  /** What the agent answered to HELLO. */
  readonly hello: AgentHello;
  /** Settles when the connection has ended: with the agent's goodbye, if it said one. */
  readonly ended: Promise<Disconnect | undefined>;
  readonly #link: FrameLink;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<string, Waiting>();
  #nextStream = 1;
  /** Why nothing more can be asked. */
  #closed: SpopClosed | undefined;

  private constructor(link: FrameLink, hello: AgentHello, timeoutMs: number) {
    this.#link = link;
    this.hello = hello;
    this.#timeoutMs = timeoutMs;
    link.maxFrameSize = hello.max_frame_size;
    this.ended = this.#readAll();
  }

  /**
   * Connects and says HELLO.
   *
   * @param address of the agent
   * @param options what to offer
   * @throws {SpopClosed} when the agent is not there or refuses; {@linkcode SpopViolation}, {@linkcode SpopTimeout}
   */
  static async connect(address: string | Address, options: SpopClientOptions = {}): Promise<SpopClient> {
    const where = typeof address === "string" ? parseAddress(address) : address;
    const { timeoutMs = 5_000, maxFrameSize = 16_380, healthcheck = false } = options;
    const link = await FrameLink.connect(where);
    const timer = setTimeout(() => link.close(new SpopTimeout(link.name, "an answer to HELLO", timeoutMs)), timeoutMs);
    try {
      link.maxFrameSize = maxFrameSize;
      writeHaproxyHello(link.out, {
        versions: [VERSION],
        max_frame_size: maxFrameSize,
        capabilities: options.capabilities ?? (healthcheck ? [] : ["pipelining"]),
        ...(healthcheck ? {} : { engine_id: options.engineId ?? crypto.randomUUID() }),
        healthcheck,
      });
      await link.flush();
      const header = await link.next();
      if (header === undefined) {
        throw new SpopClosed(link.name, "it closed the connection instead of an answer to HELLO");
      }
      if (header.type === FRAME_TYPES.agent_disconnect) throw link.refusal(header);
      if (header.type !== FRAME_TYPES.agent_hello) {
        throw new SpopViolation(link.name, `its first frame has type ${header.type} and is no AGENT-HELLO`, 4);
      }
      const hello = readAgentHello(link.payload(header), maxFrameSize);
      if ("kind" in hello) throw new SpopViolation(link.name, hello.why, hello.code);
      return new SpopClient(link, hello, timeoutMs);
    } catch (thrown) {
      link.close();
      throw link.closedBy ?? thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends messages in one NOTIFY, without waiting for those before. What is larger than a frame goes in pieces where the
   * agent takes them.
   *
   * @param messages what HAProxy would send
   * @returns the actions of the ACK
   * @throws {InvalidValue} when it cannot be sent; {@linkcode SpopClosed}, {@linkcode SpopTimeout}
   */
  async notify(messages: readonly OutgoingMessage[]): Promise<Action[]> {
    if (this.#closed !== undefined) throw this.#closed;
    const stream = this.#nextStream;
    this.#nextStream += 2;
    const payload = new Writer();
    for (const message of messages) writeMessage(payload, message);
    const ids = new Writer(16);
    ids.varint(stream);
    ids.varint(1);
    this.#writeNotify(ids.written, payload.written);
    const { promise, resolve, reject } = Promise.withResolvers<Action[]>();
    const key = ids.written.toHex();
    const timer = setTimeout(() => {
      this.#waiting.delete(key);
      reject(new SpopTimeout(this.#link.name, `an ACK for stream ${stream}`, this.#timeoutMs));
    }, this.#timeoutMs);
    this.#waiting.set(key, { resolve, reject, timer });
    // The answer may fail while the question is still being written.
    const [actions] = await Promise.all([promise, this.#link.flush()]);
    return actions;
  }

  /**
   * Says goodbye and waits for the agent to do the same.
   *
   * @returns what it said
   */
  async disconnect(): Promise<Disconnect | undefined> {
    writeDisconnect(this.#link.out, "haproxy_disconnect", 0);
    await this.#link.flush();
    return await this.ended;
  }

  /** Sends bytes as they are, right or wrong. */
  async sendRaw(bytes: Uint8Array): Promise<void> {
    this.#link.out.raw(bytes);
    await this.#link.flush();
  }

  /** Ends the connection without a goodbye, as HAProxy since 3.1 does. */
  async close(): Promise<void> {
    this.#link.close();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #writeNotify(ids: Uint8Array, payload: Uint8Array): void {
    const { out, name } = this.#link;
    const room = this.hello.max_frame_size - 5 - ids.length;
    if (payload.length > room && !this.hello.capabilities.includes("fragmentation")) {
      const why = `"${name}" takes frames of ${this.hello.max_frame_size} bytes and no pieces`;
      throw new InvalidValue(`a NOTIFY of ${payload.length} bytes`, why);
    }
    let at = 0;
    do {
      const end = Math.min(payload.length, at + room);
      const start = beginFrame(out, at === 0 ? "notify" : "unset", end === payload.length ? FIN : 0);
      out.raw(ids);
      out.raw(payload, at, end);
      endFrame(out, start);
      at = end;
    } while (at < payload.length);
  }

  async #readAll(): Promise<Disconnect | undefined> {
    const link = this.#link;
    let goodbye: Disconnect | undefined;
    let why = new SpopClosed(link.name, "it closed the connection");
    try {
      for (let header = await link.next(); header !== undefined; header = await link.next()) {
        if (header.type === FRAME_TYPES.ack) this.#takeAck(header);
        else if (header.type === FRAME_TYPES.agent_disconnect) {
          why = link.refusal(header);
          const said = readDisconnect(link.payload(header));
          if (!("kind" in said)) goodbye = said;
          break;
        }
      }
    } catch (thrown) {
      why = new SpopClosed(link.name, reason(thrown), undefined, thrown);
    }
    link.close();
    this.#closed = why;
    for (const one of this.#waiting.values()) {
      clearTimeout(one.timer);
      one.reject(why);
    }
    this.#waiting.clear();
    return goodbye;
  }

  #takeAck(header: FrameHeader): void {
    const key = this.#link.ids(header).toHex();
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    clearTimeout(waiting.timer);
    waiting.resolve(readActions(this.#link.payload(header)));
  }
}
