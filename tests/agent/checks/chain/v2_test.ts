import assert from "node:assert/strict";
import { V2 } from "../../../../lib/agent/checks/chain/v2.ts";
import { httpPeer } from "../../target/peers.ts";
import { hyperionHealth, NODEOS_ERROR, PROXY_PAGE } from "./documents.ts";
import { runAgainst, runCheck } from "./run_check.ts";

const HEAD = 263148621;
const behind = (blocks: number) => `Taking offline because Elastic is ${blocks} blocks behind`;
const ahead = (blocks: number) => `Taking offline because Elastic is ${blocks} blocks into the future`;

/** How far the index is behind, num_blocks, whose arithmetic, and what is said. */
const ARITHMETIC: readonly (readonly [number, unknown, boolean, string, string])[] = [
  [0, undefined, false, "up", ""],
  [10, undefined, false, "up", ""],
  [11, undefined, false, "down", behind(11)],
  [500, "500", false, "up", ""],
  [500, 499, false, "down", behind(500)],
  [-200, 200, false, "up", ""],
  [-201, 200, false, "down", ahead(201)],
  [11, "x", false, "down", behind(11)],
  [5, undefined, true, "up", ""],
  [6, undefined, true, "down", behind(6)],
  [5, 11, true, "up", ""],
  [-5, "11", true, "up", ""],
  [-6, "11", true, "down", ahead(6)],
];

for (const [blocks, numBlocks, old, health, reason] of ARITHMETIC) {
  const whose = old ? "0.2.0" : "current";
  Deno.test(`v2 says ${health} ${blocks} blocks behind with num_blocks ${JSON.stringify(numBlocks)} (${whose})`, async () => {
    const options = { ...(numBlocks === undefined ? {} : { numBlocks }), ...(old ? { arithmetic: "0.2.0" } : {}) };
    const found = await runAgainst(V2, hyperionHealth(HEAD - blocks, HEAD), options);
    assert.deepEqual([found.health, found.reason], [health, reason]);
    assert.deepEqual(found.facts, {
      http_status: 200,
      head_block_num: HEAD,
      last_indexed_block: HEAD - blocks,
      blocks_behind: blocks,
    });
  });
}

Deno.test("v2 reads numbers written as text, and of 64 bits", async () => {
  assert.equal((await runAgainst(V2, hyperionHealth(String(HEAD), HEAD))).health, "up");
  const body = JSON.stringify(hyperionHealth(1, 2)).replace(
    '"last_indexed_block":1',
    '"last_indexed_block":9007199254740993',
  )
    .replace('"head_block_num":2', '"head_block_num":9007199254740995');
  const { facts } = await runAgainst(V2, new Response(body));
  assert.deepEqual([facts["head_block_num"], facts["last_indexed_block"], facts["blocks_behind"]], [
    "9007199254740995",
    "9007199254740993",
    2,
  ]);
});

/** Documents without one of the numbers, and those that are said to be there. */
const MISSING: readonly (readonly [Readonly<Record<string, unknown>>, number, number])[] = [
  [hyperionHealth(0, HEAD), 0, HEAD],
  [hyperionHealth(HEAD, 0), HEAD, 0],
  [hyperionHealth(undefined, undefined), 0, 0],
  [hyperionHealth({}, [HEAD]), 0, 0],
  [hyperionHealth(true, 1.5), 0, 0],
  [hyperionHealth("many", null), 0, 0],
  [{ health: [] }, 0, 0],
  [{ health: [null, 5, "NodeosRPC", { service: "NodeosRPC" }] }, 0, 0],
  [{ health: "OK" }, 0, 0],
  [{}, 0, 0],
];

for (const [document, es, eos] of MISSING) {
  Deno.test(`v2 says fail to ${JSON.stringify(document.health)?.slice(0, 60)} (es ${es}, eos ${eos})`, async () => {
    for (const arithmetic of ["current", "0.2.0"]) {
      const found = await runAgainst(V2, document, { arithmetic });
      assert.equal(found.health, "fail");
      assert.equal(found.reason, `Failed to get Elasticsearch and/or nodeos block numbers (es: ${es}, eos: ${eos})`);
    }
  });
}

Deno.test("v2 says fail to errors, and by 0.2.0 looks at the body only", async () => {
  const error = await runAgainst(V2, Response.json(NODEOS_ERROR, { status: 500 }));
  assert.deepEqual([error.health, error.reason], ["fail", "500 Internal Service Error (No ABI found)"]);
  const plain = await runAgainst(V2, new Response("{}", { status: 500 }));
  assert.equal(plain.reason, "server returned HTTP 500 Internal Server Error");
  const old = await runAgainst(V2, Response.json(hyperionHealth(HEAD, HEAD), { status: 500 }), { arithmetic: "0.2.0" });
  assert.equal(old.health, "up");
});

Deno.test("v2 says fail to an empty answer, and cannot read a page", async () => {
  assert.equal((await runAgainst(V2, new Response(""))).health, "fail");
  await assert.rejects(runAgainst(V2, new Response(PROXY_PAGE)), /begins with "<html>/);
  await assert.rejects(runAgainst(V2, new Response('{"health":[{"ser')), /no whole JSON/);
});

Deno.test("v2 asks for /v2/health", async () => {
  await using api = httpPeer(() => Response.json(hyperionHealth(HEAD, HEAD)));
  await runCheck(V2, { url: `${api.url}/`, host: "hyperion.example" });
  assert.equal(new URL(api.requests[0]?.url ?? "").pathname, "/v2/health");
  assert.equal(api.requests[0]?.headers.get("host"), "hyperion.example");
});
