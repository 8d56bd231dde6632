import assert from "node:assert/strict";
import { Hold } from "../../lib/spop/hold.ts";

const NOW_MS = 10_000;

/** An answer to what was asked so long ago, by a HAProxy that waits so long: for how long it may be held. */
function heldMs(processingMs: number, askedMsAgo: number, quietMs = Infinity): number {
  const hold = new Hold(processingMs, () => NOW_MS);
  hold.want(quietMs);
  hold.begin(NOW_MS - askedMsAgo);
  return hold.quietMs;
}

Deno.test("Hold holds an answer for 200 ms, or two fifths of the time that HAProxy waits", () => {
  assert.deepEqual([heldMs(10_000, 0), heldMs(500, 0), heldMs(100, 0)], [200, 200, 40]);
});

Deno.test("Hold holds no answer beyond its handler's deadline, for HAProxy has waited as long", () => {
  assert.deepEqual([heldMs(500, 400), heldMs(500, 450), heldMs(500, 460)], [50, 0, 0]);
});

Deno.test("Hold lets go when nothing has come for as long as was asked for", () => {
  assert.equal(heldMs(500, 0, 80), 80);
});

Deno.test("Hold holds no answer longer because another one comes", () => {
  let now = NOW_MS;
  const hold = new Hold(500, () => now);
  hold.want(80);
  hold.begin(now - 400);
  now += 50;
  hold.begin(now);
  assert.equal(hold.isOver, true);
  hold.end();
  hold.begin(now);
  assert.equal(hold.isOver, false);
});
