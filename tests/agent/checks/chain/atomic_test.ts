import assert from "node:assert/strict";
import { ATOMIC } from "../../../../lib/agent/checks/chain/atomic.ts";
import { httpPeer, NOW } from "../../target/peers.ts";
import { atomicHealth, PROXY_PAGE } from "./documents.ts";
import { runAgainst, runCheck } from "./run_check.ts";

Deno.test("atomic says up when all is well, the time being a number or its text", async () => {
  for (const head_time of [NOW - 5000, String(NOW - 5000)]) {
    const found = await runAgainst(ATOMIC, atomicHealth({ head_time }));
    assert.deepEqual(found, {
      health: "up",
      reason: "",
      facts: { http_status: 200, head_block_num: 263148621, lag_s: 5 },
    });
  }
});

/** Documents, num_blocks, and the reason for `down`. */
const DOWN: readonly (readonly [Readonly<Record<string, unknown>>, number, string])[] = [
  [atomicHealth({ head_time: NOW - 121_000 }), 120, "Taking offline because head block is lagging 121 seconds"],
  [atomicHealth({ head_time: NOW - 5001 }), 10, "Taking offline because head block is lagging 5 seconds"],
  [
    atomicHealth({ head_time: String(NOW + 61_000) }),
    120,
    "Taking offline because head block is 61 seconds into the future",
  ],
  [atomicHealth({ postgres: "ERROR", redis: "ERROR" }), 10, "Taking offline because Postgres reported 'ERROR'"],
  [atomicHealth({ redis: "DOWN", head_time: NOW }), 10, "Taking offline because Redis reported 'DOWN'"],
  [{ success: true, data: {} }, 10, "Taking offline because Postgres reported ''"],
  [{ success: false }, 10, "Taking offline because Postgres reported ''"],
];

for (const [document, numBlocks, reason] of DOWN) {
  Deno.test(`atomic says down: ${reason}`, async () => {
    const found = await runAgainst(ATOMIC, document, { numBlocks });
    assert.deepEqual([found.health, found.reason], ["down", reason]);
  });
}

Deno.test("atomic takes a missing head time for one of long ago", async () => {
  const found = await runAgainst(ATOMIC, atomicHealth({}));
  assert.equal(found.health, "down");
  assert.match(found.reason, /lagging \d{10} seconds/);
});

Deno.test("atomic says down to any status above 299", async () => {
  for (const status of [302, 404, 500, 503]) {
    const found = await runAgainst(ATOMIC, Response.json({}, { status }));
    assert.deepEqual(
      [found.health, found.reason],
      ["down", `Taking offline because ${status} was received from backend`],
    );
  }
});

Deno.test("atomic says fail to an error of the API itself, whatever its status", async () => {
  for (const status of [200, 500]) {
    const found = await runAgainst(ATOMIC, Response.json({ success: false, message: "Some error" }, { status }));
    assert.deepEqual([found.health, found.reason], ["fail", "API Error: Some error"]);
  }
});

Deno.test("atomic insists on the content type", async () => {
  const body = JSON.stringify(atomicHealth({ head_time: NOW }));
  for (const type of ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=utf-8"]) {
    const found = await runAgainst(ATOMIC, new Response(body, { headers: { "content-type": type } }));
    assert.equal(found.health, "up", type);
  }
  for (const type of ["text/html", "application/jsonp", "text/plain; x=application/json"]) {
    await assert.rejects(runAgainst(ATOMIC, new Response(body, { headers: { "content-type": type } })), {
      name: "CheckFailed",
      message: `invalid content-type '${type}', expected 'application/json'`,
    });
  }
  await assert.rejects(
    runAgainst(ATOMIC, new Response(new TextEncoder().encode(body))),
    /invalid content-type '', expected/,
  );
  await assert.rejects(runAgainst(ATOMIC, new Response(PROXY_PAGE, { status: 503 })), /invalid content-type/);
});

Deno.test("atomic cannot read half a document, nothing, or a head time that is none", async () => {
  const json = { headers: { "content-type": "application/json" } };
  await assert.rejects(runAgainst(ATOMIC, new Response('{"success":tr', json)), /no whole JSON/);
  await assert.rejects(runAgainst(ATOMIC, new Response("", json)), /it is empty/);
  await assert.rejects(runAgainst(ATOMIC, atomicHealth({ head_time: "soon" })), /"soon" is no number of milliseconds/);
});

Deno.test("atomic asks for /health", async () => {
  await using api = httpPeer(() => Response.json(atomicHealth({ head_time: NOW })));
  await runCheck(ATOMIC, { url: api.url });
  assert.equal(new URL(api.requests[0]?.url ?? "").pathname, "/health");
});
