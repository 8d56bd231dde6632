/** Recordings: streams cut into frames wherever their bytes break, and files read back. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidRecording, readRecording, recordingHead, recordingLine } from "../../lib/spop/mod.ts";
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
  assert.deepEqual(splitter.push(request), [request]);
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
