import assert from "node:assert/strict";
import { parseCaches } from "../../../lib/client/formats/cache.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseCaches() reads cache and entries of every version", () => {
  for (const answer of captures("show_cache")) {
    const [cache, ...others] = parseCaches(answer);
    assert.deepEqual(others, []);
    assert.deepEqual([cache?.name, cache?.available_blocks, cache?.entries.length], ["c1", 4096, 2]);
    assert.ok(cache?.entries.every(({ blocks, refcount }) => blocks === 3 && refcount === 0));
  }
  assert.deepEqual(parseCaches("\n"), []);
});

Deno.test("parseCaches() reads the type that 3.5 adds", () => {
  const answer =
    "0x7f: c1 (shctx:0x7e, available blocks:4096)\n0x7d hash:1 vary:0x00 type:hints size:9 (1 blocks), refcount:0, expire:-4\n";
  assert.deepEqual(parseCaches(answer)[0]?.entries, [
    { hash: 1, vary: "0x00", size: 9, blocks: 1, refcount: 0, expire: -4, type: "hints" },
  ]);
});

testHostileAnswers("parseCaches", parseCaches, captures("show_cache"));
