/**
 * Frames (SPOE.txt, "Frames"): a length, then type, flags, stream-id, frame-id and a payload.
 *
 * Hot path: `readFrame` runs for each frame and allocates nothing; the header is kept and filled again and again.
 */
import { INCOMPLETE, type Incomplete, type Invalid, invalid } from "./outcome.ts";
import { skipVarint } from "./varint.ts";
import type { Writer } from "./writer.ts";

/** The types of frames: 1 to 3 come from HAProxy, 101 to 103 from the agent; 0 continues a NOTIFY. */
export const FRAME_TYPES = {
  unset: 0,
  haproxy_hello: 1,
  haproxy_disconnect: 2,
  notify: 3,
  agent_hello: 101,
  agent_disconnect: 102,
  ack: 103,
} as const;

/** The name of a frame type. */
export type FrameType = keyof typeof FRAME_TYPES;

/** This frame ends its payload. */
export const FIN = 1;
/** The payload is given up. */
export const ABORT = 2;

/** Bytes of the length before each frame. */
export const LENGTH_BYTES = 4;
/** The shortest frame: type, flags and two identifiers of one byte. */
export const MIN_FRAME = 7;
/** The smallest max-frame-size that may be agreed on. */
export const MIN_MAX_FRAME = 256;

/** Where the parts of a frame are in the buffer that it was read from. */
export class FrameHeader {
  /** One of {@linkcode FRAME_TYPES}, or a number that is not known. */
  type = 0;
  /** {@linkcode FIN} and {@linkcode ABORT}. */
  flags = 0;
  /** Where stream-id and frame-id begin; an answer carries the same bytes. */
  idsAt = 0;
  /** Where the frame-id begins. */
  frameIdAt = 0;
  /** Where the payload begins: behind the identifiers. */
  payloadAt = 0;
  /** The place behind the frame. */
  end = 0;
}

/**
 * Looks for a frame. Its length is judged as soon as its four bytes are there.
 *
 * @param header is filled when the frame is whole
 * @param bytes the buffer
 * @param at where the frame begins
 * @param end the place behind the last byte that has arrived
 * @param maxFrameSize what was agreed on: the largest length
 * @returns nothing when the frame is whole
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { FrameHeader, readFrame } from "./frame.ts";
 * import { INCOMPLETE } from "./outcome.ts";
 * const bytes = Uint8Array.fromHex("0000000767000000010001");
 * const header = new FrameHeader();
 * assert.equal(readFrame(header, bytes, 0, 10, 16380), INCOMPLETE);
 * assert.equal(readFrame(header, bytes, 0, 11, 16380), undefined);
 * assert.deepEqual([header.type, header.flags, header.payloadAt, header.end], [103, 1, 11, 11]);
 * ```
 */
export function readFrame(
  header: FrameHeader,
  bytes: Uint8Array,
  at: number,
  end: number,
  maxFrameSize: number,
): Incomplete | Invalid | undefined {
  if (end - at < LENGTH_BYTES) return INCOMPLETE;
  const length = uint32At(bytes, at);
  if (length > maxFrameSize) return TOO_BIG;
  if (length < MIN_FRAME) return TOO_SHORT;
  const start = at + LENGTH_BYTES;
  const frameEnd = start + length;
  if (frameEnd > end) return INCOMPLETE;
  const idsAt = start + 5;
  const frameIdAt = skipVarint(bytes, idsAt, frameEnd);
  const payloadAt = frameIdAt < 0 ? -1 : skipVarint(bytes, frameIdAt, frameEnd);
  if (payloadAt < 0) return BAD_IDS;
  header.type = bytes[start] ?? 0;
  header.flags = uint32At(bytes, start + 1);
  header.idsAt = idsAt;
  header.frameIdAt = frameIdAt;
  header.payloadAt = payloadAt;
  header.end = frameEnd;
  return undefined;
}

/**
 * Begins a frame with FIN set, up to and without its identifiers; {@linkcode endFrame} closes it.
 *
 * @returns where it begins
 */
export function beginFrame(writer: Writer, type: FrameType, flags: number = FIN): number {
  writer.reserve(LENGTH_BYTES + 5);
  const start = writer.at;
  writer.bytes[start + LENGTH_BYTES] = FRAME_TYPES[type];
  writer.patchUint32(start + LENGTH_BYTES + 1, flags);
  writer.at = start + LENGTH_BYTES + 5;
  return start;
}

/** Writes the length of a frame that has all its parts. */
export function endFrame(writer: Writer, start: number): void {
  writer.patchUint32(start, writer.at - start - LENGTH_BYTES);
}

/** Both identifiers 0, as HELLO and DISCONNECT have them. */
export function writeNoIds(writer: Writer): void {
  writer.byte(0);
  writer.byte(0);
}

const TOO_BIG = invalid(3);
const TOO_SHORT = invalid(4, `its length is below ${MIN_FRAME}`);
const BAD_IDS = invalid(4, "its stream-id or frame-id does not end");

function uint32At(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>> 0;
}
