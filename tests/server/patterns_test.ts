/** Maps and ACLs over HTTP, with keys that paths and HAProxy's command line both find hard. */
import assert from "node:assert/strict";
import { testOnHaproxy } from "./on_haproxy.ts";

/** Keys that must arrive as they are. */
const HOSTILE = [
  "a/b",
  "../../etc/passwd",
  "a;show version",
  "#0",
  "back\\slash\\",
  "two words",
  "quo\"te's",
  "50%25",
  "%2F",
  "?x=1&y#z",
  "schlüssel-鍵-🔑",
  "<<",
  "x".repeat(2_000),
];

testOnHaproxy("GET /maps and /acls list files, and a file is found by path, by its end and by number", async (on) => {
  const { request, haproxy, file } = on;
  const maps = (await request("GET", "/maps")).body;
  const map = maps.find((one: { file: string }) => one.file === `${haproxy.dir}/hosts.map`);
  assert.equal(map.entry_cnt, 2);
  const wanted = [["static.happi.test", "be_static"], ["named.happi.test", "be_dns"]].sort();
  for (const name of [file("hosts.map"), "hosts.map", `%23${map.id}`]) {
    const { status, body } = await request("GET", `/maps/${name}`);
    assert.equal(status, 200, name);
    assert.deepEqual(body.map((entry: { key: string; value: string }) => [entry.key, entry.value]).sort(), wanted);
  }
  const acls = (await request("GET", "/acls")).body;
  assert.ok(acls.some((one: { file: string }) => one.file === `${haproxy.dir}/deny.acl`));
  const patterns = (await request("GET", "/acls/deny.acl/entries")).body;
  assert.deepEqual(patterns.map((one: { pattern: string }) => one.pattern).sort(), ["bad-client", "worse-client"]);
});

testOnHaproxy("a map that is not there is 404, by its end and by its path", async ({ request }) => {
  for (const name of ["osts.map", "%2Fetc%2Fnope.map", "%23999", "nope"]) {
    const { status, body } = await request("GET", `/maps/${name}`);
    assert.equal(status, 404, name);
    assert.equal(body.error.code, "not_found");
  }
  assert.equal((await request("PUT", "/maps/nope/entries/a", { value: "b" })).status, 404);
});

testOnHaproxy("a map's entry is set, found and removed whatever its key is", async ({ request, client, haproxy }) => {
  for (const key of HOSTILE) {
    const path = `/maps/hosts.map/entries/${encodeURIComponent(key)}`;
    const value = `v;${key.slice(0, 20)}`;
    const put = await request("PUT", path, { value });
    assert.deepEqual([put.status, put.body], [200, { key, value }], JSON.stringify(put.body));
    const [found] = await client.getMapEntry(`${haproxy.dir}/hosts.map`, key);
    assert.deepEqual([found?.key, found?.value], [key, value]);
    const again = await request("PUT", path, { value: "other" });
    assert.equal(again.status, 200);
    const { body } = await request("GET", path);
    assert.deepEqual([body[0].key, body[0].value, body.length], [key, "other", 1]);
    assert.equal((await request("DELETE", path)).status, 204);
    assert.equal((await request("GET", path)).status, 404);
    assert.equal((await request("DELETE", path)).status, 404);
  }
  const keys = (await client.getMap(`${haproxy.dir}/hosts.map`)).map((entry) => entry.key).sort();
  assert.deepEqual(keys, ["named.happi.test", "static.happi.test"]);
});

testOnHaproxy("POST adds an entry and says where it is", async ({ request }) => {
  const entry = { key: "a/b c", value: "be_web" };
  const added = await request("POST", "/maps/hosts.map/entries", entry);
  assert.equal(added.status, 201);
  assert.deepEqual(added.body, entry);
  const location = added.headers.get("location") ?? "";
  assert.match(location, /\/entries\/a%2Fb%20c$/);
  assert.equal((await request("GET", location.slice("/api/v1".length))).body[0].value, "be_web");
});

testOnHaproxy("PUT of all entries replaces them at once, DELETE removes them", async ({ request }) => {
  const entries = [{ key: "one;two", value: "a b" }, { key: "ключ", value: "#" }];
  const replaced = await request("PUT", "/maps/hosts.map/entries", entries);
  assert.equal(replaced.status, 200);
  assert.deepEqual(replaced.body.map(({ key, value }: { key: string; value: string }) => ({ key, value })), entries);
  assert.equal((await request("DELETE", "/maps/hosts.map/entries")).status, 204);
  assert.deepEqual((await request("GET", "/maps/hosts.map/entries")).body, []);
});

testOnHaproxy("an ACL's patterns are added once, found, replaced and removed", async ({ request }) => {
  const path = "/acls/deny.acl/entries";
  for (const pattern of HOSTILE) {
    const entry = `${path}/${encodeURIComponent(pattern)}`;
    assert.equal((await request("PUT", entry)).status, 200, pattern);
    assert.equal((await request("PUT", entry)).status, 200);
    const all = (await request("GET", path)).body.filter((one: { pattern: string }) => one.pattern === pattern);
    assert.equal(all.length, 1, pattern);
    assert.equal((await request("GET", entry)).body[0].found, true);
    assert.equal((await request("DELETE", entry)).status, 204);
    assert.equal((await request("GET", entry)).status, 404);
  }
  assert.equal((await request("POST", path, { pattern: "third" })).status, 201);
  const replaced = await request("PUT", path, [{ pattern: "only;one" }]);
  assert.deepEqual(replaced.body.map((one: { pattern: string }) => one.pattern), ["only;one"]);
});

testOnHaproxy("entries that no command can carry are 400, and nothing is sent", async ({ request, haproxy }) => {
  const before = await haproxy.ask("show map #0");
  const bodies = [
    { key: "a\nb", value: "x" },
    { key: "", value: "x" },
    { key: "a" },
    { key: "a", value: "x\0" },
    { key: "a", value: "x", extra: 1 },
    "text",
  ];
  for (const body of bodies) {
    const { status } = await request("POST", "/maps/hosts.map/entries", body);
    assert.equal(status, typeof body === "string" ? 415 : 400, JSON.stringify(body));
  }
  assert.equal((await request("PUT", "/maps/hosts.map/entries/%FF", { value: "x" })).status, 400);
  assert.equal((await request("PUT", "/maps/hosts.map/entries/a%0Ab", { value: "x" })).status, 400);
  assert.equal((await request("PUT", "/maps/hosts.map/entries", [{ key: "a", value: "b" }, { key: "c" }])).status, 400);
  assert.equal(await haproxy.ask("show map #0"), before);
});
