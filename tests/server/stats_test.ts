/** Statistics, figures, version and captured errors over HTTP. */
import assert from "node:assert/strict";
import { startHaproxy } from "../../scripts/haproxy/launch.ts";
import { availableVersions } from "../../scripts/haproxy/versions.ts";
import { Client } from "../../lib/client/mod.ts";
import { createApp } from "../../lib/server/mod.ts";
import { fakeClient } from "./fake_client.ts";
import { type Json, testOnHaproxy } from "./on_haproxy.ts";

testOnHaproxy("GET /stats gives all rows without empty columns, filtered by proxy, kind and column", async (on) => {
  const { request } = on;
  const { body: all } = await request("GET", "/stats");
  assert.ok(all.length > 15);
  assert.equal(all.some((row: Json) => Object.values(row).includes(null)), false);
  const { body: web } = await request("GET", "/stats?proxy=be_web");
  assert.deepEqual(web.map((row: Json) => row.svname), ["s1", "s2", "s3", "BACKEND"]);
  const { body: kinds } = await request("GET", "/stats?type=frontend,backend&proxy=li_status");
  assert.deepEqual(kinds.map((row: Json) => row.kind), ["frontend", "backend"]);
  const { body: some } = await request("GET", "/stats?proxy=be_web&type=server&fields=svname,weight,slim");
  assert.deepEqual(some[0], { svname: "s1", weight: 100, slim: 100 });
});

testOnHaproxy("GET /stats says what it does not know: a proxy 404, a kind, column or parameter 400", async (on) => {
  const { request } = on;
  assert.equal((await request("GET", "/stats?proxy=nope")).status, 404);
  for (
    const query of ["type=web", "fields=pxname,nope", "fields=", "proxy=a%3Bb", "limit=1", "type=server&type=backend"]
  ) {
    const { status, body } = await request("GET", `/stats?${query}`);
    assert.equal(status, 400, query);
    assert.match(body.error.message, /query parameter/);
  }
});

Deno.test("GET /stats?proxy= gives frontend and backend when both have that name", async () => {
  const { present } = await availableVersions();
  for (const build of present) {
    await using haproxy = await startHaproxy(build, {
      config: (c) =>
        `defaults\n  mode http\n  timeout client 5s\n  timeout server 5s\n  timeout connect 1s\n` +
        `frontend web\n  bind 127.0.0.1:${c.port("web")}\n  default_backend web\n` +
        `backend web\n  server s1 127.0.0.1:${c.port("s1")}\n`,
    });
    await using client = new Client(haproxy.socketPath);
    const app = createApp({ client });
    const rows: Json = await (await app.request("/api/v1/stats?proxy=web")).json();
    assert.deepEqual(rows.map((row: Json) => row.kind).sort(), ["backend", "frontend", "server"], build.version);
    const server: Json = await (await app.request("/api/v1/backends/web/servers/s1")).json();
    assert.equal(server.stat.svname, "s1", build.version);
  }
});

Deno.test("GET /stats writes counters beyond 2^53 with all their digits", async () => {
  const row = { kind: "server", pxname: "a", svname: "b", type: 2, bin: 18446744073709551615n, slim: null };
  const app = createApp({ client: fakeClient({ getStat: () => Promise.resolve([row]) }) });
  const text = await (await app.request("/api/v1/stats")).text();
  assert.equal(text, '[{"kind":"server","pxname":"a","svname":"b","type":2,"bin":18446744073709551615}]\n');
});

testOnHaproxy("GET /info, /version and /errors say what HAProxy is and has seen", async ({ request, haproxy }) => {
  const { body: info } = await request("GET", "/info");
  assert.deepEqual([info.Name, info.Pid, info.node], ["HAProxy", haproxy.pid, "happi-test"]);
  const { body: version } = await request("GET", "/version");
  assert.equal(version.happi, "1.2.3");
  assert.equal(version.haproxy.branch, haproxy.build.version);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("web") });
  await connection.write(new TextEncoder().encode("GET /b\x01d HTTP/1.1\r\n\r\n"));
  await connection.read(new Uint8Array(4096));
  const { body: errors } = await request("GET", "/errors");
  assert.equal(errors.errors[0].proxy, "fe_web");
}, { app: { version: "1.2.3" } });
