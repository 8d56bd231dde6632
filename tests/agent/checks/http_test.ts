import assert from "node:assert/strict";
import { HTTP } from "../../../lib/agent/checks/http.ts";
import type { LaunchOptions } from "../../../scripts/haproxy/launch.ts";
import { certificate } from "../../peers/certificates.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { checkContext, closedPort, forever, httpPeer, rawPeer } from "../target/peers.ts";

async function run(url: string, options: Record<string, unknown> = {}, origin: "config" | "wire" = "config") {
  return await HTTP.make({ url, ...options }, checkContext({ origin })).run(forever());
}

Deno.test("http is up on the statuses of HAProxy's httpchk, or on those that are said", async () => {
  await using peer = httpPeer((request) =>
    new Response(null, { status: Number(new URL(request.url).pathname.slice(1)) })
  );
  const said = async (status: number, options = {}) => (await run(`${peer.url}/${status}`, options)).reply.health;
  assert.deepEqual(await Promise.all([200, 204, 302, 304, 404, 500].map((one) => said(one))), [
    "up",
    "up",
    "up",
    "up",
    "down",
    "down",
  ]);
  assert.equal(await said(302, { status: "200-299,304" }), "down");
  assert.equal(await said(503, { status: 503 }), "up");
});

Deno.test("http says why, with the status as a fact, and follows no redirect", async () => {
  await using peer = httpPeer(() => Response.redirect("http://127.0.0.1:1/", 302));
  assert.deepEqual(await run(peer.url, { status: "200" }), {
    reply: { health: "down" },
    reason: "HTTP status 302 Found, wanted 200",
    facts: { http_status: 302 },
  });
  assert.equal(peer.requests.length, 1);
});

Deno.test("http sends method, headers, host and body as they are written", async () => {
  await using peer = httpPeer(async (request) => {
    return new Response(`${request.headers.get("host")} ${request.headers.get("x-probe")} ${await request.text()}`);
  });
  const options = { method: "POST", headers: { "x-probe": "1" }, host: "shop.example:81", body: "ping" };
  const found = await run(peer.url, { ...options, expect: "shop.example:81 1 ping" });
  assert.deepEqual(found.reply, { health: "up" });
  assert.equal(peer.requests[0]?.method, "POST");
});

Deno.test("http looks for a text, a pattern and a value of the JSON document", async () => {
  await using peer = httpPeer(() => new Response('{"status":"ok","lag":3}'));
  const reasons = await Promise.all([
    { expect: '"ok"', matches: '"lag":\\d', json: "/status", equals: "ok" },
    { expect: "ready" },
    { matches: "^<html" },
    { json: "/status", equals: "up" },
    { json: "/lag", below: 3 },
    { json: "/lag", above: 2, below: 4 },
    { json: "/ready" },
  ].map(async (options) => (await run(peer.url, options)).reason));
  assert.deepEqual(reasons, [
    "",
    'no "ready" in the answer',
    "nothing like /^<html/su in the answer",
    '"/status" is "ok" and not "up"',
    '"/lag" is 3 and not below 3',
    "",
    'there is no "/ready"',
  ]);
});

Deno.test("http takes the body's first line for the reply", async () => {
  let body = "up 75% maxconn:20\r\nsecond line: down";
  await using peer = httpPeer(() => new Response(body));
  const options = { reply: "body" };
  assert.deepEqual((await run(peer.url, options)).reply, { health: "up", weight: { percent: 75 }, maxconn: 20 });
  body = "down #disk full";
  const found = await run(peer.url, options);
  assert.deepEqual([found.reply, found.reason], [{ health: "down", text: "disk full" }, "disk full"]);
  body = "failed";
  await assert.rejects(run(peer.url, options), { message: 'the target said "failed": HAProxy has no word "failed"' });
  body = "";
  await assert.rejects(run(peer.url, options), { message: "the target said nothing on its first line" });
});

Deno.test("http tries a pattern on no more than the beginning of a body", async () => {
  await using peer = httpPeer(() => new Response("x".repeat(64 * 1024) + "end"));
  assert.equal((await run(peer.url, { matches: "end$" })).reply.health, "down");
  assert.equal((await run(peer.url, { expect: "end" })).reply.health, "up");
});

Deno.test("http fails where nobody listens, and on a body that is too long", async () => {
  const port = closedPort();
  await assert.rejects(run(`http://127.0.0.1:${port}/`), {
    code: "check_failed",
    message: `Cannot connect to "127.0.0.1:${port}": connection refused`,
  });
  await using peer = httpPeer(() => new Response("x".repeat(100)));
  await assert.rejects(run(peer.url, { maxBody: 99 }), { code: "check_failed" });
});

Deno.test("http ends with its signal and leaves no connection behind", async () => {
  using peer = await rawPeer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "stall");
  await assert.rejects(HTTP.make({ url: peer.url }, checkContext({ origin: "wire" })).run(AbortSignal.timeout(30)), {
    code: "check_failed",
  });
  await peer.clientGone;
});

Deno.test("http speaks TLS with the CA that is given, or with any certificate", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, cert: certificate("ec"), key: certificate("ec") },
    () => new Response("fine"),
  );
  const url = `https://127.0.0.1:${server.addr.port}/`;
  const caFile = await Deno.makeTempFile();
  await Deno.writeTextFile(caFile, certificate("ca"));
  assert.equal((await run(url, { caFile })).reply.health, "up");
  assert.equal((await run(url, { caFile, serverName: "happi.test" })).reply.health, "up");
  assert.equal((await run(url, { insecure: true })).reply.health, "up");
  await assert.rejects(run(url), { code: "check_failed" });
  await assert.rejects(run(url, { caFile, serverName: "other.example" }), { code: "check_failed" });
  await Deno.remove(caFile);
  await assert.rejects(run(url, { caFile }), { message: `Cannot read "${caFile}": there is no such file` });
});

Deno.test("http on the wire changes nothing at its target and takes no pattern", async () => {
  await using peer = httpPeer(() => new Response("fine"));
  assert.equal((await run(peer.url, { method: "HEAD", status: "200" }, "wire")).reply.health, "up");
  for (
    const options of [{ method: "POST" }, { matches: "(a+)+$" }, { headers: { a: "b" } }, { body: "x" }, {
      caFile: "/x",
    }]
  ) {
    await assert.rejects(run(peer.url, options, "wire"), { code: "invalid_check" });
  }
});

Deno.test("http shows its target without what may be secret", () => {
  const { target } = HTTP.make({ url: "http://10.0.0.1:8080/health?token=secret" }, checkContext({ origin: "config" }));
  assert.equal(target, "http://10.0.0.1:8080/health?…");
});

Deno.test("http refuses options that make no sense", () => {
  const url = "http://127.0.0.1/";
  for (
    const options of [
      {},
      { url: "ftp://a/" },
      { url, status: "2000" },
      { url, method: "get it" },
      { url, headers: { "a b": "c" } },
      { url, headers: { a: "b\r\nc: d" } },
      { url, host: "a\r\nb: c" },
      { url, matches: "(" },
      { url, json: "status" },
      { url, equals: "ok" },
      { url, json: "/a", below: "much" },
      { url, reply: "header" },
    ]
  ) {
    assert.throws(
      () => HTTP.make(options, checkContext({ origin: "config" })),
      { code: "invalid_check" },
      JSON.stringify(options),
    );
  }
});

// The test certificates are servers' ones, which HAProxy has to be told to overlook.
const ASKS_FOR_CERTIFICATE: LaunchOptions = {
  config: (context) => `
defaults
  mode http
  timeout client 5s
frontend web
  bind 127.0.0.1:${context.port("web")} ssl crt ${context.file("ec.pem")} ca-file ${context.file("ca.pem")} \
verify optional ca-ignore-err all crt-ignore-err all
  http-request return status 200 content-type text/plain lf-string "up # %[ssl_c_s_dn(CN)]" if { ssl_c_used 1 }
  http-request return status 403
`,
  files: { "ec.pem": certificate("ec"), "ca.pem": certificate("ca") },
};

testEachHaproxy("http shows a certificate of its own", ASKS_FOR_CERTIFICATE, async (haproxy) => {
  const url = `https://127.0.0.1:${haproxy.port("web")}/`;
  const [caFile, certFile] = [haproxy.file("ca.pem"), haproxy.file("ec.pem")];
  const options = { caFile, certFile, reply: "body" };
  assert.deepEqual((await run(url, options)).reply, { health: "up", text: "happi.test" });
  assert.deepEqual((await run(url, { ...options, keyFile: certFile })).reply, { health: "up", text: "happi.test" });
  assert.equal((await run(url, { caFile })).reason, "HTTP status 403 Forbidden, wanted 200-399");
});
