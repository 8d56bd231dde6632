/** Recordings: streams cut into frames wherever their bytes break, and files read back. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  InvalidRecording,
  readRecording,
  type RecordedFrame,
  recordingHead,
  recordingLine,
  replayFrames,
  SpopClosed,
} from "../../lib/spop/mod.ts";
import { FrameSplitter } from "../../lib/spop/recording/split.ts";

const FRAME = fc.uint8Array({ maxLength: 40 }).map((payload) => {
  const frame = new Uint8Array(4 + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, 4);
  return frame;
});

Deno.test("FrameSplitter gives the same frames wherever the stream breaks", () => {
  fc.assert(fc.property(fc.array(FRAME), fc.array(fc.nat(200)), (frames, breaks) => {
    const bytes = new Uint8Array(frames.flatMap((frame) => [...frame]));
    const places = [0, ...breaks.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
    const splitter = new FrameSplitter();
    const found = places.slice(1).flatMap((end, index) => splitter.push(bytes.subarray(places[index], end)));
    assert.deepEqual(found, frames);
  }));
});

Deno.test("FrameSplitter gives what is no SPOP as it comes, and holds none of it", () => {
  const splitter = new FrameSplitter();
  const request = new TextEncoder().encode("GET / HTTP/1.1\r\n");
  const more = new Uint8Array([0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...splitter.push(request), ...splitter.push(more)], [request, more]);
});

Deno.test("readRecording() reads what recordingLine() wrote", () => {
  const line = fc.record({
    ms: fc.nat(1_000_000).map((us) => us / 1000),
    connection: fc.integer({ min: 1, max: 9 }),
    from: fc.constantFrom("haproxy" as const, "agent" as const),
    frame: fc.option(FRAME, { nil: undefined }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(fc.array(line), (lines) => {
    const text = recordingHead(new Date(0)) + lines.map(recordingLine).join("");
    assert.deepEqual(readRecording(text), lines);
  }));
});

const HEAD = recordingHead(new Date(0));
const BAD: readonly (readonly [text: string, why: RegExp])[] = [
  ["", /line 1 is no JSON object/],
  ["{}\n", /line 1 does not say/],
  [`${HEAD}nonsense\n`, /line 2 is no JSON object/],
  [`${HEAD}{"ms":1,"connection":1,"from":"me","frame":"00000000"}\n`, /line 2 has not "ms"/],
  [`${HEAD}{"ms":1e308,"connection":1,"from":"agent","frame":"00000000"}\n`, /line 2 has not "ms"/],
  [`${HEAD}{"ms":1,"connection":0.5,"from":"agent","frame":"00000000"}\n`, /line 2 has not "ms"/],
  [`${HEAD}{"ms":1,"connection":1,"from":"agent","frame":"${"00".repeat(8 << 20)}x"}\n`, /line 2 has no "frame"/],
  [`${HEAD}{"ms":1,"connection":1,"from":"agent","frame":"000000"}\n`, /line 2 has no "frame"/],
  [`${HEAD}{"ms":1,"connection":1,"from":"agent","frame":"000"}\n`, /line 2 has no "frame" in hexadecimal/],
];

for (const [text, why] of BAD) {
  Deno.test(`readRecording() says ${why.source}`, () => {
    assert.throws(
      () => readRecording(text),
      (thrown) => thrown instanceof InvalidRecording && why.test(thrown.message),
    );
  });
}

Deno.test("readRecording() reads a frame of many bytes", () => {
  const frame = new Uint8Array(8 << 20).fill(7);
  const line = recordingLine({ ms: 0, connection: 1, from: "agent", frame });
  assert.equal(readRecording(HEAD + line)[0]?.frame?.length, frame.length);
});

/** A frame of no type that HAProxy sends, twice over each connection, at these milliseconds. */
function framesAt(...times: number[]): RecordedFrame[] {
  const frame = Uint8Array.fromHex("0000000a01000000010000000000");
  const both = times.map((ms, index) => ({ ms, connection: index + 1, from: "haproxy", frame } as const));
  return [...both, ...both];
}

Deno.test("replayFrames() does not wait for ever for an agent that says nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  const agent = { transport: "tcp", hostname: "127.0.0.1", port: listener.addr.port } as const;
  const report = await replayFrames(framesAt(0), { agent, timeoutMs: 20 });
  assert.deepEqual([report.sent, report.answered], [1, 0]);
  (await accepting).close();
});

Deno.test("replayFrames() ends all connections when one of them cannot be made", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const agent = { transport: "tcp", hostname: "127.0.0.1", port: listener.addr.port } as const;
  listener.close();
  await assert.rejects(replayFrames(framesAt(0, 1_000_000_000), { agent }), SpopClosed);
});

Deno.test("replayFrames() ends at once when it is told to, whatever it waits for", async () => {
  const stop = new AbortController();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const agent = { transport: "tcp", hostname: "127.0.0.1", port: listener.addr.port } as const;
  const accepting = listener.accept();
  const replaying = replayFrames(framesAt(0, 1_000_000_000), { agent, signal: stop.signal });
  const connection = await accepting;
  stop.abort();
  const report = await replaying;
  assert.ok(report.sent <= 1);
  connection.close();
});
