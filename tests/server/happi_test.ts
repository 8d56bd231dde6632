/** HAPPI's routes: the envelope, the labels, and what is said when HAProxy is gone and back. */
import assert from "node:assert/strict";
import { createApp } from "../../lib/server/mod.ts";
import { adminStateNames } from "../../lib/server/happi_server.ts";
import { parseServersState } from "../../lib/client/mod.ts";
import { fakeClient } from "./fake_client.ts";
import { type Json, testOnHaproxy } from "./on_haproxy.ts";

/** HAPPI's labels, in the order in which they are sorted. */
// deno-fmt-ignore -- packed, as the table it is
const LABELS = [
  "ADDRESS", "AGENT", "BACKEND_ID", "BACKEND_NAME", "CHECK", "DSNSRV", "FQDN", "PORT", "SERVER_ID", "SERVER_NAME", "STATE",
  "TIME", "WEIGHT",
];

testOnHaproxy("GET /servers/state gives every server under HAPPI's labels and all of HAProxy's columns", async (on) => {
  const { request, haproxy } = on;
  const shown = await haproxy.ask("show servers state");
  const columns = shown.split("\n")[1]?.slice(2).split(" ") ?? [];
  assert.equal(columns.length, 25);
  for (const path of ["/servers/state", "/servers/state/"]) {
    const { status, body } = await request("GET", path);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ["code", "data", "status"]);
    assert.deepEqual([body.code, body.status, body.data.version], [200, "SUCCESS", 1]);
    assert.equal(body.data.servers.length, shown.trim().split("\n").length - 2);
    for (const server of body.data.servers) {
      const keys = Object.keys(server);
      assert.deepEqual(keys, [...keys].sort(), "sorted as HAPPI sorted them");
      assert.deepEqual(keys.filter((key) => key === key.toUpperCase()), LABELS);
      assert.deepEqual(columns.filter((column) => !keys.includes(column)), []);
    }
  }
});

testOnHaproxy("GET /servers/state/:backend gives one backend's servers, and says 404 inside for none", async (on) => {
  const { request, haproxy } = on;
  const { body } = await request("GET", "/servers/state/be_static");
  const [s1] = body.data.servers;
  assert.deepEqual(body.data.servers.map((server: Json) => server.SERVER_NAME), ["s1", "s2"]);
  assert.deepEqual(
    [s1.BACKEND_NAME, s1.ADDRESS, s1.PORT, s1.WEIGHT, s1.STATE, s1.FQDN, s1.DSNSRV],
    ["be_static", "127.0.0.1", `${haproxy.port("s1")}`, "10", "SRV_ADMF_EMPTY", "-", "-"],
  );
  const unknown = await request("GET", "/servers/state/nope");
  assert.deepEqual([unknown.status, unknown.body], [200, { code: 404, data: [], status: "NOT_FOUND" }]);
  const wrong = await request("GET", "/servers/state/a%3Bshow%20info");
  assert.deepEqual([wrong.status, wrong.body.code, wrong.body.status], [200, 400, "WRONG_REQUEST"]);
});

testOnHaproxy("STATE is the admin state's name, and a list when several hold", async ({ request, haproxy }) => {
  const state = async () => (await request("GET", "/servers/state/be_static")).body.data.servers[0].STATE;
  await haproxy.ask("set server be_static/s1 state maint");
  assert.equal(await state(), "SRV_ADMF_FMAINT");
  await haproxy.ask("set server be_static/s1 state drain");
  assert.equal(await state(), "SRV_ADMF_FDRAIN");
  const named = (await request("GET", "/servers/state/be_dns")).body.data.servers[0];
  assert.equal(named.FQDN, "app.happi.test");
});

Deno.test("adminStateNames() gives a list for a combined mask, and a number for a bit without a name", () => {
  assert.equal(adminStateNames(0), "SRV_ADMF_EMPTY");
  assert.deepEqual(adminStateNames(0x21), ["SRV_ADMF_FMAINT", "SRV_ADMF_RMAINT"]);
  assert.deepEqual(adminStateNames(0x7f).length, 7);
  assert.deepEqual(adminStateNames(0x81), ["SRV_ADMF_FMAINT", "0x80"]);
});

Deno.test("GET /servers/state gives the columns that a version has, be it 20 or 27", async () => {
  const names = "be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight";
  const answer = `1\n# ${names} novel_one novel_two\n3 web 1 a 10.0.0.1 2 5 100 50 x 18446744073709551615\n\n`;
  const app = createApp({ client: fakeClient({ getServersState: () => Promise.resolve(parseServersState(answer)) }) });
  const text = await (await app.request("/api/v1/servers/state/")).text();
  const [server] = JSON.parse(text).data.servers;
  assert.deepEqual([server.STATE, server.WEIGHT, server.CHECK], [["SRV_ADMF_FMAINT", "SRV_ADMF_CMAINT"], "50", "-"]);
  assert.equal(server.novel_one, "x");
  assert.match(text, /"novel_two":18446744073709551615,/);
});

Deno.test("PUT, POST and DELETE on HAPPI's routes are not implemented, PATCH is not allowed", async () => {
  const app = createApp({ client: fakeClient({}) });
  for (const path of ["/api/v1/servers/state", "/api/v1/servers/state/", "/api/v1/servers/state/web"]) {
    for (const method of ["PUT", "POST", "DELETE"]) {
      const response = await app.request(path, { method });
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { code: 501, data: "not implemented", status: "NOT_IMPLEMENTED" });
    }
    const patch = await app.request(path, { method: "PATCH" });
    assert.equal(patch.status, 405);
    assert.equal(patch.headers.get("allow"), "GET, HEAD, PUT, POST, DELETE");
    await patch.body?.cancel();
  }
});

Deno.test("an unknown path is 404 with the path as data, and the error beside it", async () => {
  const app = createApp({ client: fakeClient({}) });
  for (const path of ["/nope", "/api/v1/servers", "/api/v1/servers/state/a/b", "/api/v2/info"]) {
    const response = await app.request(path);
    assert.equal(response.status, 404);
    const { error, ...envelope } = await response.json();
    assert.deepEqual(envelope, { code: 404, data: path, status: "NOT_FOUND" });
    assert.equal(error.code, "not_found");
  }
});

testOnHaproxy("HAProxy gone is 503, and 200 again by itself when it is back", async ({ request, haproxy }) => {
  const paths = ["/servers/state/", "/info", "/stats", "/backends/be_web/servers/s1"];
  const statuses = () => Promise.all(paths.map(async (path) => (await request("GET", path)).status));
  assert.deepEqual(await statuses(), [200, 200, 200, 200]);
  await haproxy.kill();
  assert.deepEqual(await statuses(), [503, 503, 503, 503]);
  const { body } = await request("GET", "/servers/state/");
  assert.deepEqual([body.code, body.status], [503, "ERROR"]);
  assert.match(body.data, /Cannot connect to/);
  const change = await request("PATCH", "/backends/be_web/servers/s1", { weight: 1 });
  assert.deepEqual([change.status, change.body.error.code], [503, "no_socket"]);
  await haproxy.start();
  assert.deepEqual(await statuses(), [200, 200, 200, 200]);
});
