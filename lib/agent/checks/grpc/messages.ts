/**
 * The two messages of gRPC's health protocol, and the frame around them (grpc/health/v1/health.proto; "gRPC over HTTP2").
 *
 * `HealthCheckRequest { string service = 1; }`, `HealthCheckResponse { ServingStatus status = 1; }`.
 */

/** What a server says of a service; the protocol's own words. */
export const SERVING_STATUS = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;

/** gRPC's statuses, by number. */
export const GRPC_STATUS = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/**
 * The framed request for a service's health.
 *
 * @param service its name; empty for the server's own
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeHealthRequest } from "./messages.ts";
 * assert.deepEqual([...encodeHealthRequest("a")], [0, 0, 0, 0, 3, 0x0a, 1, 97]);
 * ```
 */
export function encodeHealthRequest(service: string): Uint8Array {
  const name = new TextEncoder().encode(service);
  const message = name.length === 0 ? [] : [0x0a, ...varint(name.length), ...name];
  const frame = new Uint8Array(5 + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, 5);
  return frame;
}

/**
 * The status number in a framed answer. Fields that are not known are passed over, as Protocol Buffers want it; a status that
 * is left out is 0.
 *
 * @returns `undefined` when the bytes are no whole answer
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeHealthResponse, SERVING_STATUS } from "./messages.ts";
 * assert.equal(SERVING_STATUS[decodeHealthResponse(Uint8Array.of(0, 0, 0, 0, 2, 8, 1)) ?? 0], "SERVING");
 * ```
 */
export function decodeHealthResponse(frame: Uint8Array): number | undefined {
  const isWhole = frame.length >= 5 && frame[0] === 0 && frame.length === 5 + viewOf(frame).getUint32(1);
  if (!isWhole) return undefined;
  const reader = { bytes: frame.subarray(5), at: 0 };
  let status = 0;
  while (reader.at < reader.bytes.length) {
    const key = readVarint(reader);
    if (key === undefined) return undefined;
    const value = READ_FIELD[key & 7]?.(reader);
    if (value === undefined) return undefined;
    if (key === 0x08) status = value;
  }
  return status;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/** By wire type: reads a field's value (where it is no number, any), or `undefined` when it is cut off. */
const READ_FIELD: Readonly<Record<number, (reader: Reader) => number | undefined>> = {
  0: readVarint,
  1: (reader) => skip(reader, 8),
  2: (reader) => {
    const length = readVarint(reader);
    return length === undefined ? undefined : skip(reader, length);
  },
  5: (reader) => skip(reader, 4),
};

function skip(reader: Reader, length: number): number | undefined {
  reader.at += length;
  return reader.at <= reader.bytes.length ? 0 : undefined;
}

function readVarint(reader: Reader): number | undefined {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  return undefined;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push(rest % 128 + 128);
  return [...bytes, rest];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
