/** What is refused before HAProxy is asked: hosts, origins, bodies, methods, and requests that take too long. */
import assert from "node:assert/strict";
import { createApp } from "../../lib/server/mod.ts";
import { Client } from "../../lib/client/mod.ts";
import { fakeClient } from "./fake_client.ts";
import { stallingCli } from "./stalling_cli.ts";

const version = { text: "3.2.1", major: 3, minor: 2, patch: 1, branch: "3.2" };
const client = fakeClient({
  getInfo: () => Promise.resolve({ Name: "HAProxy" }),
  getVersion: () => Promise.resolve(version),
});

const HOSTS: readonly (readonly [host: string, hosts: readonly string[], status: number])[] = [
  ["localhost", [], 200],
  ["localhost:8080", [], 200],
  ["LocalHost.", [], 200],
  ["127.0.0.1:5080", [], 200],
  ["[::1]:5080", [], 200],
  ["lb.example.com", ["lb.example.com"], 200],
  ["lb.example.com:443", ["LB.example.com"], 200],
  ["10.0.0.5:5080", ["10.0.0.5"], 200],
  ["10.0.0.6", ["0.0.0.0"], 200],
  ["[fe80::1]", ["[::]"], 200],
  ["evil.example.com", ["0.0.0.0"], 421],
  ["10.0.0.5", [], 421],
  ["evil.example.com", [], 421],
  ["localhost.evil.example.com", [], 421],
  ["127.0.0.1.evil.example.com:5080", [], 421],
  ["localhost:5080@evil.example.com", [], 421],
  ["", [], 421],
];

for (const [host, hosts, status] of HOSTS) {
  Deno.test(`host() answers ${status} to "${host}" when ${hosts.join() || "nothing"} is allowed beside loopback`, async () => {
    for (const path of ["/healthz", "/api/v1/info", "/nope", "/"]) {
      const response = await createApp({ client, hosts }).request(path, { headers: { host } });
      assert.equal(response.status, status === 200 && path === "/nope" ? 404 : status);
      const text = await response.text();
      if (status === 421) assert.equal(JSON.parse(text).error.code, "foreign_host");
    }
  });
}

const ORIGINS: readonly (readonly [origin: string, origins: readonly string[], isAllowed: boolean])[] = [
  ["http://localhost:5080", [], true],
  ["https://localhost:5080", [], true],
  ["http://localhost", [], false],
  ["http://localhost:3000", [], false],
  ["http://evil.example.com", [], false],
  ["null", [], false],
  ["file://localhost:5080", [], false],
  ["http://[::1", [], false],
  ["https://ops.example.com", ["https://ops.example.com"], true],
  ["https://ops.example.com:444", ["https://ops.example.com"], false],
];

for (const [given, origins, isAllowed] of ORIGINS) {
  Deno.test(`origin() ${isAllowed ? "lets" : "keeps out"} "${given}" when ${origins.join() || "none"} is listed`, async () => {
    const app = createApp({ client, origins });
    const headers = { origin: given, host: "localhost:5080" };
    const read = await app.request("/api/v1/info", { headers });
    assert.equal(read.status, isAllowed ? 200 : 403);
    await read.body?.cancel();
    const change = await app.request("/api/v1/backends/a/servers/b", { method: "DELETE", headers });
    assert.equal(change.status === 403, !isAllowed);
    await change.body?.cancel();
  });
}

Deno.test("origin() gives CORS headers to listed origins only, and answers their browsers' questions", async () => {
  const app = createApp({ client, origins: ["https://ops.example.com"] });
  const ask = (origin: string) => {
    const headers = { origin, host: "localhost", "access-control-request-method": "PATCH" };
    return app.request("/api/v1/backends/a/servers/b", { method: "OPTIONS", headers });
  };
  const preflight = await ask("https://ops.example.com");
  assert.deepEqual([preflight.status, await preflight.text()], [204, ""]);
  assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /PATCH/);
  const listed = await app.request("/api/v1/info", {
    headers: { origin: "https://ops.example.com", host: "localhost" },
  });
  assert.equal(listed.headers.get("access-control-allow-origin"), "https://ops.example.com");
  const own = await app.request("/api/v1/info", { headers: { origin: "http://localhost", host: "localhost" } });
  const foreign = await ask("https://evil.example.com");
  assert.equal(foreign.status, 403);
  for (const response of [own, foreign]) assert.equal(response.headers.get("access-control-allow-origin"), null);
  await Promise.all([listed, own, foreign].map((response) => response.body?.cancel()));
});

Deno.test("bodyLimit() refuses a body that is too large, announced or not, before the client is called", async () => {
  const app = createApp({ client, maxBodyBytes: 100 });
  const body = JSON.stringify({ key: "a", value: "x".repeat(100) });
  const stream = () => new Blob([body]).stream();
  const headers = { "content-type": "application/json" };
  const post = (init: RequestInit) => app.request("/api/v1/maps/%230/entries", { method: "POST", ...init });
  const announced = await post({ body, headers: { ...headers, "content-length": `${body.length}` } });
  const streamed = await post({ body: stream(), headers });
  for (const response of [announced, streamed]) {
    assert.equal(response.status, 413);
    assert.equal((await response.json()).error.code, "body_too_large");
  }
});

Deno.test("bodyLimit() lets a body that breaks off be the caller's fault", async () => {
  const app = createApp({ client });
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("{"));
      controller.error(new TypeError("the caller has left"));
    },
  });
  const headers = { "content-type": "application/json" };
  const response = await app.request("/api/v1/maps/%230/entries", { method: "POST", body, headers });
  assert.equal(response.status, 400);
  assert.equal((await response.json()).error.code, "invalid_request");
});

Deno.test("a method that a path does not take is 405 with Allow, and HEAD is GET without a body", async () => {
  const app = createApp({ client });
  const cases = [
    ["POST", "/api/v1/info", "GET, HEAD"],
    ["POST", "/api/v1/backends/a/servers/b", "GET, HEAD, PATCH, DELETE"],
    ["GET", "/api/v1/backends/a/servers/b/drain", "POST"],
    ["PUT", "/api/v1/backends/a/servers", "GET, HEAD, POST"],
    ["OPTIONS", "/healthz", "GET, HEAD"],
  ] as const;
  for (const [method, path, allow] of cases) {
    const response = await app.request(path, { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, allow], path);
    assert.equal((await response.json()).error.code, "method_not_allowed");
  }
  const head = await app.request("/api/v1/info", { method: "HEAD" });
  const whole = await (await app.request("/api/v1/info")).arrayBuffer();
  assert.equal(head.headers.get("content-length"), String(whole.byteLength));
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

Deno.test("every answer has the security headers, errors too", async () => {
  const app = createApp({ client });
  for (const path of ["/", "/healthz", "/nope", "/api/v1/info", "/api/v1/stats?x=1"]) {
    const response = await app.request(path);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(response.headers.get("cache-control"), "no-store", path);
    assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
    await response.body?.cancel();
  }
});

Deno.test("deadline() answers 504 when HAProxy stalls, and gives up what was asked of it", async () => {
  await using cli = stallingCli();
  await using stalled = new Client(cli.path);
  const app = createApp({ client: stalled, deadlineMs: 50 });
  const requests: readonly (readonly [string, string])[] = [
    ["GET", "/api/v1/info"],
    ["DELETE", "/api/v1/sessions/0x1"],
  ];
  for (const [method, path] of requests) {
    const response = await app.request(path, { method });
    assert.equal(response.status, 504);
    assert.equal((await response.json()).error.code, "deadline_exceeded");
  }
  assert.equal((await app.request("/healthz")).status, 200);
});

Deno.test("GET /readyz says 503 with the reason within its time when HAProxy stalls, and when it is gone", async () => {
  const cli = stallingCli();
  await using stalled = new Client(cli.path);
  const app = createApp({ client: stalled, readyTimeoutMs: 50 });
  const slow = await app.request("/readyz");
  assert.equal(slow.status, 503);
  const { status, error } = await slow.json();
  assert.deepEqual([status, error.code], ["not_ready", "deadline_exceeded"]);
  await cli[Symbol.asyncDispose]();
  const gone = await app.request("/readyz");
  assert.deepEqual([gone.status, (await gone.json()).error.code], [503, "no_socket"]);
});

Deno.test("GET /readyz says which HAProxy answers", async () => {
  const response = await createApp({ client }).request("/readyz");
  assert.deepEqual([response.status, await response.json()], [200, { status: "ready", haproxy: "3.2.1" }]);
});

Deno.test("one reader's deadline does not end a read that others share", async () => {
  const answer = Promise.withResolvers<{ Name: string }>();
  let calls = 0;
  const getInfo = () => {
    calls++;
    return answer.promise;
  };
  const app = createApp({ client: fakeClient({ getInfo }), deadlineMs: 30 });
  const first = app.request("/api/v1/info");
  assert.equal((await first).status, 504);
  const second = app.request("/api/v1/info");
  answer.resolve({ Name: "HAProxy" });
  assert.deepEqual(await (await second).json(), { Name: "HAProxy" });
  assert.equal(calls, 1);
});

Deno.test("a read after an answered change is not shared with one from before it", async () => {
  const answers = [Promise.withResolvers<object>(), Promise.withResolvers<object>()];
  let calls = 0;
  const app = createApp({
    client: fakeClient({
      getInfo: () => answers[calls++]?.promise,
      shutdownSession: () => Promise.resolve(),
    }),
    readMaxAgeMs: 60_000,
  });
  const before = app.request("/api/v1/info");
  assert.equal((await app.request("/api/v1/sessions/0x1", { method: "DELETE" })).status, 204);
  const after = app.request("/api/v1/info");
  answers[0]?.resolve({ is: "old" });
  answers[1]?.resolve({ is: "new" });
  assert.deepEqual(await (await before).json(), { is: "old" });
  assert.deepEqual(await (await after).json(), { is: "new" });
  assert.deepEqual(await (await app.request("/api/v1/info")).json(), { is: "new" }, "from the cache");
  assert.equal(calls, 2);
});
