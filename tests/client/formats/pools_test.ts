import assert from "node:assert/strict";
import { parsePools } from "../../../lib/client/formats/pools.ts";
import { capture, captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parsePools() reads every pool of every version", () => {
  for (const answer of captures("show_pools")) {
    const { pools, total_pools, total_allocated_bytes } = parsePools(answer);
    assert.equal(pools.length, total_pools);
    assert.equal(
      pools.reduce((sum, { allocated_bytes }) => sum + Number(allocated_bytes), 0),
      Number(total_allocated_bytes),
    );
  }
});

Deno.test("parsePools() reads a pool with its alignment and users", () => {
  const { pools } = parsePools(capture("3.4", "show_pools_byusage_5_detailed"));
  assert.deepEqual(pools[0], {
    name: "buffer",
    size: 16384,
    align: 64,
    allocated: 16,
    allocated_bytes: 262144,
    used: 16,
    cached: 5,
    needed_avg: 1,
    failures: 0,
    users: 1,
    shared: true,
    detail: [{ name: "buffer", text: "size=16384 flags=0x3 align=64 [src/dynbuf.c:37]" }],
  });
  assert.equal(pools[1]?.detail.length, 4);
});

testHostileAnswers("parsePools", parsePools, [
  capture("3.4", "show_pools_byusage_5_detailed"),
  capture("2.6", "show_pools"),
]);
