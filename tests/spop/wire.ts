/** Frames as HAProxy sends them and an agent answers them, for tests without a socket. */

import assert from "node:assert/strict";
import {
  type Action,
  beginFrame,
  endFrame,
  FIN,
  FrameHeader,
  type FrameType,
  type HaproxyHello,
  readActions,
  readDisconnect,
  Reader,
  readFrame,
  readKeyValues,
  type Value,
  writeHaproxyHello,
  writeMessage,
  writeNoIds,
  Writer,
} from "../../lib/spop/codec/mod.ts";
import type { OutgoingMessage } from "../../lib/spop/mod.ts";

/** What HAProxy 3.2 says first. */
export const HELLO: HaproxyHello = {
  versions: ["2.0"],
  max_frame_size: 16380,
  capabilities: ["pipelining"],
  engine_id: "00000000-0000-4000-8000-000000000001",
  healthcheck: false,
};

/** A HELLO that differs from the usual one. */
export function hello(other: Partial<HaproxyHello> = {}): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writeHaproxyHello(writer, { ...HELLO, ...other });
  return writer.written;
}

/** A frame of any kind. */
export function frame(
  type: FrameType,
  payload: (writer: Writer) => void = () => {},
  { flags = FIN, stream = 0, id = 0 } = {},
): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  const start = beginFrame(writer, type, flags);
  if (stream === 0 && id === 0) writeNoIds(writer);
  else {
    writer.varint(stream);
    writer.varint(id);
  }
  payload(writer);
  endFrame(writer, start);
  return writer.written;
}

/** A NOTIFY of messages. */
export function notify(stream: number, ...messages: OutgoingMessage[]): Uint8Array<ArrayBuffer> {
  return frame("notify", (writer) => messages.forEach((one) => writeMessage(writer, one)), { stream, id: 1 });
}

/** Several pieces of bytes as one. */
export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  for (const part of parts) writer.raw(part);
  return writer.written;
}

/** What an agent said, decoded. */
export type Said =
  | { readonly type: "hello"; readonly pairs: Readonly<Record<string, Value>> }
  | { readonly type: "ack"; readonly stream: number | bigint; readonly actions: readonly Action[] }
  | { readonly type: "disconnect"; readonly code: number; readonly message: string };

/** Decodes what an agent wrote; every byte of it must make sense. */
export function decodeAnswers(bytes: Uint8Array, maxFrameSize = 16380): Said[] {
  const header = new FrameHeader();
  const said: Said[] = [];
  for (let at = 0; at < bytes.length; at = header.end) {
    assert.equal(readFrame(header, bytes, at, bytes.length, maxFrameSize), undefined, "a whole frame");
    assert.equal(header.flags, FIN);
    said.push(decodeAnswer(bytes, header));
  }
  return said;
}

function decodeAnswer(bytes: Uint8Array, header: FrameHeader): Said {
  const reader = new Reader().reset(bytes, header.idsAt, header.end);
  const stream = reader.varint();
  reader.reset(bytes, header.payloadAt, header.end);
  if (header.type === 101) {
    const pairs = readKeyValues(reader);
    assert.ok(pairs !== undefined);
    return { type: "hello", pairs: Object.fromEntries(pairs) };
  }
  if (header.type === 102) {
    const why = readDisconnect(reader);
    assert.ok(!("kind" in why));
    return { type: "disconnect", code: why.status_code, message: why.message };
  }
  assert.equal(header.type, 103);
  const actions = readActions(reader);
  assert.equal(reader.broken, false);
  return { type: "ack", stream, actions };
}
