import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeHealthResponse, encodeHealthRequest } from "../../../../lib/agent/checks/grpc/messages.ts";

Deno.test("encodeHealthRequest() frames the name with its length", () => {
  assert.deepEqual([...encodeHealthRequest("")], [0, 0, 0, 0, 0]);
  const long = encodeHealthRequest("x".repeat(300));
  assert.deepEqual([...long.subarray(0, 9)], [0, 0, 0, 1, 47, 0x0a, 0xac, 0x02, 120]);
  assert.equal(long.length, 5 + 3 + 300);
});

Deno.test("decodeHealthResponse() reads the status among fields that are not known", () => {
  const framed = (...message: number[]) => Uint8Array.of(0, 0, 0, 0, message.length, ...message);
  assert.equal(decodeHealthResponse(framed()), 0);
  assert.equal(decodeHealthResponse(framed(8, 2)), 2);
  // A varint, eight bytes, a text, four bytes; then the status.
  const others = [0x10, 0x80, 0x01, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x22, 2, 104, 105, 0x2d, 1, 2, 3, 4];
  assert.equal(decodeHealthResponse(framed(...others, 8, 3)), 3);
});

Deno.test("decodeHealthResponse() refuses what is cut off, compressed or no message", () => {
  const wrong = [[], [0, 0, 0, 0], [0, 0, 0, 0, 2, 8], [1, 0, 0, 0, 2, 8, 1], [0, 0, 0, 0, 1, 8], [
    0,
    0,
    0,
    0,
    2,
    0x0a,
    9,
  ], [
    0,
    0,
    0,
    0,
    1,
    0x0b,
  ]];
  for (const bytes of wrong) assert.equal(decodeHealthResponse(Uint8Array.from(bytes)), undefined, bytes.join(" "));
});

Deno.test("decodeHealthResponse() takes any bytes without an accident", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (message) => {
    const frame = Uint8Array.of(0, 0, 0, 0, message.length, ...message);
    const status = decodeHealthResponse(frame);
    assert.ok(status === undefined || status >= 0);
  }));
});
