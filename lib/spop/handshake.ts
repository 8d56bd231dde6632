/**
 * HAPROXY-HELLO and its answer: the first frame of a connection, and the only one that is taken before all others.
 */
import {
  FIN,
  FRAME_TYPES,
  type FrameHeader,
  type Invalid,
  invalid,
  LENGTH_BYTES,
  negotiate,
  type Reader,
  readHaproxyHello,
  writeAgentHello,
  type Writer,
} from "./codec/mod.ts";

/** What was agreed on. */
export interface Terms {
  /** The smaller of both sides. */
  readonly maxFrameSize: number;
  /** Empty where HAProxy gave none. */
  readonly engineId: string;
  /** A health check: nothing follows. */
  readonly isCheck: boolean;
}

/** HAPROXY-HELLO has about 130 bytes; nobody gets more from us before they have said it. */
export const MAX_HELLO = 4096;

/** Whether a first frame can be HAPROXY-HELLO: its fifth byte says so, long before it is whole. */
export function judgeFirst(bytes: Uint8Array, at: number, end: number): Invalid | undefined {
  if (end - at <= LENGTH_BYTES || bytes[at + LENGTH_BYTES] === FRAME_TYPES.haproxy_hello) return undefined;
  return NOT_HELLO;
}

/**
 * Answers HAPROXY-HELLO.
 *
 * @param header of the frame
 * @param bytes where it is
 * @param reader is pointed at it
 * @param out gets AGENT-HELLO, unless something is wrong
 * @param maxFrameSize the largest frame that we take
 */
export function shakeHands(
  header: FrameHeader,
  bytes: Uint8Array,
  reader: Reader,
  out: Writer,
  maxFrameSize: number,
): Terms | Invalid {
  if ((header.flags & FIN) === 0) return invalid(10);
  if (header.payloadAt - header.idsAt !== 2 || bytes[header.idsAt] !== 0 || bytes[header.frameIdAt] !== 0) {
    return invalid(4, "HAPROXY-HELLO has a stream-id or a frame-id");
  }
  const hello = readHaproxyHello(reader.reset(bytes, header.payloadAt, header.end));
  if ("kind" in hello) return hello;
  const answer = negotiate(hello, maxFrameSize);
  if ("kind" in answer) return answer;
  writeAgentHello(out, answer);
  return { maxFrameSize: answer.max_frame_size, engineId: hello.engine_id ?? "", isCheck: hello.healthcheck };
}

const NOT_HELLO = invalid(4, "the first frame is not HAPROXY-HELLO");
