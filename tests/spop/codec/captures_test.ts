/** Everything that real HAProxys sent, read to the last byte and written again as it was. */

import assert from "node:assert/strict";
import {
  beginFrame,
  endFrame,
  FIN,
  Fragments,
  FRAME_TYPES,
  FrameHeader,
  readActions,
  readDisconnect,
  Reader,
  readFrame,
  readHaproxyHello,
  readMessages,
  writeDisconnect,
  writeHaproxyHello,
  writeMessage,
  Writer,
} from "../../../lib/spop/codec/mod.ts";
import { comparable } from "../arbitrary.ts";
import { type CapturedFrame, capturedFrames } from "../captured_frames.ts";

const RECORDINGS = [
  ["2.6", "spop-main"],
  ["3.2", "spop-main"],
  ["2.6", "spop-multi-events"],
  ["3.0", "spop-multi-events"],
  ["3.2", "spop-multi-events"],
  ["3.4", "spop-multi-events"],
] as const;

function whole(frame: CapturedFrame): FrameHeader {
  const header = new FrameHeader();
  assert.equal(readFrame(header, frame.bytes, 0, frame.bytes.length, 65536), undefined);
  assert.equal(header.end, frame.bytes.length);
  return header;
}

function payload(frame: CapturedFrame, header: FrameHeader): Reader {
  return new Reader().reset(frame.bytes, header.payloadAt, header.end);
}

for (const [version, file] of RECORDINGS) {
  const frames = capturedFrames(version, file).filter((frame) => frame.from === "haproxy");

  Deno.test(`every NOTIFY in ${file} is read and written again to the byte [captured from HAProxy ${version}]`, () => {
    const notifies = frames.filter((frame) => frame.type === "NOTIFY");
    assert.ok(notifies.length >= 8);
    for (const frame of notifies) {
      const header = whole(frame);
      const messages = readMessages(payload(frame, header));
      assert.ok(Array.isArray(messages));
      const writer = new Writer();
      const start = beginFrame(writer, "notify", header.flags);
      writer.raw(frame.bytes, header.idsAt, header.payloadAt);
      for (const message of messages) writeMessage(writer, message);
      endFrame(writer, start);
      assert.equal(writer.written.toHex(), frame.bytes.toHex());
    }
  });

  Deno.test(`every HELLO in ${file} is read and written again to the byte [captured from HAProxy ${version}]`, () => {
    const hellos = frames.filter((frame) => frame.type === "HAPROXY-HELLO");
    assert.ok(hellos.length >= 1);
    for (const frame of hellos) {
      const hello = readHaproxyHello(payload(frame, whole(frame)));
      assert.ok(!("kind" in hello));
      assert.equal(hello.engine_id === undefined, hello.healthcheck);
      const writer = new Writer();
      writeHaproxyHello(writer, hello);
      assert.equal(writer.written.toHex(), frame.bytes.toHex());
    }
  });
}

Deno.test("readMessages() reads the arguments of a real request with their types", () => {
  const frame = capturedFrames("2.6", "spop-multi-events").filter((one) => one.type === "NOTIFY")[1];
  assert.ok(frame !== undefined);
  const messages = readMessages(payload(frame, whole(frame)));
  assert.ok(Array.isArray(messages));
  assert.deepEqual(messages.map((message) => message.name), ["m1", "m3"]);
  assert.deepEqual(
    messages[0]?.args.map(([name, { type, value }]) => [name, type, comparable(value)]),
    [
      ["mode", "string", "plain"],
      ["path", "string", "/p"],
      ["ip", "ipv4", { ip: "127.0.0.1", version: 4 }],
      ["n", "null", null],
      ["i", "int64", 300],
      ["neg", "int64", -5],
      ["b", "bool", true],
      ["bn", "null", null],
      ["ip6", "ipv6", { ip: "2001:db8::1", version: 6 }],
      ["big", "int64", 5_000_000_000],
    ],
  );
});

Deno.test("readDisconnect() reads what HAProxy 2.6 says before it closes, and writeDisconnect() writes the same", () => {
  const frames = capturedFrames("2.6", "spop-main").filter((one) => one.type === "HAPROXY-DISCONNECT");
  assert.equal(frames.length, 1);
  for (const frame of frames) {
    const said = readDisconnect(payload(frame, whole(frame)));
    assert.deepEqual(said, { status_code: 10, message: "fragmentation not supported" });
    const writer = new Writer();
    writeDisconnect(writer, "haproxy_disconnect", 10);
    assert.equal(writer.written.toHex(), frame.bytes.toHex());
  }
});

Deno.test("readActions() reads the answers of another agent", () => {
  const acks = capturedFrames("3.2", "spop-multi-events").filter((one) => one.type === "ACK");
  const actions = acks.map((frame) => readActions(payload(frame, whole(frame))));
  assert.deepEqual(actions.filter((one) => one.length > 0)[0], [
    { type: "set_var", scope: "transaction", name: "r", value: { type: "string", value: "mode:plain" } },
  ]);
});

for (const file of ["spop-fragbody-frag", "spop-agentmax1000-frag"]) {
  Deno.test(`Fragments puts together every NOTIFY in pieces in ${file} [captured from HAProxy 2.6]`, () => {
    const fragments = new Fragments(65536);
    let together = 0;
    for (const frame of capturedFrames("2.6", file).filter((one) => one.from === "haproxy")) {
      const header = whole(frame);
      if (header.type === FRAME_TYPES.notify && (header.flags & FIN) === 0) {
        assert.equal(fragments.begin(frame.bytes, header), "open");
      }
      if (header.type !== FRAME_TYPES.unset) continue;
      const state = fragments.add(frame.bytes, header);
      assert.equal(state, (header.flags & FIN) === 0 ? "open" : "whole");
      if (state !== "whole") continue;
      assert.equal(fragments.ids.toHex(), frame.bytes.subarray(header.idsAt, header.payloadAt).toHex());
      const messages = readMessages(new Reader().reset(fragments.take()));
      assert.ok(Array.isArray(messages) && messages.length > 0);
      together++;
    }
    assert.ok(together > 0);
    assert.equal(fragments.isOpen, false);
  });
}

Deno.test("the NOTIFY of the seed's own tests is read", () => {
  const bytes = Uint8Array.fromHex(
    "00000053" + "03" + "00000001" + "fe12" + "01" + "11" + "6765742d69702d72657075746174696f6e" + "04" +
      "026970" + "06c1c8e3de" + "04686f7374" + "0812646f6d61696e2e6578616d706c652e636f6d" +
      "0d617574686f72697a6174696f6e00" + "06636f6f6b696500",
  );
  const header = new FrameHeader();
  assert.equal(readFrame(header, bytes, 0, bytes.length, 16380), undefined);
  assert.equal(bytes.length, 87);
  const reader = new Reader().reset(bytes, header.idsAt, header.payloadAt);
  assert.deepEqual([reader.varint(), reader.varint()], [542, 1]);
  const messages = readMessages(reader.reset(bytes, header.payloadAt, header.end));
  assert.ok(Array.isArray(messages));
  assert.deepEqual(messages[0]?.args.map(([name, { value }]) => [name, comparable(value)]), [
    ["ip", { ip: "193.200.227.222", version: 4 }],
    ["host", "domain.example.com"],
    ["authorization", null],
    ["cookie", null],
  ]);
});
