/** Backends and servers over HTTP: read, change, add, remove, drain. */
import assert from "node:assert/strict";
import { createApp } from "../../lib/server/mod.ts";
import { CommandRefused } from "../../lib/socket/mod.ts";
import { startBackend } from "../../scripts/haproxy/backends.ts";
import { fakeClient } from "./fake_client.ts";
import { openSession } from "./open_session.ts";
import { testOnHaproxy, until } from "./on_haproxy.ts";

testOnHaproxy("GET /backends lists backends by name, and one with its servers", async ({ request }) => {
  const { body } = await request("GET", "/backends");
  const names = body.map((backend: { name: string }) => backend.name);
  assert.ok(names.includes("be_web") && names.includes("li_status"), names.join());
  const one = await request("GET", "/backends/be_web");
  assert.equal(one.body.name, "be_web");
  assert.equal(one.body.stat.kind, "backend");
  assert.deepEqual(one.body.servers.map((server: { name: string }) => server.name), ["s1", "s2", "s3"]);
  assert.deepEqual((await request("GET", "/backends/be_web/servers")).body.length, 3);
});

testOnHaproxy("a backend or server that is not there is 404 and named", async ({ request }) => {
  const paths = ["/backends/nope", "/backends/nope/servers", "/backends/be_web/servers/nope", "/backends/fe_web"];
  for (const path of paths) {
    const { status, body } = await request("GET", path);
    assert.equal(status, 404, path);
    assert.equal(body.error.code, "not_found");
  }
  assert.equal((await request("PATCH", "/backends/be_web/servers/nope", { weight: 1 })).status, 404);
  assert.equal((await request("DELETE", "/backends/be_web/servers/nope")).status, 404);
  assert.equal((await request("POST", "/backends/be_web/servers/nope/drain", {})).status, 404);
});

testOnHaproxy("GET of a server shows what PATCH sets, and PATCH sets all of it", async ({ request, haproxy }) => {
  const path = "/backends/be_web/servers/s1";
  const before = (await request("GET", path)).body;
  assert.deepEqual(
    [before.backend, before.name, before.state, before.weight, before.maxconn],
    ["be_web", "s1", "ready", 100, 100],
  );
  const changes = { state: "drain", weight: 7, address: "127.0.0.2", port: 4321, maxconn: 55 };
  const { status, body } = await request("PATCH", path, changes);
  assert.equal(status, 200);
  const { state, weight, address, port, maxconn } = body;
  assert.deepEqual({ state, weight, address, port, maxconn }, changes);
  assert.deepEqual((await request("GET", path)).body.state, "drain");
  assert.match(await haproxy.ask("show servers state be_web"), / s1 127\.0\.0\.2 \d 8 7 100 /);
  assert.equal((await request("PATCH", path, { state: "maint" })).body.state, "maint");
  assert.equal((await request("PATCH", path, { state: "ready", weight: "50%" })).body.weight, 50);
  // HAProxy since 3.0 moves a server a moment after it has said that it did.
  await request("PATCH", path, { port: 4322 });
  const moved = await until(async () => (await request("GET", path)).body, ({ port }) => port === 4322);
  assert.deepEqual([moved.state, moved.address], ["ready", "127.0.0.2"]);
});

/** Bodies that are refused, and what is said about them. */
const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [{}, /changes nothing/],
  [{ state: "up" }, /field "state"/],
  [{ weight: 257 }, /field "weight"/],
  [{ weight: "1;2" }, /field "weight"/],
  [{ port: 99_999 }, /field "port"/],
  [{ port: "80" }, /field "port"/],
  [{ address: "a.example" }, /field "address"/],
  [{ maxconn: -1 }, /field "maxconn"/],
  [{ state: "maint", wieght: 1 }, /field "wieght": there is no such field/],
  [[], /body/],
  ["{", /Content-Type/],
];

testOnHaproxy("PATCH of a server sends nothing when anything is wrong with it", async ({ request, haproxy }) => {
  const shown = await haproxy.ask("show servers state be_web");
  for (const [body, why] of REFUSED) {
    const answer = await request("PATCH", "/backends/be_web/servers/s1", body);
    assert.equal(answer.status, typeof body === "string" ? 415 : 400, JSON.stringify(body));
    assert.match(answer.body.error.message, why);
  }
  const state = (text: string) => text.split("\n").map((line) => line.split(" ").slice(0, 9).join(" "));
  const ofS1 = (text: string) =>
    state(text).filter((line) => line.includes(" s1 ")).map((line) => line.replace(/ \d 0 /, " "));
  assert.deepEqual(ofS1(await haproxy.ask("show servers state be_web")), ofS1(shown));
});

testOnHaproxy("a change that HAProxy refuses is 422 with its words and what was done before", async ({ request }) => {
  const { status, body } = await request("PATCH", "/backends/be_static/servers/s1", { state: "maint", weight: 5 });
  assert.equal(status, 422);
  assert.deepEqual(body.error.applied, ["state"]);
  assert.match(body.error.haproxy, /weight/i);
  assert.equal((await request("GET", "/backends/be_static/servers/s1")).body.state, "maint");
});

testOnHaproxy("POST adds a server that takes traffic, once, and DELETE removes it", async ({ request, haproxy }) => {
  await using backend = startBackend({ name: "new" });
  const server = {
    name: "n1",
    address: "127.0.0.1",
    port: backend.port,
    keywords: ["check", "weight", "9"],
    enable: true,
  };
  const added = await request("POST", "/backends/be_web/servers", server);
  assert.equal(added.status, 201, JSON.stringify(added.body));
  assert.equal(added.headers.get("location"), "/api/v1/backends/be_web/servers/n1");
  assert.deepEqual([added.body.state, added.body.weight, added.body.port], ["ready", 9, backend.port]);
  assert.deepEqual(added.body.servers_state.check_states.includes("enabled"), true);
  const again = await request("POST", "/backends/be_web/servers", server);
  assert.equal(again.status, 409);
  assert.match(again.body.error.haproxy, /already exists/i);
  assert.equal((await request("DELETE", "/backends/be_web/servers/n1?timeout_ms=2000")).status, 204);
  assert.equal((await request("GET", "/backends/be_web/servers/n1")).status, 404);
  assert.doesNotMatch(await haproxy.ask("show servers state be_web"), / n1 /);
});

Deno.test("POST tells that a server was added when it cannot be enabled", async () => {
  const refusal = new CommandRefused("enable health be_web/n1", "Health checks are not enabled on this server.");
  const client = fakeClient({ addServer: () => Promise.resolve(""), enableHealth: () => Promise.reject(refusal) });
  const response = await createApp({ client }).request("/api/v1/backends/be_web/servers", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "n1", address: "127.0.0.1", port: 1, keywords: ["check"], enable: true }),
  });
  const { error } = await response.json();
  assert.deepEqual([response.status, error.haproxy], [422, "Health checks are not enabled on this server."]);
  assert.deepEqual(error.applied, ["name", "address", "port", "keywords"]);
});

testOnHaproxy("a new server's name, address and keywords cannot smuggle a command", async ({ request, haproxy }) => {
  const post = (body: unknown) => request("POST", "/backends/be_web/servers", body);
  assert.equal((await post({ name: "x;shutdown", address: "127.0.0.1", port: 1 })).status, 400);
  assert.equal((await post({ name: "x", address: "127.0.0.1;shutdown frontend fe_web" })).status, 400);
  const answer = await post({ name: "x", address: "127.0.0.1", port: 1, keywords: ["check;shutdown frontend fe_web"] });
  assert.equal(answer.status, 422);
  assert.match(await haproxy.ask("show stat fe_web 1 -1"), /OPEN/);
});

testOnHaproxy(
  "POST drain waits until sessions are gone, and tells which are left in time",
  async ({ request, haproxy }) => {
    await using session = await openSession(haproxy.port("tcp"), haproxy.port("s1"));
    const path = "/backends/be_tcp/servers/s1/drain";
    const left = await request("POST", path, { timeout_ms: 0 });
    assert.equal(left.status, 200);
    assert.deepEqual([left.body.drained, left.body.sessions, left.body.state], [false, 1, "drain"]);
    const waiting = request("POST", path, { timeout_ms: 20_000, until: "maint" });
    session.end();
    const gone = await waiting;
    assert.deepEqual([gone.body.drained, gone.body.sessions, gone.body.state], [true, 0, "maint"]);
    assert.equal((await request("GET", "/backends/be_tcp/servers/s1")).body.state, "maint");
  },
);

testOnHaproxy(
  "PATCH of a server takes the body of curl -d, and not a form that a page could post",
  async ({ request, haproxy }) => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const path = "/backends/be_web/servers/s1";
    assert.equal((await request("PATCH", path, '{"weight": 7}', form)).status, 200);
    assert.match(await haproxy.ask("get weight be_web/s1"), /^7 /);
    const fromPage = await request("PATCH", path, '{"weight": 8}', { ...form, "sec-fetch-site": "cross-site" });
    assert.equal(fromPage.status, 415);
    assert.match(await haproxy.ask("get weight be_web/s1"), /^7 /);
  },
);
