import assert from "node:assert/strict";
import { CHAIN_ID as KIND } from "../../../../lib/agent/checks/chain/chain_id.ts";
import { checkContext, NOW } from "../../target/peers.ts";
import { CHAIN_ID, getInfo, NODEOS_ERROR, OTHER_CHAIN_ID } from "./documents.ts";
import { runAgainst } from "./run_check.ts";

Deno.test("chain_id says up on the right chain, however old its head is", async () => {
  const found = await runAgainst(KIND, getInfo(NOW - 3_600_000), { chainId: CHAIN_ID.toUpperCase() });
  assert.deepEqual(found, {
    health: "up",
    reason: "",
    facts: { http_status: 200, chain_id: CHAIN_ID, head_block_num: 263148621 },
  });
});

Deno.test("chain_id says down on another chain, and on one that does not say", async () => {
  const other = await runAgainst(KIND, getInfo(NOW), { chainId: OTHER_CHAIN_ID });
  assert.deepEqual([other.health, other.reason], [
    "down",
    `Taking offline because its chain is "${CHAIN_ID}" instead of "${OTHER_CHAIN_ID}"`,
  ]);
  assert.equal((await runAgainst(KIND, {}, { chainId: OTHER_CHAIN_ID })).health, "down");
});

Deno.test("chain_id says fail to an error", async () => {
  const found = await runAgainst(KIND, Response.json(NODEOS_ERROR, { status: 500 }), { chainId: CHAIN_ID });
  assert.equal(found.health, "fail");
});

Deno.test("chain_id must be told which", () => {
  assert.throws(() => KIND.make({ url: "http://a" }, checkContext()), /option "chainId" is missing/);
});
