/** The protocol without a socket: what comes in as bytes, and what goes out. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ABORT, FIN, writeKeyValues, writeMessage, Writer } from "../../lib/spop/codec/mod.ts";
import { Dispatcher } from "../../lib/spop/dispatcher.ts";
import { type AgentOptions, limitsOf } from "../../lib/spop/options.ts";
import { type Handler, Route } from "../../lib/spop/route.ts";
import { Session } from "../../lib/spop/session.ts";
import { anyMessage, anyMutation, pieces } from "./arbitrary.ts";
import { decodeAnswers, frame, hello, join, notify, type Said } from "./wire.ts";

/** A connection without a socket. */
class Wire {
  readonly dispatcher: Dispatcher;
  readonly session: Session;
  #left = new Uint8Array();

  constructor(handlers: Record<string, Handler> = {}, options: AgentOptions = {}) {
    this.dispatcher = new Dispatcher(options);
    for (const [name, handler] of Object.entries(handlers)) this.dispatcher.add(new Route(name, handler, 1000));
    this.session = new Session(this.dispatcher, limitsOf(options), { flush() {}, resume() {}, hold() {} });
  }

  /** Lets bytes arrive; what is not done with comes again with the next. */
  arrive(...parts: Uint8Array[]): void {
    const bytes = join(this.#left, ...parts);
    const done = this.session.receive(bytes, bytes.length);
    this.#left = bytes.slice(done);
    // The buffer is used again at once: nobody may have kept a part of it.
    bytes.fill(0xee);
  }

  /** What was answered since the last time. */
  said(): Said[] {
    const answers = decodeAnswers(this.session.out.written);
    this.session.out.at = 0;
    return answers;
  }
}

const ECHO: Record<string, Handler> = {
  echo: (message, actions) => actions.set("request", "x", message.args["x"] ?? null),
};

function disconnects(said: readonly Said[]): number[] {
  return said.flatMap((one) => one.type === "disconnect" ? [one.code] : []);
}

Deno.test("a session answers HELLO with version, the smaller size and capabilities", () => {
  const wire = new Wire({}, { maxFrameSize: 1000 });
  wire.arrive(hello());
  assert.deepEqual(wire.said(), [{
    type: "hello",
    pairs: { version: "2.0", "max-frame-size": 1000, capabilities: "pipelining,fragmentation" },
  }]);
  const other = new Wire();
  other.arrive(hello({ capabilities: [], max_frame_size: 256 }));
  assert.deepEqual(other.said(), [{
    type: "hello",
    pairs: { version: "2.0", "max-frame-size": 256, capabilities: "fragmentation" },
  }]);
});

Deno.test("a session answers a health check with all three keys and waits for HAProxy to close", () => {
  const wire = new Wire();
  wire.arrive(Uint8Array.fromHex(
    "0000004e0100000001000012737570706f727465642d76657273696f6e730803322e300e6d61782d6672616d652d73697a6503fcf0060c6361" +
      "706162696c697469657308000b6865616c7468636865636b11",
  ));
  assert.equal(wire.said()[0]?.type, "hello");
  assert.equal(wire.session.isEnding, false);
  assert.equal(wire.dispatcher.stats().health_checks, 1);
});

const KEYS: readonly (readonly [string, string | number | boolean])[] = [
  ["supported-versions", "2.0"],
  ["max-frame-size", 16380],
  ["capabilities", "pipelining"],
];
const without = (key: string) => KEYS.filter(([name]) => name !== key);
const withValue = (key: string, value: string | number | boolean) =>
  KEYS.map(([name, usual]) => [name, name === key ? value : usual] as const);
const helloOf = (pairs: Iterable<readonly [string, string | number | boolean]>, header = {}) =>
  frame("haproxy_hello", (writer) => writeKeyValues(writer, pairs), header);

const REFUSED: readonly (readonly [string, Uint8Array, number])[] = [
  ["no supported-versions", helloOf(without("supported-versions")), 5],
  ["no max-frame-size", helloOf(without("max-frame-size")), 6],
  ["no capabilities", helloOf(without("capabilities")), 7],
  ["another version", helloOf(withValue("supported-versions", "1.0,2.1,3.0")), 8],
  ["a tiny max-frame-size", helloOf(withValue("max-frame-size", 255)), 9],
  ["a max-frame-size that is no number", helloOf(withValue("max-frame-size", "big")), 4],
  ["a version that is no string", helloOf(withValue("supported-versions", 2)), 4],
  ["a stream-id", helloOf(KEYS, { stream: 1 }), 4],
  ["no FIN", helloOf(KEYS, { flags: 0 }), 10],
  ["half a pair", frame("haproxy_hello", (writer) => writer.text("capabilities")), 4],
  ["NOTIFY first", notify(1, { name: "echo" }), 4],
  ["DISCONNECT first", frame("haproxy_disconnect"), 4],
  ["an HTTP request", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), 4],
  ["the first five bytes of an HTTP request", new TextEncoder().encode("POST "), 4],
  ["a TLS client hello", Uint8Array.fromHex("1603010200010001fc0303"), 4],
  ["HELLO of an impossible length", Uint8Array.fromHex("7fffffff01"), 3],
  ["HELLO of no length", Uint8Array.fromHex("0000000001"), 4],
];

for (const [what, bytes, code] of REFUSED) {
  Deno.test(`a session refuses ${what} with status ${code}`, () => {
    const wire = new Wire(ECHO);
    wire.arrive(bytes);
    assert.deepEqual(disconnects(wire.said()), [code]);
    assert.ok(wire.session.isEnding);
    wire.arrive(hello());
    assert.deepEqual(wire.said(), [], "nothing is answered afterwards");
    assert.equal(wire.dispatcher.stats().disconnects[code], 1);
  });
}

Deno.test("a session refuses what is out of place after HELLO", () => {
  const cases: readonly (readonly [Uint8Array, number])[] = [
    [hello(), 4],
    [frame("notify", (writer) => writer.byte(50), { stream: 1, id: 1 }), 4],
    [frame("unset", () => {}, { stream: 1, id: 1 }), 12],
    [Uint8Array.fromHex("00003ffd03"), 3],
    [Uint8Array.fromHex("0000000303"), 4],
  ];
  for (const [bytes, code] of cases) {
    const wire = new Wire(ECHO);
    wire.arrive(hello(), bytes);
    assert.deepEqual(disconnects(wire.said()), [code]);
  }
});

Deno.test("a session steps over frames of unknown types", () => {
  const wire = new Wire(ECHO);
  const unknown = notify(1, { name: "echo" });
  unknown[4] = 77;
  wire.arrive(hello(), unknown, frame("ack"), notify(3, { name: "echo", args: { x: 1 } }));
  assert.deepEqual(wire.said().slice(1).map((one) => one.type === "ack" && one.stream), [3]);
});

Deno.test("a session answers HAPROXY-DISCONNECT with status 0 and takes nothing more", () => {
  const wire = new Wire(ECHO);
  wire.arrive(hello(), frame("haproxy_disconnect"), notify(1, { name: "echo" }));
  assert.deepEqual(wire.said().slice(1), [{ type: "disconnect", code: 0, message: "normal" }]);
});

Deno.test("a session echoes the identifiers as they came, stream 0 included", () => {
  for (const stream of [0, 1, 239, 240, 2 ** 40]) {
    const wire = new Wire(ECHO);
    wire.arrive(hello(), notify(stream, { name: "echo", args: { x: "y" } }));
    assert.deepEqual(wire.said()[1], {
      type: "ack",
      stream,
      actions: [{ type: "set_var", scope: "request", name: "x", value: { type: "string", value: "y" } }],
    });
  }
});

Deno.test("a session answers a NOTIFY without messages, and one nobody handles, with an empty ACK", () => {
  const wire = new Wire(ECHO);
  wire.arrive(hello(), notify(1), notify(3, { name: "nobody", args: { a: 1, b: "c" } }));
  assert.deepEqual(wire.said().slice(1), [
    { type: "ack", stream: 1, actions: [] },
    { type: "ack", stream: 3, actions: [] },
  ]);
  assert.equal(wire.dispatcher.stats().unknown_messages, 1);
});

Deno.test("a session answers all messages of a NOTIFY with one ACK, in their order", () => {
  const wire = new Wire(ECHO);
  const args = (x: number) => ({ name: "echo", args: { other: true, x } });
  wire.arrive(hello(), notify(1, args(1), { name: "nobody" }, args(2)));
  const [, ack, ...more] = wire.said();
  assert.deepEqual(more, []);
  assert.ok(ack?.type === "ack");
  assert.deepEqual(ack.actions.map((one) => one.type === "set_var" && one.value.value), [1, 2]);
});

Deno.test("a session puts pieces together, and cuts off what comes between them", () => {
  const payload = new Writer();
  writeMessage(payload, { name: "echo", args: { x: "long enough to be cut" } });
  const piece = (type: "notify" | "unset", from: number, to: number, flags: number) =>
    frame(type, (writer) => writer.raw(payload.bytes, from, to), { flags, stream: 5, id: 1 });
  const wire = new Wire(ECHO);
  wire.arrive(hello(), piece("notify", 0, 9, 0), piece("unset", 9, 20, 0), piece("unset", 20, payload.at, FIN));
  const [, ack] = wire.said();
  assert.ok(ack?.type === "ack");
  assert.equal(ack.stream, 5);
  assert.deepEqual(ack.actions.map((one) => one.type === "set_var" && one.value.value), ["long enough to be cut"]);

  wire.arrive(piece("notify", 0, 9, 0), piece("unset", 0, 0, FIN | ABORT), notify(7, { name: "echo" }));
  assert.deepEqual(wire.said().map((one) => one.type === "ack" && one.stream), [7], "the aborted one has no answer");

  wire.arrive(piece("notify", 0, 9, 0), notify(9, { name: "echo" }));
  assert.deepEqual(disconnects(wire.said()), [11]);
});

Deno.test("a session reads the same frames however the stream is cut", () => {
  fc.assert(fc.property(
    fc.array(anyMessage, { minLength: 1, maxLength: 5 }),
    fc.array(fc.nat(), { maxLength: 8 }),
    (messages, cuts) => {
      const names = [...new Set(messages.map((one) => one.name))];
      const handlers = Object.fromEntries(names.map((name): [string, Handler] => [name, (message, actions) => {
        actions.set(
          "request",
          "all",
          JSON.stringify(message.toJSON(), (_, value) => typeof value === "bigint" ? `${value}n` : value),
        );
      }]));
      const bytes = join(hello(), ...messages.map((one, index) => notify(index + 1, one)));
      const once = new Wire(handlers);
      once.arrive(bytes);
      const cut = new Wire(handlers);
      for (const piece of pieces(bytes, cuts)) cut.arrive(piece);
      const said = once.said();
      assert.equal(said.length, messages.length + 1);
      assert.deepEqual(cut.said(), said);
    },
  ));
});

Deno.test("a session survives any mutation: whole frames out, no exception, and it ends after a fault", () => {
  const good = join(
    hello(),
    notify(1, { name: "echo", args: { x: "text", n: -5, b: true } }),
    notify(300, { name: "echo" }, { name: "echo", args: { x: new Uint8Array(30) } }),
    frame("haproxy_disconnect"),
  );
  fc.assert(
    fc.property(anyMutation, fc.array(fc.nat(), { maxLength: 4 }), (mutate, cuts) => {
      const wire = new Wire(ECHO);
      for (const piece of pieces(mutate(good), cuts)) wire.arrive(piece);
      const said = wire.said();
      const codes = disconnects(said);
      assert.ok(codes.length <= 1);
      assert.equal(codes.length === 1, wire.session.isEnding);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a session leaves when nothing is left to answer, and not before", async () => {
  const gate = Promise.withResolvers<void>();
  const wire = new Wire({ slow: () => gate.promise });
  wire.arrive(hello(), notify(1, { name: "slow" }));
  assert.equal(wire.session.leave(), false);
  gate.resolve();
  await Promise.resolve();
  assert.equal(wire.session.leave(), true);
  assert.deepEqual(wire.said().map((one) => one.type), ["hello", "ack", "disconnect"]);
});

Deno.test("a session in a hurry holds its ACKs until nothing more arrives, and says goodbye behind them", () => {
  const wire = new Wire(ECHO);
  wire.arrive(hello());
  wire.said();
  wire.session.hurry(80);
  wire.arrive(notify(1, { name: "echo" }));
  assert.equal(wire.session.isHeld, true);
  wire.arrive(notify(3, { name: "echo" }), notify(5, { name: "echo" }));
  assert.equal(wire.session.isHeld, true);
  wire.session.release();
  assert.equal(wire.session.isHeld, false);
  assert.deepEqual(wire.said().map((one) => one.type), ["ack", "ack", "ack", "disconnect"]);
});

Deno.test("a session in a hurry lets ACKs go in time when others are still being worked at", async () => {
  const gate = Promise.withResolvers<void>();
  const wire = new Wire({ ...ECHO, slow: () => gate.promise }, { processingMs: 100 });
  wire.arrive(hello());
  wire.said();
  wire.session.hurry(80);
  wire.arrive(notify(1, { name: "slow" }), notify(3, { name: "echo" }));
  wire.session.release();
  assert.equal(wire.session.isHeld, true, "it may be done in a moment");
  for (const end = performance.now() + 41; performance.now() < end;);
  wire.session.release();
  assert.deepEqual(wire.said().map((one) => one.type), ["ack"]);
  gate.resolve();
  await Promise.resolve();
  wire.session.release();
  assert.deepEqual(wire.said().map((one) => one.type), ["ack", "disconnect"]);
});

Deno.test("a session pauses when too many of its frames are in flight, and goes on when one is answered", async () => {
  const waiting: (() => void)[] = [];
  const handlers: Record<string, Handler> = { slow: () => new Promise((resolve) => waiting.push(resolve)) };
  const wire = new Wire(handlers, { maxFramesInFlight: 2 });
  wire.arrive(hello(), notify(1, { name: "slow" }), notify(3, { name: "slow" }), notify(5, { name: "slow" }));
  assert.deepEqual([waiting.length, wire.session.isPaused, wire.session.inFlight], [2, true, 2]);
  waiting.shift()?.();
  await Promise.resolve();
  assert.equal(wire.session.isPaused, false);
  wire.arrive();
  assert.equal(waiting.length, 2);
  wire.session.close();
});

Deno.test("a session pauses while too many bytes of answers wait to be written", () => {
  const wire = new Wire(ECHO, { maxBufferedBytes: 1000 });
  const text = "y".repeat(600);
  wire.arrive(hello(), ...[1, 3, 5].map((stream) => notify(stream, { name: "echo", args: { x: text } })));
  assert.deepEqual([wire.session.isPaused, wire.session.hasMore], [true, true]);
  assert.equal(wire.said().length, 3, "HELLO and two answers");
  assert.deepEqual([wire.session.isPaused, wire.session.hasMore], [false, true]);
  wire.arrive();
  assert.equal(wire.session.hasMore, false);
  assert.equal(wire.said().length, 1);
});
