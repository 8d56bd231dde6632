import assert from "node:assert/strict";
import { PEERS } from "../../../../lib/agent/checks/chain/peers.ts";
import { checkContext, closedPort, httpPeer, NOW, rawPeer } from "../../target/peers.ts";
import { CHAIN_ID, getInfo, NODEOS_ERROR, OTHER_CHAIN_ID } from "./documents.ts";
import { type Found, runCheck } from "./run_check.ts";

type Answer = Readonly<Record<string, unknown>> | Response;

const at = (head: unknown, chain_id: string = CHAIN_ID) => getInfo(NOW, { head_block_num: head, chain_id });

/** Runs the check of a node among others, each with its own answer. */
async function among(own: Answer, others: readonly Answer[], options: Record<string, unknown> = {}): Promise<Found> {
  await using servers = new AsyncDisposableStack();
  const serve = (answer: Answer) =>
    servers.use(httpPeer(() => answer instanceof Response ? answer.clone() : Response.json(answer))).url;
  return await runCheck(PEERS, { url: serve(own), peers: others.map(serve), ...options }, { origin: "config" });
}

const behind = (blocks: number) => `Taking offline because head block is ${blocks} blocks behind its peers`;

Deno.test("peers compares the head with the best of the others", async () => {
  const found = await among(at(1000), [at(900), at(1010), at(1005)]);
  assert.deepEqual(found, {
    health: "up",
    reason: "",
    facts: {
      http_status: 200,
      chain_id: CHAIN_ID,
      head_block_num: 1000,
      peers: 3,
      peers_head_block_num: 1010,
      blocks_behind: 10,
    },
  });
  const late = await among(at(1000), [at(900), at(1011)]);
  assert.deepEqual([late.health, late.reason], ["down", behind(11)]);
  assert.equal((await among(at(1000), [at(1003)], { numBlocks: 2 })).health, "down");
});

Deno.test("peers lets the node be ahead of the others", async () => {
  assert.equal((await among(at(5000), [at(1000)])).health, "up");
});

Deno.test("peers leaves out who does not answer well", async () => {
  using reset = await rawPeer("", "reset");
  const bad = [Response.json(NODEOS_ERROR, { status: 500 }), new Response("<html>"), at("many"), at(undefined)];
  await using servers = new AsyncDisposableStack();
  const urls = bad.map((answer) =>
    servers.use(httpPeer(() => answer instanceof Response ? answer.clone() : Response.json(answer))).url
  );
  await using own = httpPeer(() => Response.json(at(1000)));
  await using good = httpPeer(() => Response.json(at(1011)));
  const peers = [...urls, reset.url, `http://127.0.0.1:${closedPort()}`, good.url];
  const found = await runCheck(PEERS, { url: own.url, peers }, { origin: "config" });
  assert.deepEqual([found.health, found.facts["peers"]], ["down", 1]);
});

Deno.test("peers does not wait for one that stalls longer than its time", async () => {
  using stalled = await rawPeer("", "stall");
  await using own = httpPeer(() => Response.json(at(1000)));
  await using good = httpPeer(() => Response.json(at(1000)));
  const options = { url: own.url, peers: [stalled.url, good.url], peerTimeout: 50 };
  const found = await runCheck(PEERS, options, { origin: "config" });
  assert.deepEqual([found.health, found.facts["peers"]], ["up", 1]);
  await stalled.clientGone;
});

Deno.test("peers lets go of the others when it knows without them", async () => {
  using stalled = await rawPeer("HTTP/1.1 200 OK\r\n", "stall");
  await using own = httpPeer(async () => {
    await stalled.said;
    return new Response("", { status: 500 });
  });
  const found = await runCheck(PEERS, { url: own.url, peers: [stalled.url], peerTimeout: "60s" }, { origin: "config" });
  assert.equal(found.health, "fail");
  await stalled.clientGone;
});

Deno.test("peers counts the head that enough of them have reached", async () => {
  const others = [at(999_999), at(1010), at(1005)];
  assert.equal((await among(at(1000), others)).health, "down");
  const two = await among(at(1000), others, { agree: 2 });
  assert.deepEqual([two.health, two.facts["peers_head_block_num"]], ["up", 1010]);
  const three = await among(at(1000), others, { agree: 3, numBlocks: 4 });
  assert.deepEqual([three.health, three.reason], ["down", behind(5)]);
});

Deno.test("peers says what it is told to when there is nobody to compare with", async () => {
  const down = new Response("", { status: 502 });
  for (const alone of ["up", "down", "fail"]) {
    assert.equal((await among(at(1000), [down], { alone })).health, alone);
  }
  const found = await among(at(1000), [down, at(2000)], { agree: 2 });
  assert.deepEqual([found.health, found.reason], ["up", "1 of 2 peers could be compared with, 2 must agree"]);
});

Deno.test("peers compares within one chain only", async () => {
  const found = await among(at(1000), [at(9000, OTHER_CHAIN_ID), at(1001)]);
  assert.deepEqual([found.health, found.facts["peers"]], ["up", 1]);
  const lost = await among(at(1000, OTHER_CHAIN_ID), [at(1000), at(1001)]);
  assert.deepEqual([lost.health, lost.reason], [
    "down",
    `Taking offline because no peer is of its chain "${OTHER_CHAIN_ID}"`,
  ]);
  const wrong = await among(at(1000), [at(1000)], { chainId: OTHER_CHAIN_ID });
  assert.match(wrong.reason, /instead of "73e4/);
});

Deno.test("peers compares numbers of 64 bits", async () => {
  const large = (last: string) => new Response(`{"chain_id":"${CHAIN_ID}","head_block_num":900719925474099${last}}`);
  const found = await among(large("1000"), [large("1011")]);
  assert.deepEqual([found.health, found.facts["blocks_behind"]], ["down", 11]);
});

Deno.test("peers says the node's own error", async () => {
  assert.equal((await among(Response.json(NODEOS_ERROR, { status: 500 }), [at(1)])).health, "fail");
  await assert.rejects(among(at(undefined), [at(1)]), /no head_block_num/);
});

Deno.test("peers is made by the configuration, with peers enough to agree", () => {
  assert.equal(PEERS.isOnWire, false);
  const make = (options: Record<string, unknown>) =>
    PEERS.make({ url: "http://a", ...options }, checkContext({ origin: "config" }));
  assert.throws(() => make({}), /option "peers" is missing/);
  assert.throws(() => make({ peers: [] }), /option "peers" is "a list" and must be a list of 1 to 32/);
  assert.throws(() => make({ peers: ["b"] }), /option "peers"/);
  assert.throws(() => make({ peers: ["http://b"], agree: 2 }), /option "agree" is "2" and there are 1 peers/);
});
