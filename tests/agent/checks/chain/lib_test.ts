import assert from "node:assert/strict";
import { LIB } from "../../../../lib/agent/checks/chain/lib.ts";
import { NOW } from "../../target/peers.ts";
import { CHAIN_ID, getInfo, NODEOS_ERROR, OTHER_CHAIN_ID } from "./documents.ts";
import { runAgainst } from "./run_check.ts";

const blocks = (head: unknown, last: unknown) =>
  getInfo(NOW, { head_block_num: head, last_irreversible_block_num: last });

/** Head, last irreversible block, num_blocks, and what is said. */
const LAGS: readonly (readonly [number, number, unknown, string])[] = [
  [1000, 670, undefined, "up"],
  [1000, 500, undefined, "up"],
  [1000, 499, undefined, "down"],
  [1000, 997, "3", "up"],
  [1000, 996, "3", "down"],
  [1000, 1000, 0, "up"],
  [1000, 1001, 0, "up"],
  [1000, 499, "few", "down"],
];

for (const [head, last, numBlocks, health] of LAGS) {
  Deno.test(`lib says ${health} with the head at ${head}, LIB at ${last} and num_blocks ${JSON.stringify(numBlocks)}`, async () => {
    const found = await runAgainst(LIB, blocks(head, last), numBlocks === undefined ? {} : { numBlocks });
    const reason = `Taking offline because last irreversible block is ${head - last} blocks behind`;
    assert.deepEqual([found.health, found.reason], [health, health === "up" ? "" : reason]);
    assert.deepEqual(found.facts, {
      http_status: 200,
      chain_id: CHAIN_ID,
      head_block_num: head,
      last_irreversible_block_num: last,
      lib_lag: head - last,
    });
  });
}

Deno.test("lib compares the chain's id", async () => {
  const found = await runAgainst(LIB, blocks(2, 1), { chainId: OTHER_CHAIN_ID });
  assert.equal(found.health, "down");
});

Deno.test("lib fails without one of the numbers", async () => {
  await assert.rejects(runAgainst(LIB, blocks(undefined, 1)), /no head_block_num$/);
  await assert.rejects(runAgainst(LIB, blocks(1, "x")), /no last_irreversible_block_num$/);
  assert.equal((await runAgainst(LIB, Response.json(NODEOS_ERROR, { status: 500 }))).health, "fail");
});
