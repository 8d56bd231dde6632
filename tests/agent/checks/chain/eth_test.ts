import assert from "node:assert/strict";
import { ETH } from "../../../../lib/agent/checks/chain/eth.ts";
import { checkContext, httpPeer, NOW } from "../../target/peers.ts";
import { PROXY_PAGE } from "./documents.ts";
import { type Found, runAgainst, runCheck } from "./run_check.ts";

/** A node that answers both calls; what it was sent is in `calls`. */
async function against(syncing: unknown, block: unknown, options: Record<string, unknown> = {}) {
  const calls: unknown[] = [];
  await using node = httpPeer(async (request) => {
    const call = await request.json();
    calls.push([request.method, request.headers.get("content-type"), new URL(request.url).pathname, call]);
    const result = call.method === "eth_syncing" ? syncing : block;
    return Response.json({ jsonrpc: "2.0", id: call.id, ...(result === undefined ? {} : { result }) });
  });
  const found: Found = await runCheck(ETH, { url: node.url, ...options });
  return { ...found, calls };
}

const blockOf = (lagS: number, number = "0x1406f40") => ({
  number,
  hash: "0x8f5bab218b6bb34476f51ca588e9f4553a3a7ce5e13a66c660a5283e97e9a85a",
  timestamp: `0x${((NOW / 1000) - lagS).toString(16)}`,
  gasUsed: "0xe4e1c0",
  transactions: [],
});

Deno.test("eth asks by JSON-RPC whether the node is syncing, then for its latest block", async () => {
  const { calls, ...found } = await against(false, blockOf(12));
  assert.deepEqual(found, {
    health: "up",
    reason: "",
    facts: { http_status: 200, head_block_num: 21_000_000, lag_s: 12 },
  });
  const call = (method: string, params: unknown[]) => {
    return ["POST", "application/json", "/", { jsonrpc: "2.0", id: 1, method, params }];
  };
  assert.deepEqual(calls, [call("eth_syncing", []), call("eth_getBlockByNumber", ["latest", false])]);
});

/** How old the block is, `maxLag`, and what is said. */
const AGES: readonly (readonly [number, unknown, string, string])[] = [
  [60, undefined, "up", ""],
  [61, undefined, "down", "Taking offline because head block is lagging 61 seconds"],
  [30, "30s", "up", ""],
  [31, "30s", "down", "Taking offline because head block is lagging 31 seconds"],
  [31, "30000", "down", "Taking offline because head block is lagging 31 seconds"],
  [-61, undefined, "down", "Taking offline because head block is 61 seconds into the future"],
];

for (const [lagS, maxLag, health, reason] of AGES) {
  Deno.test(`eth says ${health} with a block of ${lagS} s ago and maxLag ${JSON.stringify(maxLag)}`, async () => {
    const found = await against(false, blockOf(lagS), maxLag === undefined ? {} : { maxLag });
    assert.deepEqual([found.health, found.reason], [health, reason]);
  });
}

Deno.test("eth asks for no block when its age is of no interest", async () => {
  const { health, calls } = await against(false, null, { maxLag: "0" });
  assert.deepEqual([health, calls.length], ["up", 1]);
});

Deno.test("eth says down to a node that is syncing", async () => {
  const geth = { startingBlock: "0x0", currentBlock: "0x64", highestBlock: "0xc8", syncedAccounts: "0x1" };
  const found = await against(geth, null);
  assert.deepEqual([found.health, found.reason, found.facts], [
    "down",
    "Taking offline because the node is syncing: it has block 100 of 200",
    { http_status: 200, head_block_num: 100, highest_block_num: 200 },
  ]);
  for (const odd of [true, null, {}, "0x0", 0]) {
    const { health, reason } = await against(odd, null);
    assert.deepEqual([health, reason], ["down", "Taking offline because the node is syncing"], JSON.stringify(odd));
  }
});

Deno.test("eth keeps block numbers of 64 bits", async () => {
  const { facts } = await against(false, blockOf(0, "0xffffffffffffffff"));
  assert.equal(facts["head_block_num"], "18446744073709551615");
});

Deno.test("eth fails to an error, a missing result, a block without a time, a page", async () => {
  const error = { jsonrpc: "2.0", id: 1, error: { code: -32601, message: "the method does not exist" } };
  const found = await runAgainst(ETH, error);
  assert.deepEqual([found.health, found.reason], ["fail", "API Error: the method does not exist"]);
  await assert.rejects(against(undefined, null), /"eth_syncing": it has no result/);
  for (const block of [null, {}, { timestamp: 5 }, { timestamp: "0x" }, { timestamp: "0xzz" }]) {
    await assert.rejects(against(false, block), /the answer has no timestamp/);
  }
  await assert.rejects(runAgainst(ETH, new Response(PROXY_PAGE)), /begins with "<html>/);
  assert.equal((await runAgainst(ETH, new Response(PROXY_PAGE, { status: 503 }))).health, "fail");
});

Deno.test("eth posts to a path only for the configuration", async () => {
  for (const url of ["http://127.0.0.1:2375/containers/x/stop", "http://127.0.0.1/?do=harm"]) {
    assert.throws(() => ETH.make({ url }, checkContext()), /may have a path only in the configuration/);
  }
  await using node = httpPeer(() => Response.json({ jsonrpc: "2.0", id: 1, result: false }));
  await runCheck(ETH, { url: `${node.url}/rpc/?key=1`, maxLag: 0 }, { origin: "config" });
  assert.equal(node.requests[0]?.url, `${node.url}/rpc/?key=1`);
});
