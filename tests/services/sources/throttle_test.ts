import assert from "node:assert/strict";
import { Throttle } from "../../../lib/services/sources/throttle.ts";
import type { Picture } from "../../../lib/services/mod.ts";

/** A pause that ends when the test says so. */
function slowThrottle() {
  const pauses: (() => void)[] = [];
  const told: Picture[] = [];
  const troubles: (string | undefined)[] = [];
  const end = new AbortController();
  const throttle = new Throttle(
    { onPicture: (picture) => told.push(picture), onTrouble: (why) => troubles.push(why) },
    end.signal,
    { pause: () => new Promise((resolve) => pauses.push(resolve)) },
  );
  const passTime = async () => {
    pauses.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { throttle, told, troubles, end, pauses, passTime };
}

function picture(port: number): Picture {
  return new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port }] }]]]);
}

Deno.test("onPicture() tells the first picture at once and then the newest only", async () => {
  const { throttle, told, passTime } = slowThrottle();
  for (const port of [1, 2, 3, 4]) throttle.onPicture(picture(port));
  assert.deepEqual(told, [picture(1)]);
  await passTime();
  assert.deepEqual(told, [picture(1), picture(4)]);
});

Deno.test("onPicture() tells no picture twice, and none that was taken back meanwhile", async () => {
  const { throttle, told, pauses, passTime } = slowThrottle();
  throttle.onPicture(picture(1));
  throttle.onPicture(picture(2));
  throttle.onPicture(picture(1));
  await passTime();
  throttle.onPicture(picture(1));
  assert.deepEqual(told, [picture(1)]);
  assert.equal(pauses.length, 0);
  throttle.onPicture(picture(2));
  assert.deepEqual(told, [picture(1), picture(2)]);
});

Deno.test("onTrouble() tells a reason once, and once that all is well", () => {
  const { throttle, troubles } = slowThrottle();
  for (const why of [undefined, "a", "a", "b", undefined, undefined, "b"]) throttle.onTrouble(why);
  assert.deepEqual(troubles, ["a", "b", undefined, "b"]);
});

Deno.test("onPicture() and onTrouble() tell nothing after the end", async () => {
  const { throttle, told, troubles, end, passTime } = slowThrottle();
  throttle.onPicture(picture(1));
  throttle.onPicture(picture(2));
  end.abort();
  await passTime();
  throttle.onTrouble("a");
  assert.deepEqual([told.length, troubles.length], [1, 0]);
});
