import assert from "node:assert/strict";
import { V1 } from "../../../../lib/agent/checks/chain/v1.ts";
import { CheckFailed, InvalidCheck } from "../../../../lib/agent/errors.ts";
import { TargetGuard } from "../../../../lib/agent/target/guard.ts";
import { checkContext, closedPort, forever, httpPeer, NOW, rawPeer } from "../../target/peers.ts";
import { CHAIN_ID, getInfo, NODEOS_ERROR, OTHER_CHAIN_ID, PROXY_PAGE } from "./documents.ts";
import { runAgainst, runCheck } from "./run_check.ts";

const lagging = (seconds: number) => `Taking offline because head block is lagging ${seconds} seconds`;
const ahead = (seconds: number) => `Taking offline because head block is ${seconds} seconds into the future`;

Deno.test("v1 tells the Host header among its facts where one was given", async () => {
  const answer = getInfo(NOW);
  assert.equal((await runAgainst(V1, answer, { host: "api.example:443" })).facts["host"], "api.example:443");
  assert.equal("host" in (await runAgainst(V1, answer)).facts, false);
});

/** How old the head is in seconds, num_blocks, whose arithmetic, and what is said. */
const ARITHMETIC: readonly (readonly [lagS: number, blocks: unknown, old: boolean, health: string, reason: string])[] =
  [
    [0, undefined, false, "up", ""],
    [5, undefined, false, "up", ""],
    [5.001, undefined, false, "down", lagging(5)],
    [6.5, 11, false, "down", lagging(7)],
    [5, 11, false, "up", ""],
    [60, 120, false, "up", ""],
    [61, "120", false, "down", lagging(61)],
    [-5, 10, false, "up", ""],
    [-5.5, 10, false, "down", ahead(6)],
    [-121, 120, false, "down", ahead(121)],
    [0, 1, false, "up", ""],
    [0.5, 1, false, "down", lagging(1)],
    [0, -4, false, "down", lagging(0)],
    [6, "", false, "down", lagging(6)],
    [5, "many", false, "up", ""],
    [6, "many", false, "down", lagging(6)],
    [6, "99999999999", false, "down", lagging(6)],
    [10, undefined, true, "up", ""],
    [10.5, undefined, true, "down", lagging(11)],
    [120, 120, true, "up", ""],
    [121, "120", true, "down", lagging(121)],
    [-10, "10", true, "up", ""],
    [-11, "10", true, "down", ahead(11)],
  ];

for (const [lagS, numBlocks, old, health, reason] of ARITHMETIC) {
  const whose = old ? "0.2.0" : "current";
  Deno.test(`v1 says ${health} ${lagS} s behind with num_blocks ${JSON.stringify(numBlocks)} (${whose})`, async () => {
    const options = { ...(numBlocks === undefined ? {} : { numBlocks }), ...(old ? { arithmetic: "0.2.0" } : {}) };
    const found = await runAgainst(V1, getInfo(NOW - lagS * 1000), options);
    assert.deepEqual([found.health, found.reason], [health, reason]);
    assert.equal(found.facts["lag_s"], lagS);
  });
}

Deno.test("v1 tells what it has measured", async () => {
  const { facts } = await runAgainst(V1, getInfo(NOW - 1500));
  assert.deepEqual(facts, {
    http_status: 200,
    chain_id: CHAIN_ID,
    head_block_num: 263148621,
    head_block_time: "2026-03-01T11:59:58.500",
    lag_s: 1.5,
  });
});

Deno.test("v1 keeps block numbers of 64 bits", async () => {
  const body = JSON.stringify(getInfo(NOW)).replace("263148621", "18446744073709551615");
  const { facts } = await runAgainst(V1, new Response(body));
  assert.equal(facts["head_block_num"], "18446744073709551615");
});

Deno.test("v1 reads times with and without fraction, as UTC", async () => {
  for (const head_block_time of ["2026-03-01T11:59:58", "2026-03-01T11:59:58.000", "2026-03-01T11:59:58.000000Z"]) {
    const { facts } = await runAgainst(V1, getInfo(NOW, { head_block_time }));
    assert.equal(facts["lag_s"], 2, head_block_time);
  }
});

Deno.test("v1 compares the chain's id", async () => {
  const right = await runAgainst(V1, getInfo(NOW), { chainId: CHAIN_ID.toUpperCase() });
  assert.equal(right.health, "up");
  const wrong = await runAgainst(V1, getInfo(NOW), { chainId: OTHER_CHAIN_ID });
  assert.equal(wrong.health, "down");
  assert.match(wrong.reason, /its chain is "aca3.*" instead of "73e4/);
});

Deno.test("v1 asks for get_info below its URL, with the port in the Host header", async () => {
  await using api = httpPeer(() => Response.json(getInfo(NOW)));
  const guard = new TargetGuard({}, () => Promise.resolve(["127.0.0.1"]));
  const asked = async (url: string, more = {}) => {
    assert.equal((await runCheck(V1, { url, ...more }, { guard })).health, "up");
    const request = api.requests.at(-1);
    return [request?.headers.get("host"), new URL(request?.url ?? "").pathname + new URL(request?.url ?? "").search];
  };
  const path = "/v1/chain/get_info";
  assert.deepEqual(await asked(api.url), [`127.0.0.1:${api.port}`, path]);
  assert.deepEqual(await asked(`http://eos.example:${api.port}/`), [`eos.example:${api.port}`, path]);
  assert.deepEqual(await asked(`${api.url}/node/1/?key=2`), [`127.0.0.1:${api.port}`, `/node/1${path}?key=2`]);
  assert.deepEqual(await asked(api.url, { host: "vhost.example:8888" }), ["vhost.example:8888", path]);
  assert.deepEqual(await asked(api.url, { host: "" }), [`127.0.0.1:${api.port}`, path]);
  const old = { arithmetic: "0.2.0" };
  assert.deepEqual(await asked(`http://eos.example:${api.port}`, old), ["eos.example", path]);
});

Deno.test("v1 asks an IPv6 address", async () => {
  await using api = Deno.serve({ hostname: "::1", port: 0, onListen: () => {} }, () => Response.json(getInfo(NOW)));
  assert.equal((await runCheck(V1, { url: `http://[::1]:${api.addr.port}` })).health, "up");
});

/** Answers with an error's status, and the reason that is given. */
const REFUSALS: readonly (readonly [status: number, body: string, reason: string])[] = [
  [500, JSON.stringify(NODEOS_ERROR), "500 Internal Service Error (No ABI found)"],
  [400, '{"code":400,"message":"Invalid Host","error":{}}', "400 Invalid Host"],
  [500, "{}", "server returned HTTP 500 Internal Server Error"],
  [503, PROXY_PAGE, "server returned HTTP 503 Service Unavailable"],
  [404, "", "server returned HTTP 404 Not Found"],
  [429, '{"message":"slow down"}', "server returned HTTP 429 Too Many Requests"],
];

for (const [status, body, reason] of REFUSALS) {
  Deno.test(`v1 says fail to HTTP ${status} with ${JSON.stringify(body.slice(0, 30))}`, async () => {
    const found = await runAgainst(V1, new Response(body, { status }));
    assert.deepEqual(found, { health: "fail", reason, facts: { http_status: status } });
  });
}

Deno.test("v1 says fail to a redirect, and does not follow it", async () => {
  await using other = httpPeer(() => Response.json(getInfo(NOW)));
  const found = await runAgainst(V1, Response.redirect(`${other.url}/v1/chain/get_info`));
  assert.equal(found.health, "fail");
  assert.match(found.reason, /HTTP 302 and redirects to .*, which is not followed/);
  assert.equal(other.requests.length, 0);
});

Deno.test("v1 does not look at the status by the arithmetic of 0.2.0", async () => {
  const old = { arithmetic: "0.2.0" };
  assert.equal((await runAgainst(V1, Response.json(getInfo(NOW), { status: 500 }), old)).health, "up");
  assert.equal((await runAgainst(V1, Response.json(NODEOS_ERROR, { status: 500 }), old)).health, "down");
});

Deno.test("v1 takes an empty answer for a block of long ago, and by 0.2.0 for no answer", async () => {
  const found = await runAgainst(V1, new Response(""));
  assert.equal(found.health, "down");
  assert.match(found.reason, /no head_block_time/);
  assert.equal((await runAgainst(V1, {}, {})).health, "down");
  assert.equal((await runAgainst(V1, {}, { arithmetic: "0.2.0" })).health, "down");
  await assert.rejects(runAgainst(V1, new Response(""), { arithmetic: "0.2.0" }), /it is empty/);
});

for (
  const [body, message] of [
    [PROXY_PAGE, /it is no JSON but begins with "<html><body><h1>503 Service Unavailable<"/],
    ['{"head_block_num":26314', /it is no whole JSON/],
    ["[".repeat(500_000), /it is no whole JSON/],
    ['{"head_block_time":"soon"}', /"soon" is no time/],
    ['{"head_block_time":"2026-03-01 11:59:58"}', /is no time/],
    ['{"head_block_time":"2026-13-01T11:59:58"}', /is no time/],
  ] as const
) {
  Deno.test(`v1 cannot read ${JSON.stringify(body.slice(0, 40))}`, async () => {
    await assert.rejects(runAgainst(V1, new Response(body)), (error) => {
      assert.ok(error instanceof CheckFailed);
      assert.match(error.message, message);
      return true;
    });
  });
}

for (const body of ["null", "[]", "7", '"text"', '{"head_block_time":5}', '{"__proto__":{"head_block_time":"x"}}']) {
  Deno.test(`v1 finds no head block time in ${body}`, async () => {
    assert.equal((await runAgainst(V1, new Response(body))).health, "down");
  });
}

Deno.test("v1 fails when there is no whole answer", async () => {
  const run = (url: string, signal = forever()) => V1.make({ url }, checkContext()).run(signal);
  await assert.rejects(run(`http://127.0.0.1:${closedPort()}`), /connection refused/);
  using half = await rawPeer('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"server_version":"d1', "close");
  await assert.rejects(run(half.url), /ended within its answer/);
  using reset = await rawPeer("HTTP/1.1 200 OK\r\n", "reset");
  await assert.rejects(run(reset.url), /ended within its answer/);
  await assert.rejects(runAgainst(V1, new Response(" ".repeat(2 ** 20 + 1))), /more than 1048576 bytes/);
});

Deno.test("v1 gives up a server that stalls, and closes its connection", async () => {
  using peer = await rawPeer("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{", "stall");
  const deadline = new AbortController();
  const running = V1.make({ url: peer.url }, checkContext()).run(deadline.signal);
  peer.said.then(() => deadline.abort());
  await assert.rejects(running, /no answer in time/);
  await peer.clientGone;
});

Deno.test("v1 may not be sent to what the guard refuses", async () => {
  await assert.rejects(runCheck(V1, { url: "http://169.254.169.254" }), { name: "TargetRefused" });
});

for (
  const [options, message] of [
    [{}, 'Cannot make check "v1": option "url" is missing and must be a URL'],
    [{ url: "10.0.0.1:8888" }, 'option "url" is "10.0.0.1:8888" and must be a URL'],
    [{ url: "http://me:pw@10.0.0.1" }, "without a user name"],
    [{ url: "http://a", host: "a b" }, 'option "host" is "a b" and must be a host'],
    [{ url: "http://a", host: "a\r\nX: y" }, 'option "host" is "a??X: y" and must be a host'],
    [{ url: "http://a", chainId: "abc" }, "64 hexadecimal digits"],
    [{ url: "http://a", arithmetic: "1.0" }, 'one of "current", "0.2.0"'],
    [{ url: "http://a", numBlock: 5 }, 'there is no option "numBlock"'],
    [{ url: "http://a", caFile: "/etc/passwd" }, 'option "caFile" may only be given by the configuration'],
  ] as const
) {
  Deno.test(`v1 is not made of ${JSON.stringify(options)}`, () => {
    assert.throws(() => V1.make(options, checkContext()), (error) => {
      assert.ok(error instanceof InvalidCheck);
      assert.ok(error.message.includes(message), error.message);
      return true;
    });
  });
}

Deno.test("v1 holds the operator to an integer, as the wire is not", () => {
  const make = () => V1.make({ url: "http://a", numBlocks: "many" }, checkContext({ origin: "config" }));
  assert.throws(make, /option "numBlocks" is "many" and must be an integer/);
});

Deno.test("v1 shows its target without the query, which may hold a key", () => {
  assert.equal(V1.make({ url: "http://a:80/b?key=secret" }, checkContext()).target, "http://a/b");
});
