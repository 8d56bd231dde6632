import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ABORT,
  beginFrame,
  decodeHeaders,
  endFrame,
  FIN,
  Fragments,
  FrameHeader,
  type FrameType,
  INCOMPLETE,
  readActions,
  Reader,
  readFrame,
  readMessages,
  SCOPES,
  statusMessage,
  writeMessage,
  Writer,
  writeSetVar,
  writeUnsetVar,
} from "../../../lib/spop/codec/mod.ts";
import { anyMessage, anyMutation, anyTyped, comparable } from "../arbitrary.ts";

function frame(type: FrameType, flags: number, stream: number | bigint, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new Writer(8);
  const start = beginFrame(writer, type, flags);
  writer.varint(stream);
  writer.varint(1);
  writer.raw(payload);
  endFrame(writer, start);
  return writer.written;
}

function read(bytes: Uint8Array, max = 16380, end = bytes.length) {
  const header = new FrameHeader();
  return { header, fault: readFrame(header, bytes, 0, end, max) };
}

Deno.test("readFrame() calls everything short of a whole frame incomplete", () => {
  const bytes = frame("notify", FIN, 300, new Uint8Array(20));
  for (let end = 0; end < bytes.length; end++) assert.equal(read(bytes, 16380, end).fault, INCOMPLETE);
  assert.equal(read(bytes).fault, undefined);
});

Deno.test("readFrame() judges a length by its four bytes", () => {
  const lengths: readonly (readonly [string, number])[] = [
    ["00003ffd", 3],
    ["ffffffff", 3],
    ["47455420", 3], // "GET "
    ["00000000", 4],
    ["00000006", 4],
  ];
  for (const [hex, code] of lengths) {
    const { fault } = read(Uint8Array.fromHex(hex));
    assert.ok(fault !== undefined && fault.kind === "invalid");
    assert.equal(fault.code, code, hex);
  }
});

Deno.test("readFrame() finds identifiers that do not end invalid", () => {
  const { fault } = read(Uint8Array.fromHex("0000000803000000" + "01ffffff"));
  assert.ok(fault !== undefined && fault.kind === "invalid");
  assert.equal(fault.code, 4);
});

Deno.test("messages survive writing and reading", () => {
  fc.assert(fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
    const writer = new Writer();
    for (const message of messages) writeMessage(writer, message);
    const back = readMessages(new Reader().reset(writer.written));
    assert.ok(Array.isArray(back));
    const plain = (all: typeof back | typeof messages) =>
      all.map(({ name, args }) => [name, args.map(([key, { type, value }]) => [key, type, comparable(value)])]);
    assert.deepEqual(plain(back), plain(messages));
  }));
});

Deno.test("actions survive writing and reading", () => {
  const action = fc.record({
    scope: fc.constantFrom(...SCOPES),
    name: fc.string({ maxLength: 20 }),
    value: fc.option(anyTyped, { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(action, { maxLength: 6 }), (actions) => {
    const writer = new Writer();
    for (const { scope, name, value } of actions) {
      if (value === undefined) writeUnsetVar(writer, scope, name);
      else writeSetVar(writer, scope, name, value);
    }
    const reader = new Reader().reset(writer.written);
    const back = readActions(reader);
    assert.equal(reader.broken, false);
    assert.deepEqual(
      back.map((one) => [one.type, one.scope, one.name, one.type === "set_var" ? comparable(one.value.value) : null]),
      actions.map(({ scope, name, value }) => [
        value === undefined ? "unset_var" : "set_var",
        scope,
        name,
        value === undefined ? null : comparable(value.value),
      ]),
    );
  }));
});

Deno.test("writeUnsetVar() writes two arguments and no value", () => {
  const writer = new Writer();
  writeUnsetVar(writer, "transaction", "r");
  assert.equal(writer.written.toHex(), "0202020172");
});

Deno.test("readActions() keeps what comes before a fault, as HAProxy does", () => {
  const reader = new Reader().reset(Uint8Array.fromHex("010301016104" + "05" + "0103090162"));
  assert.deepEqual(readActions(reader).map((one) => one.name), ["a"]);
  assert.ok(reader.broken);
});

Deno.test("readMessages() and readActions() end on any bytes and throw nothing", () => {
  const good = new Writer();
  writeMessage(good, { name: "m", args: { a: 1, b: "text", c: true } });
  fc.assert(fc.property(anyMutation, (mutate) => {
    const bytes = mutate(good.written);
    readMessages(new Reader().reset(bytes));
    readActions(new Reader().reset(bytes));
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    readMessages(new Reader().reset(bytes));
    readActions(new Reader().reset(bytes));
  }));
});

Deno.test("Fragments puts pieces together wherever they were cut", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), fc.array(fc.nat(), { maxLength: 5 }), (payload, cuts) => {
    const places = [0, ...cuts.map((cut) => cut % (payload.length + 1)).sort((a, b) => a - b), payload.length];
    const fragments = new Fragments(1000);
    for (let index = 1; index < places.length; index++) {
      const isLast = index === places.length - 1;
      const piece = payload.subarray(places[index - 1] ?? 0, places[index]);
      const bytes = frame(index === 1 ? "notify" : "unset", isLast ? FIN : 0, 2n ** 60n, piece);
      const { header } = read(bytes);
      const state = index === 1 ? fragments.begin(bytes, header) : fragments.add(bytes, header);
      assert.equal(state, isLast ? "whole" : "open");
    }
    assert.deepEqual(fragments.take(), payload);
  }));
});

Deno.test("Fragments refuses other identifiers, a piece of nothing, and too much", () => {
  const fragments = new Fragments(10);
  const piece = (type: FrameType, flags: number, stream: number, size: number) => {
    const bytes = frame(type, flags, stream, new Uint8Array(size));
    return [bytes, read(bytes).header] as const;
  };
  const code = (outcome: ReturnType<Fragments["add"]>) => typeof outcome === "string" ? outcome : outcome.code;
  assert.equal(code(fragments.add(...piece("unset", FIN, 1, 1))), 12);
  assert.equal(code(fragments.begin(...piece("notify", 0, 1, 5))), "open");
  assert.equal(code(fragments.add(...piece("unset", FIN, 3, 1))), 12);
  assert.equal(code(fragments.add(...piece("unset", 0, 1, 6))), 3);
  assert.equal(code(fragments.add(...piece("unset", FIN | ABORT, 1, 0))), "aborted");
  assert.equal(fragments.isOpen, false);
});

Deno.test("decodeHeaders() reads a block to its end and stops at a fault", () => {
  assert.deepEqual(decodeHeaders(Uint8Array.fromHex("0161" + "0131" + "0162" + "00" + "0000")), [["a", "1"], [
    "b",
    "",
  ]]);
  assert.deepEqual(decodeHeaders(Uint8Array.fromHex("0161" + "0131" + "0162" + "ff")), [["a", "1"]]);
  assert.deepEqual(decodeHeaders(new Uint8Array()), []);
});

Deno.test("statusMessage() has HAProxy's words for every code that may be sent", () => {
  const codes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99];
  assert.equal(new Set(codes.map(statusMessage)).size, codes.length);
  assert.equal(statusMessage(14), statusMessage(99));
});
