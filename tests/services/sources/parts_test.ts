import assert from "node:assert/strict";
import type { Picture } from "../../../lib/services/mod.ts";
import { Parts } from "../../../lib/services/sources/parts.ts";

function listen() {
  const told: string[] = [];
  const parts = new Parts({
    onPicture: (picture) => told.push([...picture.keys()].join(" ")),
    onTrouble: (why) => told.push(`! ${why}`),
  });
  return {
    parts,
    news: () => told.splice(0).filter((one, index, all) => one !== "! undefined" && one !== all[index - 1]),
  };
}

function of(service: string): Picture {
  return new Map([[service, [{ unit: "u", hosts: [{ hostname: "h", port: 1 }] }]]]);
}

Deno.test("put() tells nothing before all parts of the start are known, and later ones as they come", () => {
  const { parts, news } = listen();
  parts.expect(["a", "b"]);
  parts.put("a", of("a"));
  parts.fail("b", "broken");
  assert.deepEqual(news(), ["! broken"]);
  parts.put("b", of("b"));
  assert.deepEqual(news(), ["a b"]);
  parts.expect(["a", "b", "c"]);
  parts.put("a", of("a2"));
  assert.deepEqual(news(), ["a b", "a2 b"]);
  parts.put("c", of("c"));
  assert.deepEqual(news(), ["a2 b c"]);
});

Deno.test("fail() keeps what a part was; expect() forgets it with its trouble", () => {
  const { parts, news } = listen();
  parts.expect(["a", "b"]);
  parts.put("a", of("a"));
  parts.put("b", of("b"));
  news();
  parts.fail("b", "broken");
  assert.deepEqual(news(), ["! broken", "a b"]);
  parts.expect(["a"]);
  assert.deepEqual(news(), ["a"]);
  parts.fail("b", "nobody asks any more");
  parts.put("b", of("b"));
  assert.deepEqual(news(), []);
});

Deno.test("confirm() ends a trouble, and put() may have one of its own", () => {
  const { parts, news } = listen();
  parts.put("", of("a"), "one of two is no unit");
  assert.deepEqual(news(), ["! one of two is no unit", "a"]);
  parts.confirm("");
  assert.deepEqual(news(), ["a"]);
});

Deno.test("together() tells of several parts at once, also when it fails", async () => {
  const { parts, news } = listen();
  await parts.together(() => {
    parts.expect(["a", "b"]);
    parts.put("a", of("a"));
    parts.put("b", of("b"));
    assert.deepEqual(news(), []);
    return Promise.resolve();
  });
  assert.deepEqual(news(), ["a b"]);
  await assert.rejects(
    parts.together(() => {
      parts.put("b", of("c"));
      return Promise.reject(new Error("torn"));
    }),
    /torn/,
  );
  assert.deepEqual(news(), ["a c"]);
});
